"""Nearest first is what measuring every single station would give."""

from datetime import datetime
from random import Random

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from stations import directory, hours, synthetic
from stations.directory import Wanted, metres
from stations.models import OpeningException, Station
from stations.tests.factories import make_station

HOME = 30.25, 120.17
WEDNESDAY_TEN = datetime(2026, 9, 9, 10, tzinfo=hours.SHANGHAI)
FILTERS = [
    {},
    {"need": "toilet"},
    {"facility": ("water", "battery_swap")},
    {"open_now": True},
    {"open_now": True, "need": "meal", "unattended": True},
    {"always": True, "tier": "smart"},
    {"q": "aixin"},
    {"county": "330100"},
    {"occupation": "rider"},
    {"within": 1000},
    {"within": 30_000, "open_now": True},
]


def fitting(wanted):
    stations = directory.fitting(wanted).prefetch_related("exceptions")
    return [each for each in stations if not wanted.open_now or each.opening().is_open]


def brute_force(stations, place, within=None):
    measured = [(metres(*place, each.latitude, each.longitude), each.code) for each in stations]
    return sorted(each for each in measured if each[0] <= (within or 1e9))


def nearest(wanted, place, start, stop):
    return [(each.distance, each.station.code) for each in directory.find(wanted, near=place)[start:stop]]


def somewhere(random):
    """Mostly in the province, sometimes right at a station, sometimes anywhere on Earth."""
    kind = random.randrange(4)
    if kind == 0:
        return random.choice(Station.objects.order_by("code").values_list("latitude", "longitude")[:50])
    if kind == 1:
        return random.uniform(-90, 90), random.uniform(-180, 180)
    return random.uniform(26.5, 32), random.uniform(117, 124)


@pytest.fixture
def province(db):
    synthetic.make(400)
    stations = list(Station.objects.order_by("code")[::5])
    today = WEDNESDAY_TEN.date()
    OpeningException.objects.bulk_create(
        OpeningException(station=each, starts_on=today, ends_on=today) for each in stations
    )
    # Two at one place: equals come by code.
    Station.objects.filter(code__in=[each.code for each in stations[:9]]).update(
        latitude=stations[0].latitude, longitude=stations[0].longitude
    )


@time_machine.travel(WEDNESDAY_TEN, tick=False)
def test_a_thousand_places_and_all_filters_agree_with_measuring_every_station(province):
    random = Random(11)

    for wanted in (Wanted(**each) for each in FILTERS):
        stations = fitting(wanted)
        for _n in range(1000 // len(FILTERS) + 1):
            place, start = somewhere(random), random.choice([0, 0, 0, 10, 60])
            expected = brute_force(stations, place, wanted.within)[start : start + 10]
            found = directory.find(wanted, near=place).nearest(start + 10)[start:]
            assert [(distance, code) for distance, code, _pk in found] == expected, (wanted, place)


class TestAnyStations(TestCase):
    """Hypothesis rolls each example back only in a TestCase."""

    @settings(max_examples=60, deadline=None)
    @given(
        spots=st.lists(st.tuples(st.floats(27, 31.5), st.floats(117.5, 123.5)), max_size=12),
        place=st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        within=st.none() | st.integers(1, 25_000_000),
        limit=st.integers(1, 15),
    )
    def test_any_stations_from_any_place_on_earth(self, spots, place, within, limit):
        for latitude, longitude in spots:
            make_station(latitude=latitude, longitude=longitude, facilities=[])
        wanted = Wanted(within=within)

        expected = brute_force(fitting(wanted), place, within)
        assert nearest(wanted, place, 0, limit) == expected[:limit]
        assert directory.find(wanted, near=place).count() == len(expected)


@pytest.mark.parametrize(
    "place",
    [(90, 0), (-90, 0), (30, -59.5), (-30.3, -59.83), (0, 180), (0, -180), (89.9, -60), (30, 300 - 360)],
)
def test_the_far_side_of_the_world_finds_them_all(db, place):
    for number in range(5):
        make_station(latitude=30 + number / 10, longitude=118 + number)

    assert nearest(Wanted(), place, 0, 10) == brute_force(fitting(Wanted()), place)
    assert len(nearest(Wanted(), place, 0, 10)) == 5


def test_equally_far_stations_come_by_code(db):
    for code in ("C", "A", "B"):
        make_station(code=code, latitude=30.26, longitude=120.17)

    assert [code for _distance, code in nearest(Wanted(), HOME, 0, 2)] == ["A", "B"]
    assert [code for _distance, code in nearest(Wanted(), HOME, 2, 4)] == ["C"]


def test_within_takes_what_lies_on_the_edge_and_nothing_beyond(db):
    make_station(latitude=30.26, longitude=120.17)
    distance = metres(*HOME, 30.26, 120.17)

    assert distance == pytest.approx(1112, abs=1)
    assert nearest(Wanted(within=1111), HOME, 0, 5) == []
    assert [each for each, _code in nearest(Wanted(within=1112), HOME, 0, 5)] == [distance]


def test_a_degree_of_latitude_is_111_kilometres():
    assert round(metres(30, 120, 31, 120)) == 111195


def test_a_place_is_nowhere_from_itself_and_half_a_world_from_its_opposite():
    assert metres(*HOME, *HOME) == 0
    assert round(metres(30, 120, -30, -60)) == 20015114
    assert metres(30.3, 120.17, -30.3, 120.17 - 180) <= 20015115
