"""A fault from the phone in front of the machine to the manager's desk and back, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from stations import faults, suggestions
from stations.models import Fault, FaultReport
from stations.tests.factories import make_picture, make_posting, make_report, make_suggestion, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def open_page(new_page, live_server):
    def make(**options):
        return new_page(base_url=live_server.url, locale="en", **options)

    return make


@pytest.fixture
def manager(station):
    person = make_user(name="王站长")
    make_posting(person, station)
    return person


def sign_in(page, live_server, person):
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])


def test_a_fault_is_reported_by_phone_followed_and_fixed(open_page, live_server, client, station, manager):
    phone, desk = open_page(java_script_enabled=False), open_page(viewport=DESK)
    sign_in(desk, live_server, manager)

    phone.goto(f"/stations/{station.code}/report/")
    phone.get_by_label("Drinking water dispenser").check()
    phone.get_by_label("What is wrong?").fill("不出热水")
    photo = make_picture(size=(800, 600))
    phone.get_by_label("Photo").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo.read()}
    )
    phone.get_by_role("button", name="Send the report").click()
    expect(phone.get_by_role("heading", level=2).first).to_have_text(
        "Drinking water dispenser · To be handled"
    )
    address = phone.url

    desk.goto("/admin/stations/fault/")
    desk.locator("#result_list").get_by_role("link", name="Drinking water dispenser").click()
    reporters_photo = desk.get_by_role("img", name="What the reporter has photographed")
    expect(reporters_photo).to_be_visible()
    assert reporters_photo.evaluate("image => image.naturalWidth") == 800
    expect(desk.get_by_role("link", name="Decide at the desk")).to_be_visible()
    fault = Fault.objects.get()
    faults.take_up(fault, by=manager)  # what the desk does
    phone.goto(address)
    expect(phone.locator("[aria-current=step]")).to_contain_text("In progress")
    phone.goto(station.get_absolute_url())
    expect(phone.get_by_text("Needs repair").first).to_be_visible()
    assert water_is_offered(client, station) is False

    faults.fix(fault, by=manager)
    desk.goto("/admin/stations/fault/")
    expect(desk.get_by_role("cell", name="Fixed")).to_be_visible()
    phone.goto(address)
    expect(phone.locator("[aria-current=step]")).to_contain_text("Fixed")
    assert water_is_offered(client, station) is True
    assert FaultReport.objects.get().get_absolute_url() in address


def water_is_offered(client, station):
    found = client.get("/api/v1/stations/?need=water&near=30.32,120.14").content.decode()
    return station.code in found


def test_a_report_is_sent_with_the_keyboard_alone(open_page, station):
    page = open_page()
    page.goto(f"/stations/{station.code}/report/")

    page.get_by_label("Drinking water dispenser").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("桌腿松了")
    for _field in ("danger", "photo", "button"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send the report")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=2).first).to_have_text("Table and chairs · To be handled")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_serious_stands_in_anybodys_way(open_page, admin, station, viewport, scheme):
    report, suggestion = make_report(station=station), make_suggestion()
    faults.take_up(report.fault, by=admin, answer="周四有人来修")
    suggestions.decline(suggestion, by=admin, reason="二百米外已有一个站点")
    page = open_page(viewport=viewport, color_scheme=scheme)
    form = f"/stations/{station.code}/report/"
    addresses = [form, "/stations/suggest/", report.get_absolute_url(), suggestion.get_absolute_url()]

    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
        assert page.locator("h1").count() == 1
    page.goto(form)
    page.get_by_role("button", name="Send the report").click()
    found["refused"] = findings(page)

    assert found == dict.fromkeys(found, [])


def findings(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]
