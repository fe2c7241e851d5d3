"""The kiosk as hands meet it: a scanner that types, keys alone, a touch screen."""

import re

import pytest
from playwright.sync_api import expect

from events.models import Redemption
from events.tests.factories import PIN
from events.tests.kiosk_screen import (
    NUMBER,
    STANDING,
    choose,
    confirm,
    identify,
    is_at_the_start,
    scan,
    to_english,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page, name):
    for _press in range(30):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and name in here.inner_text():
            assert here.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    pytest.fail(f"Tab never came to {name}")


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


# Keys alone


def has_the_focus_in_sight(page):
    """Where the keys are can be seen: outlined, within the window, under nothing else."""
    return page.evaluate("""() => {
        const here = document.activeElement, box = here.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return getComputedStyle(here).outlineStyle === "solid" && (here.contains(top) || top?.contains(here));
    }""")


@pytest.mark.parametrize("key", ["Tab", "ArrowDown"])
def test_every_control_is_reached_by_keys_and_seen(screen, key):
    page = screen()
    identify(page)
    names = "document.activeElement.innerText.trim()"
    reached = set()

    for _press in range(12):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement !== document.body"):
            assert has_the_focus_in_sight(page), page.evaluate(names)
            reached.add(page.evaluate(names))

    assert {"兑换 香皂", "← 结束", "大字版", "English", "呼叫工作人员"} <= {
        re.sub(r"\s+", " ", name) for name in reached
    }


def test_a_digit_chooses_and_escape_goes_back(screen):
    page = screen()
    identify(page)

    page.keyboard.press("2")  # not enough points
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    page.wait_for_url("**/kiosk/rewards/*/")
    page.keyboard.press("Escape")
    page.wait_for_url("**/kiosk/rewards/")
    page.keyboard.press("Escape")

    is_at_the_start(page)


@pytest.mark.parametrize("key", ["?", "F1"])
def test_a_key_brings_help_and_escape_puts_it_away(screen, key):
    page = screen()

    page.keyboard.press(key)
    expect(page.locator(".kiosk-help-text")).to_be_visible()
    expect(page.locator("[name=number]")).to_have_value("")
    page.keyboard.press("Escape")

    expect(page.locator(".kiosk-help-text")).to_be_hidden()


# The scanner


@pytest.mark.parametrize("digits", [NUMBER, "123456" * 10])
def test_a_scan_among_the_rewards_presses_nothing(screen, digits):
    page = screen()
    identify(page)
    page.locator("[data-choice]").focus()

    scan(page, digits)
    page.wait_for_timeout(500)

    assert page.url.endswith("/kiosk/rewards/")


def test_a_scan_while_the_screen_asks_for_more_time_presses_nothing(screen):
    page = screen()
    identify(page)
    page.evaluate("document.querySelector('[data-warning]').showModal()")

    scan(page, NUMBER)

    expect(page.locator("[data-warning]")).to_be_visible()


def test_a_scan_of_sixty_digits_goes_into_the_field_whole_and_the_next_one_replaces_it(screen):
    page = screen()
    page.locator("summary").focus()

    with page.expect_request(lambda request: request.method == "POST") as sent:
        scan(page, "123456" * 10)

    assert f"number={'123456' * 10}" in sent.value.post_data.split("&")
    expect(page.locator(".errorlist")).to_be_visible()
    scan(page, NUMBER)
    page.wait_for_url("**/kiosk/pin/")


def test_a_card_scanned_where_the_pin_belongs_is_no_try(screen, worker):
    page = screen()
    scan(page, NUMBER)
    page.wait_for_url("**/kiosk/pin/")

    scan(page, NUMBER)

    expect(page.locator("[name=pin]")).to_have_value("")
    scan(page, PIN)
    page.wait_for_url("**/kiosk/rewards/")
    worker.refresh_from_db()
    assert worker.wrong_pins == 0
