"""The list of stations as people read it."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from stations.models import Station, StationFacility
from stations.tests.factories import make_division, make_station

TEN_IN_THE_MORNING = timezone.make_aware(timezone.datetime(2026, 11, 25, 10))


def listed(client, query=""):
    page = client.get(reverse("stations:list") + query).content.decode()
    return [station.name for station in Station.objects.all() if station.get_absolute_url() in page]


def test_a_need_finds_the_stations_where_something_for_it_works(client, db):
    make_station(name="有水", facilities=["water"])
    make_station(name="有厕所", facilities=["toilet"])
    broken = make_station(name="饮水机坏了", facilities=["water"])
    StationFacility.objects.filter(station=broken).update(state=StationFacility.State.NEEDS_REPAIR)

    assert listed(client, "?need=water") == ["有水"]


def test_open_now_leaves_out_what_is_closed_and_what_is_not_known(client, db):
    make_station(name="全天", opening_hours="24/7")
    make_station(name="晚上", opening_hours="Mo-Su 18:00-23:00")
    make_station(name="不详", opening_hours="")

    with time_machine.travel(TEN_IN_THE_MORNING):
        assert listed(client, "?open_now=1") == ["全天"]


def test_a_county_and_a_word_narrow_the_list(client, db):
    make_station(
        name="石门社区服务驿站", division=make_division(code="331121", name="青田县", prefecture="丽水市")
    )
    make_station(name="湖滨暖驿")

    assert listed(client, "?county=331121") == ["石门社区服务驿站"]
    assert listed(client, "?q=湖滨") == ["湖滨暖驿"]
    assert listed(client, "?q=青田") == ["石门社区服务驿站"]
    assert listed(client, "?q=不存在") == []


def test_nonsense_in_the_address_finds_nothing_and_breaks_nothing(client, station):
    assert listed(client, "?q=%00&county=%00&need=x&open_now=x&page=x") == [station.name]
    assert client.get("/stations/%00/").status_code == 404
    assert client.get("/stations/%E7%AB%99/").status_code == 404


def test_a_withdrawn_station_is_no_longer_shown(client, db):
    gone = make_station(name="已退出", status=Station.Status.WITHDRAWN)

    assert listed(client) == []
    assert client.get(gone.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("station", "sentence"),
    [
        ({"opening_hours": "Mo-Su 08:00-20:00"}, "开放中，到 20:00"),
        ({"opening_hours": "Mo-Su 12:00-20:00"}, "已休息，12:00 开放"),
        ({"opening_hours": "Fr 14:00-17:00"}, "已休息，11月27日 14:00 开放"),
        ({"opening_hours": "24/7"}, "24小时开放"),
        ({"opening_hours": ""}, "开放时间不详"),
        ({"status": Station.Status.RENOVATION}, "改造中"),
    ],
)
def test_the_page_says_whether_it_is_open_and_until_when(client, db, station, sentence):
    with time_machine.travel(TEN_IN_THE_MORNING):
        page = client.get(make_station(**station).get_absolute_url()).content.decode()

    assert sentence in page


def test_a_broken_facility_is_named_as_such(client, station):
    StationFacility.objects.filter(station=station, kind="water").update(state="needs_repair")

    assert "饮水机 · 待维修" in client.get(station.get_absolute_url()).content.decode()


def test_navigation_links_name_the_datum_and_keep_each_maps_axis_order(client, station):
    page = client.get(station.get_absolute_url()).content.decode()

    assert "https://uri.amap.com/marker?position=120.140000%2C30.320000&amp;" in page
    assert "&amp;coordinate=wgs84&amp;" in page
    assert "https://api.map.baidu.com/marker?location=30.320000%2C120.140000&amp;" in page
    assert "&amp;coord_type=wgs84&amp;" in page
    assert 'href="geo:30.320000,120.140000"' in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("", 7), ("?need=water&open_now=1", 9)])
def test_the_list_costs_the_same_for_one_station_and_for_three(
    client, db, django_assert_num_queries, rows, query, queries
):
    for _row in range(rows):
        make_station()

    with django_assert_num_queries(queries):
        client.get(reverse("stations:list") + query)
