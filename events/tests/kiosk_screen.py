"""The kiosk's screen in a browser: a paired page, and hands that know their way through it."""

import re

import pytest
from playwright.sync_api import expect

from events.tests.factories import PIN, make_redemption_day, make_reward
from stations import kiosks

STANDING = {"width": 1080, "height": 1920}
LYING = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NUMBER = "33010001"
PERSONAL = re.compile(r"张|100|70|香皂")


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


@pytest.fixture
def bare_screen(browser, screen, live_server, pair):
    """A screen whose console may report a dead line."""
    context = browser.new_context(base_url=live_server.url, viewport=LYING, locale="zh-CN")
    pair(context)
    page = context.new_page()
    page.goto("/kiosk/")
    yield page
    context.close()


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
    page.locator(".kiosk-offer .button").first.click()
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
    page.evaluate("document.querySelector('[data-offline]').showModal()")
    yield "offline"
    page.evaluate("document.querySelector('[data-offline]').close()")
    confirm(page)
    yield "done"


def is_at_the_start(page):
    page.wait_for_url("**/kiosk/")
    expect(page.locator("[name=number]")).to_have_value("")
    assert PERSONAL.findall(page.locator("main").inner_text().replace(":", "")) == []
