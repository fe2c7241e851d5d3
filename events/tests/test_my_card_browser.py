"""The card on a phone: it changes by itself, can be read by weak eyes and lets its owner in at a screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from events import passes
from events.tests.factories import PIN, make_redemption_day, make_worker_pass
from stations import kiosks
from stations.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_SMALL = """() => [...document.querySelectorAll("main a, main summary, main button")]
    .filter(target => target.checkVisibility() && target.getBoundingClientRect().height < 44)
    .map(target => target.textContent.trim())"""
CUT_OFF = """() => [...document.querySelectorAll(".points-card")]
    .filter(card => card.scrollHeight > card.clientHeight || card.scrollWidth > card.clientWidth)
    .map(card => card.textContent)"""


@pytest.fixture
def rider(station):
    person = make_user(name="骑手", email="rider@example.com")
    passes.issue("骑手", PIN, station=station, person=person)
    return person


@pytest.fixture
def phone(new_page, live_server, rider):
    def make(**options):
        page = new_page(base_url=live_server.url, **{"locale": "en", **options})
        sign_in(page.context, live_server, rider)
        page.clock.install()
        page.goto("/me/card/")
        return page

    return make


def sign_in(context, live_server, person):
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def drawing(page):
    return page.locator(".my-code svg").inner_html()


def test_the_code_changes_by_itself_every_twenty_seconds(phone):
    page = phone()
    first = drawing(page)
    expect(page.locator("[data-seconds]")).to_have_text("20")

    page.clock.run_for(5_000)
    expect(page.locator("[data-seconds]")).to_have_text("15")
    assert drawing(page) == first
    with page.expect_response("**/me/card/code/"):
        page.clock.run_for(16_000)
    page.wait_for_function("before => document.querySelector('.my-code svg').innerHTML !== before", arg=first)


def test_a_code_that_has_run_out_without_a_line_is_not_shown(phone):
    page = phone()
    page.route("**/me/card/code/", lambda route: route.fulfill(status=503))
    page.clock.run_for(31_000)

    expect(page.locator(".my-code")).to_be_hidden()
    expect(page.get_by_role("alert")).to_contain_text("No connection, so there is no new code.")
    page.unroute("**/me/card/code/")
    page.clock.run_for(3_000)
    expect(page.locator(".my-code")).to_be_visible()
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_without_scripts_the_page_loads_itself_anew(phone):
    page = phone(java_script_enabled=False)

    assert (
        page.locator("noscript meta[http-equiv=refresh]").count()
        + page.locator("meta[http-equiv=refresh][content='20']").count()
    )
    expect(page.locator(".my-code svg")).to_be_visible()
    page.get_by_text("Show the number").click()
    expect(page.locator("[data-number]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_weak_eyes_and_large_thumbs_find_nothing_in_the_way(phone, scheme, width):
    page = phone(color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce")
    page.get_by_text("Show the number").click()

    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    code = page.locator(".my-code svg").bounding_box()
    assert code["width"] >= 290
    assert code["y"] + code["height"] <= 844


def test_the_phone_is_enough_at_the_screen(phone, new_page, live_server, kiosk, station, rider):
    make_redemption_day(station=station)
    screen = new_page(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    cookie = {"name": kiosks.COOKIE, "value": kiosk.token, "domain": "localhost", "path": "/kiosk/"}
    screen.context.add_cookies([cookie])
    screen.goto("/kiosk/")
    screen.keyboard.type(passes.new_code(passes.of(rider))[:-1] + "x\n")  # a bad read first
    screen.locator(".errorlist").wait_for()

    screen.keyboard.type(passes.new_code(passes.of(rider)) + "\n")

    screen.wait_for_url("**/kiosk/rewards/")


def test_printed_cards_have_the_size_of_bank_cards_and_ten_fit_on_a_sheet(
    new_page, live_server, manager, station
):
    cards = [
        make_worker_pass(station=station, nickname="很长的昵称要放得下的二十个字母一二三四"[:20])
        for _n in range(11)
    ]
    page = new_page(base_url=live_server.url, viewport={"width": 718, "height": 1046}, locale="en")
    sign_in(page.context, live_server, manager)
    page.goto("/admin/events/workerpass/")
    for card in cards:
        page.locator(f"input[name=_selected_action][value='{card.pk}']").check()
    page.locator("select[name=action]").select_option("print_cards")
    with page.expect_navigation():
        page.locator("button[name=index]").click()
    page.emulate_media(media="print")

    boxes = [card.bounding_box() for card in page.locator(".points-card").all()]

    assert {(round(box["width"] / 96 * 25.4, 1), round(box["height"] / 96 * 25.4, 1)) for box in boxes} == {
        (85.6, 54.0)
    }
    assert page.evaluate(CUT_OFF) == []
    codes = [code.bounding_box() for code in page.locator(".points-card svg").all()]
    assert min(code["width"] for code in codes) / 96 * 25.4 >= 25
    assert pages_of(page) == 2


def pages_of(page):
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
