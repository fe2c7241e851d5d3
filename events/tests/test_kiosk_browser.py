"""The kiosk as hands meet it: a scanner that types, a touch screen, a dead line, nobody at all."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from events.models import Redemption
from events.tests.factories import PIN, make_redemption_day, make_reward
from stations import kiosks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDING = {"width": 1080, "height": 1920}
LYING = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NUMBER = "33010001"
PERSONAL = re.compile(r"张|100|70|香皂")

TOO_SMALL = """least => [...document.querySelectorAll("button, summary, a, input:not([type=hidden])")]
    .filter(target => target.checkVisibility() && !target.matches(".skip"))
    .filter(target => target.offsetWidth < least || target.offsetHeight < least)
    .map(target => `${target.textContent.trim()} ${target.offsetWidth}x${target.offsetHeight}`)"""


@pytest.fixture
def pair(kiosk):
    def make(context):
        cookie = {"name": kiosks.COOKIE, "value": kiosk.token, "domain": "localhost", "path": "/kiosk/"}
        context.add_cookies([cookie])

    return make


@pytest.fixture
def screen(new_page, live_server, pair, station, worker):
    """The start page on a paired screen, on a redemption day with something to choose from."""
    make_redemption_day(station=station)
    make_reward(station=station, name_zh="香皂", name_en="Soap", points=30)
    make_reward(station=station, name_zh="骑行头盔", name_en="Riding helmet", points=120)

    def make(viewport=LYING, **options):
        page = new_page(base_url=live_server.url, viewport=viewport, **options)
        pair(page.context)
        page.goto("/kiosk/")
        return page

    return make


def scan(page, digits):
    page.keyboard.type(digits)
    page.keyboard.press("Enter")


def to_english(page):
    with page.expect_navigation():
        page.locator("[value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def identify(page):
    scan(page, NUMBER)
    page.wait_for_url("**/kiosk/pin/")
    scan(page, PIN)
    page.wait_for_url("**/kiosk/rewards/")


def choose(page):
    page.locator(".kiosk-offer .button").click()
    page.wait_for_url("**/kiosk/rewards/*/")


def confirm(page):
    page.locator("main form .button").click()
    page.wait_for_url("**/kiosk/done/")


def walk(page):
    """Go through every screen, and say at each where we are."""
    yield "start"
    scan(page, "1")
    page.locator(".errorlist").wait_for()
    yield "unknown card"
    page.locator("[data-key=clear]").click()
    scan(page, NUMBER)
    page.wait_for_url("**/kiosk/pin/")
    yield "pin"
    scan(page, PIN)
    page.wait_for_url("**/kiosk/rewards/")
    yield "rewards"
    page.locator("summary").click()
    yield "help"
    page.locator("summary").click()
    choose(page)
    yield "confirm"
    page.evaluate("document.querySelector('[data-warning]').showModal()")
    yield "warning"
    page.evaluate("document.querySelector('[data-warning]').close()")
    confirm(page)
    yield "done"


def tab_to(page, name):
    for _press in range(30):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and name in here.inner_text():
            assert here.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    pytest.fail(f"Tab never came to {name}")


def is_at_the_start(page):
    page.wait_for_url("**/kiosk/")
    expect(page.locator("[name=number]")).to_have_value("")
    assert PERSONAL.findall(page.locator("main").inner_text().replace(":", "")) == []


# Hands


def test_a_scanner_and_a_keyboard_are_enough(screen):
    page = screen(locale="en")
    to_english(page)
    page.locator("h1").click()  # the focus has been lost

    identify(page)
    tab_to(page, "Choose")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/rewards/*/")
    tab_to(page, "Confirm")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/done/")
    expect(page.locator(".kiosk-code")).to_have_text(Redemption.objects.get().pickup_code)
    tab_to(page, "Finish")
    page.keyboard.press("Enter")

    is_at_the_start(page)
    assert page.locator("html").get_attribute("lang") == "zh-hans"


def test_a_finger_is_enough(screen):
    page = screen(STANDING, has_touch=True)

    for digit in "1" + NUMBER:
        page.locator(f"[data-key='{digit}']").tap()
        if page.locator("[name=number]").input_value() == "1":
            page.locator("[data-key=clear]").tap()
    page.locator("main .button").tap()
    page.wait_for_url("**/kiosk/pin/")
    for digit in "9" + PIN:
        page.locator(f"[data-key='{digit}']").tap()
        if page.locator("[name=pin]").input_value() == "9":
            page.locator("[data-key=delete]").tap()
    page.locator("main .button").tap()
    page.wait_for_url("**/kiosk/rewards/")
    page.locator(".kiosk-offer .button").tap()
    page.wait_for_url("**/kiosk/rewards/*/")
    page.locator("main form .button").tap()
    page.wait_for_url("**/kiosk/done/")

    expect(page.locator(".kiosk-code")).to_have_text(Redemption.objects.get().pickup_code)


def test_without_scripts_it_works_too(screen):
    page = screen(java_script_enabled=False)
    expect(page.locator("[data-keypad]")).to_be_hidden()

    identify(page)
    choose(page)
    confirm(page)

    expect(page.locator(".kiosk-code")).to_have_text(Redemption.objects.get().pickup_code)


def test_an_impatient_finger_redeems_once(screen):
    page = screen()
    identify(page)
    choose(page)

    page.locator("main form .button").dblclick()

    page.wait_for_url("**/kiosk/done/")
    expect(page.locator(".kiosk-code")).to_have_text(Redemption.objects.get().pickup_code)


# Idle time


def test_a_warning_at_45_seconds_and_a_clean_screen_at_60(screen):
    page = screen()
    page.clock.install()
    identify(page)

    page.clock.fast_forward(43_000)
    expect(page.locator("[data-warning]")).to_be_hidden()
    page.clock.fast_forward(3_000)
    expect(page.locator("[data-warning]")).to_be_visible()
    page.clock.fast_forward(15_000)

    is_at_the_start(page)
    page.go_back()
    page.wait_for_load_state()
    is_at_the_start(page)


def test_more_time_is_a_press_away_and_the_server_hears_of_it(screen):
    page = screen()
    page.clock.install()
    identify(page)
    page.clock.fast_forward(50_000)

    with page.expect_response(lambda answer: answer.request.method == "HEAD") as told:
        page.locator("[data-warning] [data-more]").click()
        page.clock.fast_forward(2_000)

    assert told.value.status == 200
    expect(page.locator("[data-warning]")).to_be_hidden()
    page.clock.fast_forward(40_000)
    expect(page.locator("[data-warning]")).to_be_hidden()
    assert page.url.endswith("/kiosk/rewards/")


def test_a_number_left_in_the_field_is_cleared_without_a_word(screen):
    page = screen()
    page.clock.install()
    page.reload()
    page.keyboard.type("330")

    page.clock.fast_forward(61_000)

    is_at_the_start(page)


def test_the_pick_up_code_goes_by_itself_and_stays_when_asked(screen):
    page = screen()
    page.clock.install()
    identify(page)
    choose(page)
    confirm(page)

    page.clock.fast_forward(15_000)
    page.locator("main [data-more]").click()
    page.clock.fast_forward(15_000)
    expect(page.locator(".kiosk-code")).to_be_visible()
    page.clock.fast_forward(6_000)

    is_at_the_start(page)


def test_after_finishing_back_shows_nothing_personal(screen):
    page = screen()
    identify(page)
    choose(page)
    confirm(page)
    page.locator(".kiosk-back .button").click()
    is_at_the_start(page)

    for _press in range(5):
        page.go_back()
        if not page.url.startswith("http"):
            break
        is_at_the_start(page)


# The line


@pytest.fixture
def bare_screen(browser, screen, live_server, pair):
    """A screen whose console may report a dead line."""
    context = browser.new_context(base_url=live_server.url, viewport=LYING, locale="zh-CN")
    pair(context)
    page = context.new_page()
    page.goto("/kiosk/")
    yield page
    context.close()


def test_a_dead_line_is_told_and_the_page_goes_on_when_it_is_back(bare_screen):
    page = bare_screen
    identify(page)
    choose(page)

    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-offline]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()

    confirm(page)
    assert Redemption.objects.count() == 1


def test_a_server_that_does_not_answer_is_found_before_anything_is_sent(bare_screen):
    page = bare_screen
    identify(page)
    choose(page)
    page.route("**/healthz", lambda route: route.abort())

    page.locator("main form .button").click()

    expect(page.locator("[data-offline]")).to_be_visible()
    assert Redemption.objects.count() == 0


def test_the_idle_minute_also_ends_on_a_dead_line(bare_screen):
    page = bare_screen
    page.clock.install()
    identify(page)
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()

    page.clock.fast_forward(61_000)

    expect(page.locator("main")).to_have_count(0)
    expect(page.locator(".kiosk-points")).to_have_count(0)
    page.context.set_offline(False)
    is_at_the_start(page)


# What the eyes meet


@pytest.mark.parametrize(
    ("viewport", "language"),
    [(STANDING, "zh-hans"), (LYING, "en"), (PHONE, "en")],
    ids=["standing", "lying", "phone"],
)
def test_every_target_is_a_hand_wide_and_nothing_runs_out_of_the_screen(screen, viewport, language):
    page = screen(viewport)
    if language == "en":
        to_english(page)

    for place in walk(page):
        page.wait_for_load_state()
        assert (place, page.evaluate(TOO_SMALL, 88)) == (place, [])
        width, height = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert (place, width) == (place, viewport["width"])
        if viewport != PHONE:
            assert (place, height) == (place, viewport["height"])
        if place in ("start", "pin"):
            keys = [key.bounding_box() for key in page.locator("[data-key]").all()]
            assert min(min(key["width"], key["height"]) for key in keys) >= 96


def test_a_screen_reader_and_weak_eyes_find_nothing_in_the_way(screen):
    page = screen(reduced_motion="reduce")
    seven_to_one = {"rules": {"color-contrast-enhanced": {"enabled": True}}}

    for place in walk(page):
        page.wait_for_load_state()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=seven_to_one).response["violations"]
            faults = [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
            assert (place, scheme, faults) == (place, scheme, [])
