from datetime import datetime

import pytest
import time_machine

from stations import directory, hours
from stations.models import Need, Station, StationFacility
from stations.tests.factories import make_station

WEST_LAKE = 30.2592, 120.1488


def names(found):
    return [f.station.name for f in found]


def test_a_degree_of_latitude_is_111_kilometres():
    assert round(directory.metres(30, 120, 31, 120)) == 111195


def test_a_place_is_nowhere_from_itself():
    assert directory.metres(*WEST_LAKE, *WEST_LAKE) == 0


@pytest.mark.parametrize("text", ["30.25,120.17", " 30.25 , 120.17 "])
def test_a_place_is_read_as_latitude_and_longitude(text):
    assert directory.parse_point(text) == (30.25, 120.17)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "here",
        "30.25",
        "30.25,120.17,5",
        "30.25;120.17",
        "120.17,30.25",
        "nan,120",
        "inf,0",
        "91,0",
        "0,181",
    ],
)
def test_what_is_no_place_is_refused(text):
    with pytest.raises(ValueError, match=r"30\.25,120\.17"):
        directory.parse_point(text)


@pytest.mark.django_db
def test_stations_come_nearest_first_with_their_distance():
    make_station(name="远", latitude=30.30, longitude=120.15)
    make_station(name="近", latitude=30.26, longitude=120.15)
    make_station(name="中", latitude=30.28, longitude=120.15)

    found = directory.find(Station.objects.listed(), near=WEST_LAKE)

    assert [(f.station.name, round(f.distance)) for f in found] == [("近", 146), ("中", 2316), ("远", 4538)]


@pytest.mark.django_db
def test_without_a_place_stations_come_by_code_and_have_no_distance():
    make_station(name="乙", code="B")
    make_station(name="甲", code="A")

    found = directory.find(Station.objects.listed())

    assert [(f.station.name, f.distance) for f in found] == [("甲", None), ("乙", None)]


@pytest.mark.django_db
def test_withdrawn_stations_are_not_listed():
    make_station(name="在用")
    make_station(name="已退出", status=Station.Status.WITHDRAWN)

    assert names(directory.find(Station.objects.listed())) == ["在用"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("need", "wanted"),
    [
        (Need.MEAL, ["微波炉"]),
        (Need.WATER, ["饮水机"]),
        (Need.REST, ["桌椅", "空调"]),
        (Need.TOILET, ["厕所"]),
        ("", ["微波炉", "饮水机", "桌椅", "空调", "厕所"]),
        ("unknown", ["微波炉", "饮水机", "桌椅", "空调", "厕所"]),
    ],
)
def test_a_need_is_met_where_a_facility_for_it_works(need, wanted):
    for name, kind in [
        ("微波炉", "microwave"),
        ("饮水机", "water"),
        ("桌椅", "table"),
        ("空调", "air_conditioning"),
        ("厕所", "toilet"),
    ]:
        make_station(name=name, facilities=[kind])

    assert names(directory.find(Station.objects.listed(), need=need)) == wanted


@pytest.mark.django_db
def test_a_broken_facility_meets_no_need():
    station = make_station(facilities=["microwave"])
    station.facilities.update(state=StationFacility.State.NEEDS_REPAIR)

    assert directory.find(Station.objects.listed(), need=Need.MEAL) == []


@pytest.mark.django_db
def test_open_now_leaves_out_what_is_closed_shut_or_unknown():
    make_station(name="开放", opening_hours="Mo-Fr 08:00-17:00")
    make_station(name="已休息", opening_hours="Sa 08:00-17:00")
    make_station(name="未知", opening_hours="")
    make_station(name="改造中", opening_hours="24/7", status=Station.Status.RENOVATION)

    with time_machine.travel(datetime(2026, 9, 9, 10, tzinfo=hours.SHANGHAI)):
        found = directory.find(Station.objects.listed(), open_now=True)

    assert names(found) == ["开放"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_finding_stations_asks_two_questions_however_many_there_are(count, django_assert_num_queries):
    for _n in range(count):
        make_station()

    with django_assert_num_queries(2):
        found = directory.find(Station.objects.listed(), near=WEST_LAKE, open_now=True)
        assert [f.station.needs_met for f in found] == [[Need.WATER, Need.REST]] * count
