"""What is wanted, and which stations fit."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils import timezone

from stations import directory, hours
from stations.directory import Wanted
from stations.models import Need, OpeningException, Station, StationFacility
from stations.tests.factories import make_division, make_station

WEST_LAKE = 30.2592, 120.1488
WEDNESDAY_TEN = datetime(2026, 9, 9, 10, tzinfo=hours.SHANGHAI)


def found(near=None, **wanted):
    return directory.find(Wanted(**wanted), near=near)[0:100]


def names(**wanted):
    return [each.station.name for each in found(**wanted)]


def read(address):
    return Wanted.read(QueryDict(address))


# What is wanted


def test_an_address_says_what_is_wanted(db):
    make_division(code="330105")

    wanted = read(
        "need=water&facility=wifi,water&open_now=1&always=true&unattended=1&tier=smart&county=330105"
        "&occupation=rider&q=石门&place=拱墅&near=30.25,120.17&within=1000"
    )

    assert wanted == Wanted(
        need="water",
        facility=("water", "wifi"),
        open_now=True,
        always=True,
        unattended=True,
        tier="smart",
        county="330105",
        occupation="rider",
        q="石门",
        place="拱墅",
        near=(30.25, 120.17),
        within=1000,
    )


def test_checkboxes_name_facilities_one_by_one(db):
    assert read("facility=wifi&facility=water").facility == ("water", "wifi")


def test_what_an_address_says_wrongly_is_not_wanted(db):
    nonsense = (
        "need=x&facility=x,,y&open_now=0&always=no&unattended=&tier=x&county=999999&occupation=x&q=%00&place=%00"
        "&near=here&within=-5&other=1"
    )

    assert read(nonsense) == Wanted()
    assert read("within=0") == read("within=99999999999999999999") == read("within=²") == Wanted()


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


# What fits


@pytest.mark.django_db
def test_withdrawn_stations_are_not_listed():
    make_station(name="在用")
    make_station(name="已退出", status=Station.Status.WITHDRAWN)

    assert names() == names(near=WEST_LAKE) == ["在用"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("need", "wanted"),
    [
        (Need.MEAL, ["微波炉"]),
        (Need.WATER, ["饮水机"]),
        (Need.REST, ["桌椅", "空调"]),
        (Need.TOILET, ["厕所"]),
        ("", ["微波炉", "饮水机", "桌椅", "空调", "厕所"]),
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

    assert names(need=need) == wanted


@pytest.mark.django_db
def test_each_of_several_facilities_must_be_there():
    make_station(name="有水", facilities=["water"])
    make_station(name="都有", facilities=["water", "wifi", "table"])

    assert names(facility=("water", "wifi")) == ["都有"]
    assert names(facility=("water",)) == ["有水", "都有"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [StationFacility.State.NEEDS_REPAIR, StationFacility.State.OUT_OF_SERVICE])
def test_a_broken_facility_meets_no_need_and_is_not_found(state):
    station = make_station(facilities=["microwave"])
    station.facilities.update(state=state)

    assert names(need=Need.MEAL) == names(facility=("microwave",)) == []


@pytest.mark.django_db
def test_open_now_leaves_out_what_is_closed_shut_or_unknown():
    make_station(name="开放", opening_hours="Mo-Fr 08:00-17:00")
    make_station(name="已休息", opening_hours="Sa 08:00-17:00")
    make_station(name="未知", opening_hours="")
    make_station(name="改造中", opening_hours="24/7", status=Station.Status.RENOVATION)

    with time_machine.travel(WEDNESDAY_TEN):
        assert names(open_now=True) == names(open_now=True, near=WEST_LAKE) == ["开放"]


@pytest.mark.django_db
def test_other_hours_of_a_day_count_for_their_own_station_alone():
    shut_today = make_station(name="今天不开", opening_hours="Mo-Su 08:00-17:00")
    OpeningException.objects.create(station=shut_today, starts_on="2026-09-09", ends_on="2026-09-09")
    early = make_station(name="今天早开", opening_hours="Mo-Su 18:00-20:00")
    OpeningException.objects.create(
        station=early, starts_on="2026-09-08", ends_on="2026-09-10", times="09:00-11:00"
    )
    later = make_station(name="下月不开", opening_hours="Mo-Su 08:00-17:00")
    OpeningException.objects.create(station=later, starts_on="2026-10-09", ends_on="2026-10-19")
    make_station(name="照常", opening_hours="Mo-Su 08:00-17:00")

    with time_machine.travel(WEDNESDAY_TEN):
        answer = found(open_now=True)
        assert [each.station.name for each in answer] == ["今天早开", "下月不开", "照常"]
        assert [each.opening.is_open for each in answer] == [True] * 3
        assert sorted(names(open_now=True, near=WEST_LAKE)) == sorted(names(open_now=True))


@pytest.mark.django_db
def test_hours_past_midnight_and_the_day_before_count():
    late = make_station(name="夜班", opening_hours="Mo-Su 22:00-04:00")
    OpeningException.objects.create(station=late, starts_on="2026-09-09", ends_on="2026-09-09")

    with time_machine.travel(WEDNESDAY_TEN.replace(hour=2)):
        assert names(open_now=True) == (["夜班"] if late.opening().is_open else [])
    with time_machine.travel(WEDNESDAY_TEN.replace(hour=23)):
        assert names(open_now=True) == []


@pytest.mark.django_db
def test_day_and_night_means_today_as_well():
    make_station(name="全天", opening_hours="24/7")
    make_station(name="白天", opening_hours="Mo-Su 08:00-20:00")
    make_station(name="改造中", opening_hours="24/7", status=Station.Status.RENOVATION)
    today, later = timezone.localdate(), timezone.localdate() + timedelta(days=30)
    shut = make_station(name="今天不开", opening_hours="24/7")
    OpeningException.objects.create(station=shut, starts_on=today, ends_on=today)
    coming = make_station(name="下月不开", opening_hours="24/7")
    OpeningException.objects.create(station=coming, starts_on=later, ends_on=later)

    assert names(always=True) == ["全天", "下月不开"]


@pytest.mark.django_db
def test_unattended_is_whatever_opens_without_staff():
    for access in Station.Access:
        make_station(name=access.value, access=access)

    assert names(unattended=True) == ["self_service", "code", "card"]


@pytest.mark.django_db
def test_tier_and_served_occupation_narrow_the_list():
    make_station(name="标杆", tier=Station.Tier.BENCHMARK, occupations=["rider", "courier"])
    make_station(name="基本", occupations=["sanitation"])
    make_station(name="谁都行")

    assert names(tier="benchmark") == ["标杆"]
    assert names(occupation="rider") == ["标杆"]
    assert names(occupation="sanitation") == ["基本"]


@pytest.mark.django_db
def test_a_prefecture_takes_all_its_counties():
    make_station(name="拱墅", division=make_division(code="330105"))
    make_station(name="上城", division=make_division(code="330102", name="上城区"))
    make_station(name="全市", division=make_division(code="330100", name="杭州市"))
    make_station(name="余姚", division=make_division(code="330281", name="余姚市", prefecture="宁波市"))

    assert names(county="330105") == ["拱墅"]
    assert names(county="330100") == ["拱墅", "上城", "全市"]


# What comes back


@pytest.mark.django_db
def test_without_a_place_stations_come_by_code_and_have_no_distance():
    make_station(name="乙", code="B")
    make_station(name="甲", code="A")

    assert [(each.station.name, each.distance) for each in found()] == [("甲", None), ("乙", None)]


@pytest.mark.django_db
def test_stations_come_nearest_first_with_their_distance():
    make_station(name="远", latitude=30.30, longitude=120.15)
    make_station(name="近", latitude=30.26, longitude=120.15)
    make_station(name="中", latitude=30.28, longitude=120.15)

    answer = [(each.station.name, round(each.distance)) for each in found(near=WEST_LAKE)]

    assert answer == [("近", 146), ("中", 2316), ("远", 4538)]


@pytest.mark.django_db
@pytest.mark.parametrize("near", [None, WEST_LAKE])
def test_a_page_is_one_part_and_no_station_is_left_out_or_comes_twice(near):
    for number in range(7):
        make_station(latitude=30.0 + number % 3 / 10)

    pages = Paginator(directory.find(Wanted(), near=near), 3)

    assert pages.count == 7
    codes = [each.station.code for page in pages for each in page]
    assert sorted(codes) == sorted(Station.objects.values_list("code", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("wanted", "queries"), [({}, 4), ({"need": "water", "open_now": True}, 6), ({"q": "驿站"}, 4)]
)
def test_finding_costs_the_same_however_many_are_found(wanted, queries, count, django_assert_num_queries):
    for _n in range(count):
        make_station()

    with django_assert_num_queries(queries):
        answer = found(**wanted)
        assert [each.station.needs_met for each in answer] == [[Need.WATER, Need.REST]] * count
