"""Nobody at the kiosk: a warning, a clean screen, and nothing of the person anywhere in the browser."""

import re

import pytest
from playwright.sync_api import expect

from events.models import Redemption, WorkerPass
from events.tests.kiosk_screen import (
    choose,
    confirm,
    identify,
    is_at_the_start,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECRET_ON_PAPER = re.compile(r"张|33010001|积分")
SECRET = re.compile(r"张|香皂|33010001|rewards/\d")


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
    holds_nothing_of_anybody(page)


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


def test_after_finishing_nothing_is_left_either(screen):
    page = screen()
    identify(page)
    choose(page)
    confirm(page)
    page.locator(".kiosk-back .button").click()

    is_at_the_start(page)
    holds_nothing_of_anybody(page)


def test_what_the_browser_kept_of_a_page_is_asked_for_anew(screen, worker):
    """As after "back" with a back-forward cache, which Chromium under test has not."""
    page = screen()
    identify(page)
    WorkerPass.objects.update(is_active=False)

    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    is_at_the_start(page)


def test_nothing_but_a_ticket_can_be_printed(screen):
    page = screen()
    identify(page)
    assert printed(page) == ""
    choose(page)
    assert printed(page) == ""
    confirm(page)

    redemption = Redemption.objects.get()
    ticket = printed(page).split("\n")
    assert ticket[:3] == ["石门社区服务驿站", "香皂", redemption.pickup_code]
    assert (len(ticket), not SECRET_ON_PAPER.search(printed(page))) == (5, True)


def printed(page):
    page.emulate_media(media="print")
    text = page.locator("body").inner_text().replace("\n\n", "\n").strip()
    page.emulate_media(media="screen")
    return text


def test_the_browser_s_own_dialog_prints_where_there_is_no_printer(screen):
    page = screen()
    page.add_init_script("window.print = () => { window.asked = (window.asked ?? 0) + 1; };")
    identify(page)
    choose(page)
    confirm(page)

    page.locator("[data-print]").click()

    assert page.evaluate("window.asked") == 1


def holds_nothing_of_anybody(page):
    """Neither page, title, cookies, stores, print nor what lies behind and before in the history."""
    kept = page.evaluate("""async () => [
        localStorage.length, sessionStorage.length, (await caches.keys()).length,
        (await indexedDB.databases()).length, history.state, history.length,
        document.cookie.includes("voice"),
    ]""")
    assert kept == [0, 0, 0, 0, None, 2, False]  # the blank page of a new window, and the start
    assert not SECRET.search(page.content() + page.title() + page.url)
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"kiosk", "csrftoken", "django_language"}
    assert printed(page) == ""
    page.reload()
    expect(page.locator("[name=number]")).to_have_value("")
    page.go_back()
    assert page.url == "about:blank"
    page.go_forward()
    is_at_the_start(page)
