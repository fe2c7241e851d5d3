"""A hazard reported with one thumb, in a real browser, with no tiles and no network."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from events import hazards
from events.models import HazardReport
from events.tests.factories import make_hazard
from stations.tests.factories import make_picture, make_station, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CANAL = {"latitude": 30.3201, "longitude": 120.1402, "accuracy": 12}
SEND = "/hazards/report/"


@pytest.fixture
def rider(transactional_db):
    return make_user(name="李骑手", language="en")


@pytest.fixture
def open_page(new_page, live_server, rider):
    """A phone of the rider's, in English."""

    def make(**options):
        page = new_page(base_url=live_server.url, **{"locale": "en", **options})
        client = Client()
        client.force_login(rider)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return make


def photograph(page):
    buffer = make_picture(size=(800, 600)).read()
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": buffer}
    page.get_by_label("Take a photo").set_input_files(file)


def marked(page):
    return tuple(map(float, page.locator("[name=point]").input_value().split(",")))


def findings(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]


def test_photo_kind_and_where_i_am_are_four_taps(open_page, rider, station):
    page = open_page(permissions=["geolocation"], geolocation=CANAL)
    page.goto(SEND)

    photograph(page)
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    page.get_by_text("Manhole cover missing or loose").click()
    page.get_by_role("button", name="Use where I am now").click()
    expect(page.get_by_role("status")).to_have_text(
        "Marked where you are, give or take 12 m. You can move the mark."
    )
    page.get_by_role("button", name="Send the hazard report").click()

    expect(page.get_by_role("status")).to_have_text("Thank you. We will look at it and write to you.")
    expect(page.get_by_role("listitem").filter(has_text="Manhole cover")).to_contain_text(station.name)
    report = HazardReport.objects.get()
    assert (report.person, report.station, report.point) == (rider, station, (30.3201, 120.1402))


def test_a_tap_from_afar_brings_the_map_closer_and_the_next_ones_mark(open_page, station):
    page = open_page()
    page.goto(SEND)
    map_, pin = page.locator("[data-map]"), page.get_by_role("button", name="The hazard is here")
    middle = {"x": 150, "y": 120}

    for _tap in range(3):
        map_.click(position=middle)
        expect(page.get_by_role("status")).to_have_text("Please tap once more, now that it is closer.")
        page.wait_for_timeout(500)  # until the map stands still
    assert pin.count() == 0
    map_.click(position=middle)
    expect(pin).to_be_visible()
    tapped = marked(page)
    pin.press("ArrowUp")
    pin.press("ArrowRight")

    north, east = marked(page)
    assert tapped[0] < north < tapped[0] + 0.01 and tapped[1] < east < tapped[1] + 0.01


def test_a_mark_is_there_again_after_something_was_missing(open_page, station):
    page = open_page(permissions=["geolocation"], geolocation=CANAL)
    page.goto(SEND)
    page.get_by_role("button", name="Use where I am now").click()
    expect(page.get_by_role("button", name="The hazard is here")).to_be_visible()

    page.get_by_role("button", name="Send the hazard report").click()

    expect(page.get_by_text("Please choose what it is.")).to_be_visible()
    expect(page.get_by_role("button", name="The hazard is here")).to_be_visible()
    assert marked(page) == (30.3201, 120.1402)


def test_without_a_position_the_way_out_is_said(open_page, station):
    page = open_page()
    page.goto(SEND)

    page.get_by_role("button", name="Use where I am now").click()

    expect(page.get_by_role("status")).to_have_text(
        "Your position is not available. Please tap the map, or type the place."
    )


@pytest.mark.parametrize("java_script_enabled", [False, True])
def test_a_report_is_sent_with_the_keyboard_alone(open_page, station, java_script_enabled):
    page = open_page(java_script_enabled=java_script_enabled)
    page.goto(SEND)

    photograph(page)
    page.get_by_label("Hole or damage in the road").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.get_by_label("The place in words").focus()
    page.keyboard.type("石门社区服务驿站")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send the hazard report")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("My hazard reports")
    report = HazardReport.objects.get()
    assert (report.category, report.station) == ("manhole", station)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_serious_stands_in_anybodys_way(open_page, rider, admin, viewport, scheme):
    station = make_station()
    report = make_hazard(station=station, person=rider)
    hazards.verify(report, by=admin, reason="已经围起来了")
    make_hazard(station=station, person=rider)
    page = open_page(viewport=viewport, color_scheme=scheme)

    found = {}
    for address in (SEND, "/hazards/", report.get_absolute_url()):
        page.goto(address)
        found[address] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
        assert page.locator("h1").count() == 1
    page.goto(SEND)
    page.get_by_role("button", name="Send the hazard report").click()
    page.get_by_text("Please choose what it is.").wait_for()
    found["refused"] = findings(page)

    assert found == dict.fromkeys(found, [])


def test_what_a_thumb_taps_is_large_enough(open_page, station):
    page = open_page(permissions=["geolocation"], geolocation=CANAL)
    page.goto(SEND)
    page.get_by_role("button", name="Use where I am now").click()
    page.get_by_role("button", name="The hazard is here").wait_for()

    targets = "main :is(button, label.button, .hazard, [name=place], [name=text], [role=button])"
    boxes = page.locator(targets).evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])"
    )

    assert len(boxes) >= 15
    assert min(min(box) for box in boxes) >= 44
