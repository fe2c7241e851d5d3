"""The kiosk on a line that is cut: says so, keeps nothing, goes on by itself."""

import re
import socket
import threading
import time

import pytest
from playwright.sync_api import expect

from events.models import Redemption, Stock
from events.tests.kiosk_screen import (
    LYING,
    choose,
    confirm,
    identify,
    is_at_the_start,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOLD_WITHIN = 5_000  # milliseconds


class Line:
    """A wire between kiosk and server. `cut`: nobody opens the door; `hang`: nothing comes through."""

    def __init__(self, address):
        self.server = address
        self.isolated = threading.Event()
        self.ends = []
        self.restore()
        self.port = self.door.getsockname()[1]

    def restore(self):
        self.isolated.clear()
        port = getattr(self, "port", 0)
        self.door = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.let_in, args=[self.door], daemon=True).start()

    def cut(self):
        self.isolated.set()
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for end in self.ends:
            end.close()

    def hang(self):
        self.isolated.set()

    def let_in(self, door):
        while True:
            try:
                inner, outer = door.accept()[0], socket.create_connection(self.server)
            except OSError:
                return
            self.ends += [inner, outer]
            for one, other in ((inner, outer), (outer, inner)):
                threading.Thread(target=self.carry, args=[one, other], daemon=True).start()

    def carry(self, one, other):
        try:
            while piece := one.recv(65536):
                while self.isolated.is_set():
                    time.sleep(0.05)
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def line(live_server):
    wire = Line((live_server.thread.host, live_server.thread.port))
    yield wire
    wire.isolated.clear()
    wire.cut()


@pytest.fixture
def wired(browser, screen, line, pair):
    """A screen whose every byte goes along `line`."""
    context = browser.new_context(base_url=f"http://localhost:{line.port}", viewport=LYING, locale="zh-CN")
    pair(context)
    page = context.new_page()
    page.goto("/kiosk/")
    yield page
    context.close()


def told(page):
    expect(page.locator("[data-offline]")).to_be_visible(timeout=TOLD_WITHIN)


def shows_only_that_the_line_is_down(page):
    return page.evaluate("""() => {
        const dialog = document.querySelector("[data-offline]");
        const colour = getComputedStyle(dialog, "::backdrop").backgroundColor;
        const parts = [...document.querySelectorAll("main *, .kiosk-points")];
        const places = parts.map((part) => part.getBoundingClientRect());
        return /^rgb\\(/.test(colour) && places.every((box) => {
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return !top || dialog.contains(top);
        });
    }""")


def test_a_dead_line_is_told_and_the_page_goes_on_when_it_is_back(bare_screen):
    page = bare_screen
    identify(page)
    choose(page)

    page.context.set_offline(True)
    told(page)
    page.keyboard.press("Escape")
    expect(page.locator("[data-offline]")).to_be_visible()
    assert shows_only_that_the_line_is_down(page)
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()

    confirm(page)
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize("how", ["cut", "hang"])
def test_a_server_that_is_gone_or_silent_is_told_within_five_seconds(wired, line, how):
    page = wired
    identify(page)

    getattr(line, how)()
    told(page)
    if how == "cut":
        line.restore()
    else:
        line.isolated.clear()

    expect(page.locator("[data-offline]")).to_be_hidden()
    choose(page)
    confirm(page)
    assert Redemption.objects.count() == 1


def test_the_pick_up_code_stays_in_sight_on_a_dead_line(bare_screen):
    page = bare_screen
    identify(page)
    choose(page)
    confirm(page)

    page.context.set_offline(True)

    told(page)
    assert page.locator(".kiosk-code").evaluate("""(code) => {
        const box = code.getBoundingClientRect();
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === code;
    }""")


def test_what_changed_meanwhile_is_not_shown_from_before(bare_screen):
    page = bare_screen
    identify(page)
    page.context.set_offline(True)
    told(page)
    Stock.objects.filter(reward__name_zh="香皂").update(left=0)

    page.context.set_offline(False)

    expect(page.locator(".kiosk-offer .why-not")).to_have_count(2)
    expect(page.get_by_text("今天已经兑完了")).to_be_visible()
    expect(page.locator("[data-choice]")).to_have_count(0)


def test_the_idle_minute_is_not_begun_anew_by_the_line(bare_screen):
    page = bare_screen
    page.clock.install()
    identify(page)
    page.clock.fast_forward(30_000)
    page.context.set_offline(True)
    told(page)

    with page.expect_navigation():
        page.context.set_offline(False)
    page.clock.fast_forward(10_000)

    expect(page.locator("[data-warning]")).to_be_visible(timeout=15_000)


def test_an_order_into_a_dead_line_goes_through_once_when_it_is_back(bare_screen):
    page = bare_screen
    identify(page)
    choose(page)
    page.route("**/*", lambda route: route.abort())

    page.locator("main form .button").click()
    told(page)
    assert Redemption.objects.count() == 0
    page.unroute("**/*")

    page.wait_for_url("**/kiosk/done/")
    assert Redemption.objects.count() == 1


def test_an_order_whose_answer_was_lost_is_answered_from_its_key(bare_screen, worker):
    page = bare_screen
    identify(page)
    choose(page)
    keys = []

    def handle_and_lose(route):
        keys.append(re.search(r"key=([\w-]+)", route.request.post_data).group(1))
        if len(keys) > 1:
            return route.continue_()
        assert route.fetch(max_redirects=0).status == 302
        return route.abort()

    page.route("**/rewards/*/", handle_and_lose)
    page.route("**/healthz", lambda route: route.abort())
    page.locator("main form .button").click()
    told(page)
    redemption = Redemption.objects.get()
    assert len(keys) == 1
    page.unroute("**/healthz")

    page.wait_for_url("**/kiosk/done/")
    expect(page.locator(".kiosk-code")).to_have_text(redemption.pickup_code)
    worker.account.refresh_from_db()
    assert (Redemption.objects.count(), worker.account.balance) == (1, 70)
    assert keys == [keys[0]] * 2


def test_a_pin_whose_answer_was_lost_is_not_sent_again(bare_screen, worker):
    page = bare_screen
    page.keyboard.type("33010001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/pin/")
    tries = []

    def handle_and_lose(route):
        if route.request.method != "POST":
            return route.continue_()
        tries.append(route.fetch(max_redirects=0))
        return route.abort()

    page.route("**/pin/", handle_and_lose)
    with page.expect_navigation():
        page.keyboard.type("0000")
        page.keyboard.press("Enter")

    expect(page.locator("[name=pin]")).to_have_value("")
    worker.refresh_from_db()
    assert (len(tries), worker.wrong_pins) == (1, 1)


def test_the_idle_minute_also_ends_on_a_dead_line(bare_screen):
    page = bare_screen
    page.clock.install()
    identify(page)
    choose(page)
    page.context.set_offline(True)
    told(page)

    page.clock.fast_forward(61_000)

    expect(page.locator("main")).to_have_count(0)
    assert not re.search(r"张|香皂|33010001|rewards/\d", page.content() + page.url)
    page.context.set_offline(False)
    is_at_the_start(page)
