"""The map beside the list, in a real browser, with no tiles and no network."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from stations.tests.factories import make_station

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def stations(transactional_db):
    return [
        make_station(name="石门驿站", latitude=28.131, longitude=120.29),
        make_station(name="湖滨暖驿", latitude=30.2568, longitude=120.1797, opening_hours=""),
    ]


def findings(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]


def test_each_station_of_the_list_is_a_named_pin_that_opens_it(new_page, live_server, stations):
    page = new_page(base_url=live_server.url, viewport=DESK)
    page.goto("/stations/")

    pin = page.get_by_role("button", name="石门驿站 · 24小时开放")
    pin.press("Enter")
    page.locator(".leaflet-popup").get_by_role("link", name="石门驿站").click()

    expect(page).to_have_url(live_server.url + stations[0].get_absolute_url())
    expect(page.get_by_role("link", name="用高德地图打开")).to_be_visible()


def test_nearest_first_sorts_in_the_browser_and_tells_nobody_where_i_am(new_page, live_server, stations):
    page = new_page(
        base_url=live_server.url,
        permissions=["geolocation"],
        geolocation={"latitude": 30.25, "longitude": 120.17},
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto("/")

    page.get_by_role("link", name="喝水").click()

    expect(page.locator(".station h3")).to_have_text(["湖滨暖驿", "石门驿站"])
    expect(page.locator("[data-distance]").first).to_have_text("1.2 公里")
    assert [url for url in asked if "30.25" in url or "120.17" in url] == []


def test_the_list_works_without_javascript(new_page, live_server, stations):
    page = new_page(base_url=live_server.url, java_script_enabled=False)
    page.goto("/stations/")

    page.get_by_role("link", name="喝水").click()
    page.get_by_role("link", name="石门驿站").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("石门驿站")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, DESK], ids=["phone", "desk"])
def test_nothing_serious_stands_in_anybodys_way(new_page, live_server, stations, viewport, scheme):
    page = new_page(base_url=live_server.url, viewport=viewport, color_scheme=scheme)

    found = {}
    for path in ("/", "/stations/", stations[0].get_absolute_url(), "/days/"):
        page.goto(path)
        found[path] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path

    assert found == dict.fromkeys(found, [])
