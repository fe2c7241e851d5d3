"""The map beside the list, in a real browser, with no tiles and no network."""

import json
from math import log, pi, radians, tan

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from stations import datum, divisions
from stations.models import Fault
from stations.tests.factories import make_division, make_station

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}
WEST_LAKE = {"latitude": 30.25, "longitude": 120.17}


@pytest.fixture
def stations(transactional_db):
    make_division(code="330100", name="杭州市", prefecture="杭州市")
    return [
        make_station(name="石门驿站", latitude=28.131, longitude=120.29),
        make_station(name="湖滨暖驿", latitude=30.2568, longitude=120.1797, opening_hours=""),
    ]


@pytest.fixture
def crowd(stations):
    """Twelve more around the lake, the last of them with a microwave oven."""
    return [
        make_station(
            name=f"湖边{n}号",
            latitude=30.25 + n * 1e-4,
            longitude=120.15,
            facilities=["water", "microwave"] if n == 11 else ["water"],
        )
        for n in range(12)
    ]


@pytest.fixture
def desk(new_page, live_server):
    return new_page(base_url=live_server.url, viewport=DESK)


@pytest.fixture
def at_the_lake(new_page, live_server):
    """A phone that may tell where it is."""
    return new_page(base_url=live_server.url, permissions=["geolocation"], geolocation=WEST_LAKE)


def findings(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]


def test_each_single_station_is_a_named_pin_that_opens_it(desk, live_server, stations):
    desk.goto("/stations/")

    desk.get_by_role("button", name="石门驿站 · 24小时开放").press("Enter")
    desk.locator(".leaflet-popup").get_by_role("link", name="石门驿站").click()

    expect(desk).to_have_url(live_server.url + stations[0].get_absolute_url())
    expect(desk.get_by_role("link", name="用高德地图打开")).to_be_visible()


def test_many_stations_are_one_sign_that_says_how_many_and_leads_closer(desk, crowd):
    desk.goto("/stations/")

    cluster = desk.get_by_role("button", name="13 个站点")
    cluster.focus()
    cluster.press("Enter")

    expect(cluster).to_have_count(0)
    expect(desk.locator("[data-found]")).to_contain_text("地图上这一片有")


def test_the_list_goes_with_the_map(desk, crowd):
    desk.goto("/stations/")
    expect(desk.locator(".station h3")).to_have_count(14)

    desk.get_by_role("button", name="13 个站点").click()

    expect(desk.locator("[data-found]")).to_have_text("地图上这一片有 13 个站点")
    expect(desk.locator("[data-results]").get_by_text("石门驿站")).to_have_count(0)


def test_the_keyboard_keeps_its_place_while_the_map_moves(desk, stations):
    desk.goto("/stations/")
    pin = desk.get_by_role("button", name="石门驿站 · 24小时开放")
    pin.focus()

    desk.evaluate("window.dispatchEvent(new Event('resize'))")
    desk.get_by_role("button", name="放大", exact=True).dispatch_event("click")

    expect(pin).to_be_focused()


def test_nearest_first_sorts_in_the_browser_and_tells_nobody_where_i_am(at_the_lake, stations):
    page, asked = at_the_lake, []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto("/")

    page.get_by_role("link", name="喝水").click()

    expect(page.locator(".station h3")).to_have_text(["湖滨暖驿", "石门驿站"])
    expect(page.locator("[data-distance]").first).to_have_text("1.2 公里")
    assert [url for url in asked if "30.2" in url or "120.1" in url] == []


def test_filters_after_that_ask_the_server_nothing_and_stand_in_the_address(at_the_lake, crowd):
    page, asked = at_the_lake, []
    page.goto("/stations/#near")
    expect(page.locator("[data-found]")).to_have_text("14 个站点，由近到远")
    page.on("request", lambda request: "/static/" in request.url or asked.append(request.url))

    page.get_by_role("link", name="吃饭").click()

    expect(page.locator("[data-results] h3")).to_have_text(["湖边11号"])
    assert page.url.endswith("?need=meal")
    page.get_by_role("link", name="15分钟服务圈").click()
    assert page.url.endswith("?need=meal&within=1000")
    page.go_back()
    page.get_by_role("link", name="吃饭").click()
    expect(page.locator("[data-found]")).to_have_text("14 个站点，由近到远")
    assert asked == []


def test_what_the_browser_finds_is_what_the_server_finds(desk, crowd):
    make_station(name="夜间", opening_hours="Mo-Su 20:00-23:59", occupations=["rider"], tier="smart")
    make_station(name="无人", access="code", opening_hours="24/7", status="closed")
    desk.goto("/stations/")
    asked = [
        "",
        "need=rest",
        "need=meal",
        "facility=water,microwave",
        "open_now=1",
        "always=1",
        "unattended=1",
    ]
    asked += [
        "occupation=rider",
        "tier=smart",
        "county=330105",
        "county=330100",
        "need=nonsense",
        "tier=x&county=y",
    ]

    counted = desk.evaluate(
        """async (asked) => {
          const get = (url) => fetch(url).then((answer) => answer.json());
          const manifest = await get("/stations/pack.json"), pack = new nuanyi.Pack(manifest);
          const status = new nuanyi.Status(await get("/stations/status.json"));
          for (const part of manifest.parts) {
            pack.add(part.code, await (await fetch(part.points.url)).arrayBuffer());
          }
          const minute = Math.floor(Date.now() / 60000);
          return asked.map((query) => pack.filter(nuanyi.read(query, manifest), status, minute));
        }""",
        asked,
    )
    listed = []
    for query in asked:
        desk.goto(f"/stations/?{query}")
        listed.append(int(desk.locator("[data-found]").inner_text().split()[0]))

    assert dict(zip(asked, counted, strict=True)) == dict(zip(asked, listed, strict=True))
    # How many are open depends on the hour this runs at; the others always differ.
    assert len(set(listed)) >= 4


