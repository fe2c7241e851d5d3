"""A station's page in a real browser: on a phone, in the dark, on paper."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from stations.models import OpeningException, SwapCabinet
from stations.tests.factories import make_photo, make_report, make_station

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
A4 = {"width": 794, "height": 1123}


@pytest.fixture
def station(transactional_db):
    """One of everything, with words that try to leave their place."""
    station = make_station(
        name="石门社区服务驿站",
        about="</script><script>document.title = 'stolen'</script>",
        host="石门社区",
        partner="中国邮政",
        landmark="公交站旁",
        storey="一楼",
        is_street_facing=True,
        phone="0578-12351",
        occupations=["rider", "courier"],
        roles=["publicity", "outreach", "rest", "relay"],
        position="approximate",
        facilities=["water", "table", "microwave", "first_aid", "wifi", "battery_swap"],
    )
    make_photo(station=station)
    make_report(station=station, kind="wifi")
    now = timezone.now()
    SwapCabinet.objects.create(station=station, operator="tower", external_id="1")
    SwapCabinet.objects.create(
        station=station,
        operator="zheli",
        external_id="2",
        charged=3,
        free=9,
        reported_at=now,
        valid_until=now + timezone.timedelta(hours=1),
    )
    today = timezone.localdate()
    OpeningException.objects.create(station=station, starts_on=today, ends_on=today, reason="清洁消毒")
    return station


def findings(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_serious_stands_in_anybodys_way(new_page, live_server, station, viewport, scheme):
    page = new_page(base_url=live_server.url, viewport=viewport, color_scheme=scheme)
    page.goto(station.get_absolute_url(), wait_until="networkidle")

    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    small = "a => a.getClientRects().length && a.getBoundingClientRect().height < 44"
    buttons = page.locator("main :is(.button, .back)")
    assert [a.inner_text() for a in buttons.all() if a.evaluate(small)] == []


def test_the_data_for_machines_is_read_and_never_run(page, live_server, station):
    page.goto(station.get_absolute_url())

    data = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert data["description"] == station.about
    assert page.title().startswith("石门社区服务驿站")


def test_printed_the_page_is_a_sheet_for_the_door(new_page, live_server, station):
    page = new_page(base_url=live_server.url, viewport=A4)
    page.goto(station.get_absolute_url(), wait_until="networkidle")
    page.emulate_media(media="print")

    code = page.locator(".poster img")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(code).to_be_visible()
    assert code.evaluate("image => image.naturalWidth > 0 && image.clientWidth > 400")
    expect(page.locator(".card:visible")).to_have_count(1)
    for words in ("#way", "#facilities", "#hours", ".top", ".bottom"):
        expect(page.locator(words)).to_be_hidden()


def test_the_code_stays_black_on_white_in_the_dark(new_page, live_server, station):
    page = new_page(base_url=live_server.url, color_scheme="dark")
    page.goto(station.get_absolute_url(), wait_until="networkidle")

    corner = page.locator(".poster img").evaluate(
        """image => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 370, height: 370});
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0, 370, 370);
            return [[5, 5], [45, 45]].map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data]);
        }"""
    )
    assert corner == [[255, 255, 255, 255], [0, 0, 0, 255]]
