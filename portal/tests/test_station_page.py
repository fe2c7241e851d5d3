"""A station's own page, as a tired rider reads it. Asked for in English, where words are looked at."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from events.tests.factories import make_booking, make_redemption_day, make_service_day
from stations import faults
from stations.models import OpeningException, Station, StationFacility, SwapCabinet
from stations.tests.factories import make_photo, make_report, make_station
from volunteers.tests.factories import make_shift

TEN_IN_THE_MORNING = timezone.make_aware(timezone.datetime(2026, 11, 25, 10))


@pytest.fixture
def read(client):
    """The words of a station's page, one space between them."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def page(station):
        return " ".join(client.get(station.get_absolute_url()).content.decode().split())

    return page


def closed(station, first, last=None, **details):
    return OpeningException.objects.create(
        station=station, starts_on=first, ends_on=last or first, **{"reason": "清洁消毒", **details}
    )


def test_what_a_rider_needs_comes_in_the_order_in_which_it_is_needed(read, station):
    make_photo(station=station)
    SwapCabinet.objects.create(station=station, operator="tower", external_id="1")

    page = read(station)

    order = ["<h1", "Open 24 hours", "How to get there", "What is here", "Battery swap", "Opening hours"]
    order += ["Photos", "About this station", "Coming up here", "This page as a QR code"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert page.count("<h1") == 1


def test_a_facility_says_how_it_is_and_what_is_being_done_about_it(read, manager, station):
    StationFacility.objects.create(station=station, kind="wifi", state="out_of_service")
    faults.take_up(make_report(station=station, kind="water").fault, by=manager)
    make_report(station=station, kind="table")
    make_report(station=station, kind="", text="门关不上")

    page = read(station)

    assert "Drinking water dispenser · Needs repair · Repair in progress" in page
    assert "Table and chairs · Reported, to be handled" in page
    assert "Wi-Fi · Out of service</li>" in page
    assert "Something else · Reported, to be handled" in page
    assert "门关不上" not in page


def test_what_is_fixed_is_no_longer_spoken_of(read, manager, station):
    faults.fix(make_report(station=station, kind="water").fault, by=manager)

    page = read(station)

    assert "to be handled" not in page
    assert 'Drinking water dispenser<span class="visually-hidden"> · Working</span>' in page


@pytest.mark.parametrize(("minutes", "is_known"), [(4, True), (6, False)])
def test_a_swap_cabinets_numbers_are_shown_with_their_time_until_they_are_too_old(
    read, station, minutes, is_known
):
    SwapCabinet.objects.create(
        station=station,
        operator="tower",
        external_id="1",
        charged=7,
        free=31,
        reported_at=TEN_IN_THE_MORNING,
        valid_until=TEN_IN_THE_MORNING + timedelta(minutes=5),
    )

    with time_machine.travel(TEN_IN_THE_MORNING + timedelta(minutes=minutes)):
        page = read(station)

    assert "China Tower battery swap" in page
    assert ("As of 10:00" in page, ">31</dd>" in page) == (is_known, is_known)
    assert ("Status unknown" in page) != is_known


def test_the_week_names_its_holidays_and_the_days_worked_for_them(read, db):
    station = make_station(opening_hours="Mo-Fr 08:30-17:30; PH off")

    with time_machine.travel(timezone.make_aware(timezone.datetime(2026, 10, 6, 10))):
        page = read(station)

    assert page.count('<span class="chip warm">National Day</span>') == 2
    assert page.count('<span class="chip warm">Make-up workday</span>') == 1


def test_a_closure_of_the_coming_days_stands_at_the_top_with_its_reason(read, station):
    closed(
        station, TEN_IN_THE_MORNING.date() + timedelta(days=2), TEN_IN_THE_MORNING.date() + timedelta(days=3)
    )

    with time_machine.travel(TEN_IN_THE_MORNING):
        page = read(station)

    notice = 'Fri 27 Nov – Sat 28 Nov: <strong>Closed</strong> · <span lang="zh-hans">清洁消毒</span>'
    assert page.count(notice) == 1
    assert page.index(notice) < page.index("How to get there")
    row = '<th scope="row">Fri 27 Nov <span class="chip" lang="zh-hans">清洁消毒</span></th>'
    assert f'{row} <td class="number">Closed</td>' in page


def test_other_hours_of_later_weeks_stand_below_the_week_and_past_ones_nowhere(read, station):
    today = TEN_IN_THE_MORNING.date()
    closed(station, today + timedelta(days=20), times="09:00-12:00", reason="盘点")
    closed(station, today - timedelta(days=3), reason="过去")

    with time_machine.travel(TEN_IN_THE_MORNING):
        page = read(station)

    later = 'Tue 15 Dec: <strong>09:00-12:00</strong> · <span lang="zh-hans">盘点</span>'
    assert page.index(later) > page.index("Opening hours")
    assert "过去" not in page


def test_who_runs_it_with_whom_and_for_whom(read, db):
    station = make_station(
        host="石门社区党群服务中心",
        partner="中国邮政",
        build_mode="co_built",
        brand="青蜂侠",
        tier="benchmark",
        access="self_service",
        occupations=["courier", "rider"],
        roles=["rest", "relay"],
        design_theme="海岛",
        landmark="公交站旁",
        storey="一楼",
        is_street_facing=True,
        phone="0578-12351",
    )

    page = read(station)

    for fact in ["石门社区党群服务中心", "中国邮政", "Co-built", "青蜂侠", "海岛", "公交站旁", "一楼"]:
        assert fact in page
    assert "Benchmark station · Self-service (unstaffed)" in page
    assert "Courier · Food-delivery rider" in page
    assert "A rest on the way · Passing kindness on" in page
    assert "Faces the street" in page
    assert 'href="tel:0578-12351"' in page
    assert station.code in page


def test_what_is_not_known_leaves_no_empty_row(read, db):
    station = make_station(facilities=[])

    page = read(station)

    assert "<dd></dd>" not in page and '<dd lang="zh-hans"></dd>' not in page
    assert page.count("<dt>") == 2
    for heading in ["Run by", "Photos", "Battery swap", "tel:", "street</li>", "Demo data"]:
        assert heading not in page
    assert "Not listed yet" in page


def test_a_fault_is_reported_from_here_and_the_page_has_its_code(read, station):
    photo = make_photo(station=station, alt="门口有绿色遮阳棚")

    page = read(station)

    assert f'href="/stations/{station.code}/report/"' in page
    assert f'<img src="/stations/{station.code}/qr.svg" alt="QR code that leads to this page"' in page
    assert (
        f'<img src="/stations/photos/{photo.pk}/" alt="门口有绿色遮阳棚" lang="zh-hans" loading="lazy">'
        in page
    )


def test_the_usual_hours_of_a_station_under_renovation_are_said_to_be_just_that(read, db):
    page = read(make_station(status=Station.Status.RENOVATION, opening_hours="Mo-Su 08:00-20:00"))

    assert "They count again once the station is open." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_with_one_of_everything_and_with_three(
    client, manager, station, django_assert_num_queries, rows
):
    make_redemption_day(station=station)
    for n, kind in zip(range(rows), ["microwave", "wifi", "toilet"], strict=False):
        StationFacility.objects.create(station=station, kind=kind)
        make_report(station=station, kind=kind)
        make_photo(station=station)
        SwapCabinet.objects.create(station=station, operator="tower", external_id=str(n))
        closed(station, timezone.localdate() + timedelta(days=n))
        make_service_day(station=station)
        make_shift(station=station, starts_at=timezone.now() + timedelta(days=n + 1))
        make_booking(station=station)

    with django_assert_num_queries(13):
        client.get(station.get_absolute_url())