def test_behind_each_facility_stands_how_many_would_be_left(desk, crowd):
    desk.goto("/stations/?facility=water")

    expect(desk.locator("[data-tally=water]")).to_have_text("14")
    expect(desk.locator("[data-tally=microwave]")).to_have_text("1")
    expect(desk.locator("[data-tally=table]")).to_have_text("2")


def test_a_fault_is_a_sign_of_its_own_on_the_map(desk, stations):
    Fault.objects.create(station=stations[0], kind="water")

    desk.goto("/stations/")

    expect(desk.locator(".pin.faulty")).to_have_count(1)


def test_a_search_shows_its_rows_on_the_map(desk, crowd):
    desk.goto("/stations/?q=shimen")

    expect(desk.locator(".pin")).to_have_count(1)
    expect(desk.get_by_role("button", name="石门驿站 · 24小时开放")).to_be_visible()


def test_without_the_pack_the_rows_of_the_list_are_the_map(desk, stations):
    desk.route("**/stations/pack.json", lambda route: route.fulfill(status=404))
    desk.goto("/stations/")

    expect(desk.locator(".pin")).to_have_count(2)


def test_a_typed_place_is_where_the_map_and_the_list_begin(desk, crowd):
    desk.goto("/stations/?place=石门")

    expect(desk.locator("[data-results] h3").first).to_have_text("石门驿站")
    expect(desk.locator(".here")).to_have_count(1)


def test_the_map_can_be_made_large_and_small_again_by_keyboard(desk, stations):
    desk.goto("/stations/")
    button = desk.get_by_role("button", name="放大地图")

    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert desk.locator("[data-map-frame]").bounding_box()["width"] == DESK["width"]
    button.press("Escape")

    expect(button).to_have_attribute("aria-pressed", "false")


def test_the_list_works_without_javascript(new_page, live_server, stations):
    page = new_page(base_url=live_server.url, java_script_enabled=False)
    page.goto("/stations/")

    page.get_by_role("link", name="喝水").click()
    page.get_by_role("link", name="石门驿站").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("石门驿站")


def test_the_browser_shifts_tiles_as_the_server_shifts_links(desk, stations):
    desk.goto("/stations/")
    places = [(each.latitude, each.longitude) for each in divisions.read()]

    shifted = desk.evaluate(
        """(places) => places.map(([lat, lng]) => {
          const there = nuanyi.gcj02({ lat, lng }), back = nuanyi.wgs84(there);
          return [there.lat, there.lng, back.lat, back.lng];
        })""",
        json.loads(json.dumps(places)),
    )

    for place, (lat, lng, *back) in zip(places, shifted, strict=True):
        assert (lat, lng) == pytest.approx(datum.gcj02_from_wgs84(*place), abs=1e-9)
        assert back == pytest.approx(place, abs=1e-8)


@pytest.mark.parametrize("kept_in", ["wgs84", "gcj02"])
def test_under_tiles_of_another_datum_only_the_drawing_moves(at_the_lake, stations, settings, kept_in):
    settings.TILES_DATUM = kept_in
    page = at_the_lake
    page.goto("/stations/#near")

    expect(page.locator("[data-distance]").first).to_have_text("1.2 公里")
    spot = page.evaluate(
        """([lat, lng, datum]) => {
          const { x, y } = nuanyi.crs(datum).latLngToPoint(L.latLng(lat, lng), 16);
          const plain = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), 16);
          return [Math.round(x - plain.x), Math.round(y - plain.y)];
        }""",
        [30.2568, 120.1797, kept_in],
    )
    lake = 30.2568, 120.1797
    drawn = {"wgs84": lake, "gcj02": datum.gcj02_from_wgs84(*lake)}[kept_in]
    assert spot == [round(there - here) for there, here in zip(pixels(*drawn), pixels(*lake), strict=True)]


def pixels(latitude, longitude):
    """Web Mercator at zoom 16."""
    size = 256 * 2**16
    return size * (longitude / 360 + 0.5), size * (0.5 - log(tan(pi / 4 + radians(latitude) / 2)) / (2 * pi))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, DESK], ids=["phone", "desk"])
def test_nothing_serious_stands_in_anybodys_way(new_page, live_server, crowd, stations, viewport, scheme):
    page = new_page(base_url=live_server.url, viewport=viewport, color_scheme=scheme)

    found = {}
    for path in (
        "/",
        "/stations/",
        "/stations/?tier=smart&facility=water",
        stations[0].get_absolute_url(),
        "/days/",
    ):
        page.goto(path)
        found[path] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path

    assert found == dict.fromkeys(found, [])
