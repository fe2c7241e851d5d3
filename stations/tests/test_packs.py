"""The station pack: what is in its files, when they are made anew, how they are served."""

import json
from datetime import UTC, date, datetime, timedelta

import brotli
import pytest
import time_machine
from django.test import Client

from stations import hours, pack_columns, packs
from stations.models import Fault, OpeningException, Station, StationFacility, SwapCabinet
from stations.tests.factories import make_division, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def hangzhou():
    return make_division(code="330100", name="杭州市", prefecture="杭州市")


@pytest.fixture
def taizhou():
    make_division(code="331000", name="台州市", prefecture="台州市")
    return make_division(code="331002", name="椒江区", prefecture="台州市")


def content(part, kind):
    return (packs.FOLDER / part[kind]["url"].removeprefix(packs.URL)).read_bytes()


def unpacked(part):
    """The columns of a points file, read as its description says."""
    raw = content(part, "points")
    length = int.from_bytes(raw[:4], "little")
    head, planes = json.loads(raw[4 : 4 + length]), raw[4 + length :]
    n = head["n"]

    def column(first, width):
        parts = [planes[(first + k) * n : (first + k + 1) * n] for k in range(width)]
        return [sum(byte << 8 * k for k, byte in enumerate(bytes_)) for bytes_ in zip(*parts, strict=True)]

    def places(first, origin):
        found = []
        for value in column(first, 3):
            origin += value // 2 if value % 2 == 0 else -(value + 1) // 2
            found.append(round(origin * pack_columns.STEP, 5))
        return found

    assert len(planes) == 15 * n
    return {
        "place": list(zip(places(0, head["origin"][0]), places(3, head["origin"][1]), strict=True)),
        "facilities": column(6, 3),
        "occupations": column(9, 2),
        "hours": [head["hours"][place] for place in column(11, 2)],
        "county": [head["counties"][place] for place in column(13, 1)],
        "traits": column(14, 1),
    }


def test_every_column_says_of_each_station_what_the_table_says(hangzhou):
    make_station(
        code="330105-T-0007",
        name="北",
        latitude=30.35,
        longitude=120.1,
        facilities=["table", "call_button"],
        occupations=["courier", "other"],
        tier=Station.Tier.SMART,
        access=Station.Access.CARD,
    )
    make_station(
        code="X9",
        name="南",
        latitude=30.30001,
        longitude=120.20002,
        opening_hours="Mo-Fr 08:00-17:00",
        status=Station.Status.RENOVATION,
        position=Station.Position.APPROXIMATE,
    )

    (part,) = packs.manifest()["parts"]
    columns = unpacked(part)

    assert json.loads(content(part, "names")) == [["X9", "0007"], ["南", "北"]]
    assert columns == {
        "place": [(30.30001, 120.20002), (30.35, 120.1)],
        "facilities": [0b11, 1 | 1 << 21],
        "occupations": [0, 1 << 2 | 1 << 12],
        "hours": ["Mo-Fr 08:00-17:00", "24/7"],
        "county": ["330105", "330105"],
        "traits": [pack_columns.SHUT | pack_columns.APPROXIMATE, 2 | pack_columns.UNATTENDED],
    }
    assert (part["count"], part["bounds"]) == (2, [[30.30001, 120.1], [30.35, 120.20002]])


def test_what_is_broken_withdrawn_or_reported_shows(hangzhou):
    station = make_station(facilities=["water", "table"])
    station.facilities.filter(kind="water").update(state=StationFacility.State.OUT_OF_SERVICE)
    Fault.objects.create(station=station, kind="table")
    make_station(status=Station.Status.WITHDRAWN)

    (part,) = packs.manifest()["parts"]

    assert part["count"] == 1
    assert unpacked(part)["facilities"] == [packs.FACILITIES["table"]]
    assert unpacked(part)["traits"] == [pack_columns.FAULTY]


def test_a_coming_closure_is_part_of_the_hours(hangzhou):
    station = make_station(opening_hours="Mo-Su 08:00-20:00")
    today = date(2026, 11, 23)
    OpeningException.objects.create(station=station, starts_on=today, ends_on=today)

    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=hours.SHANGHAI), tick=False):
        (text,) = set(unpacked(packs.manifest()["parts"][0])["hours"])
        spans = packs.status()["hours"][text]

    assert datetime.fromtimestamp(spans[0][0] * 60, hours.SHANGHAI) == datetime(
        2026, 11, 24, 8, tzinfo=hours.SHANGHAI
    )


def test_only_the_prefecture_that_changed_is_made_anew(hangzhou, taizhou):
    make_station(name="不变")
    changed = make_station(name="变", division=taizhou, latitude=28.67, longitude=121.43)
    before = packs.manifest()

    changed.name = "改名"
    changed.save()
    assert packs.manifest() == before  # the old one is served until the new one is there
    assert packs.refresh() is True

    after = packs.manifest()
    assert after["parts"][0] == before["parts"][0]
    assert after["parts"][1]["points"] == before["parts"][1]["points"]
    assert json.loads(content(after["parts"][1], "names"))[1] == ["改名"]
    assert after["version"] != before["version"]


def test_a_prefecture_with_very_many_stations_is_cut_into_its_counties(hangzhou, taizhou, monkeypatch):
    monkeypatch.setattr(packs, "LARGEST", 2)
    west_lake = make_division(code="330106", name="西湖区", prefecture="杭州市")
    for division in (None, None, west_lake, taizhou):
        make_station(division=division)

    parts = packs.manifest()["parts"]

    assert [(part["code"], part["count"]) for part in parts] == [("330105", 2), ("330106", 1), ("331000", 1)]


def test_nothing_is_made_where_nothing_changed(hangzhou, django_assert_num_queries):
    make_station()
    packs.refresh()

    with django_assert_num_queries(2):
        assert packs.refresh() is False


def test_the_last_station_of_a_prefecture_takes_its_files_out_of_the_manifest(hangzhou):
    station = make_station()
    packs.refresh()

    station.status = Station.Status.WITHDRAWN
    station.save()
    packs.refresh()

    assert (packs.manifest()["count"], packs.manifest()["parts"]) == (0, [])


@pytest.mark.parametrize("count", [1, 3])
def test_a_prefecture_is_read_in_as_many_questions_however_many_stations(
    hangzhou, count, django_assert_num_queries
):
    for _n in range(count):
        make_station()

    with django_assert_num_queries(10):
        packs.refresh()


def test_the_status_joins_midnights_and_says_what_is_unknown(hangzhou):
    make_station(opening_hours="Mo-Su 20:00-06:00")
    make_station(opening_hours="24/7")
    make_station(opening_hours="")

    with time_machine.travel(datetime(2026, 11, 23, 22, tzinfo=hours.SHANGHAI), tick=False):
        known = packs.status()

    midnight = int(datetime(2026, 11, 23, tzinfo=hours.SHANGHAI).timestamp()) // 60
    assert known["at"] == int(datetime(2026, 11, 23, 14, tzinfo=UTC).timestamp())
    assert known["hours"][""] is None
    assert known["hours"]["24/7"] == [[midnight, midnight + 7 * 1440]]
    assert known["hours"]["Mo-Su 20:00-06:00"][:2] == [
        [midnight, midnight + 360],
        [midnight + 20 * 60, midnight + 30 * 60],
    ]


def test_free_slots_stand_in_the_status_until_they_are_old(hangzhou):
    station = make_station(code="C1")
    now = datetime(2026, 11, 23, 10, tzinfo=hours.SHANGHAI)
    for name, valid_until in (("new", now + timedelta(minutes=1)), ("old", now - timedelta(seconds=1))):
        SwapCabinet.objects.create(
            station=station, operator="tower", external_id=name, charged=5, free=3, valid_until=valid_until
        )

    with time_machine.travel(now, tick=False):
        assert packs.status()["cabinets"] == [["C1", 5, 3, int(now.timestamp()) + 60]]


def test_the_files_are_compressed_and_kept_for_ever(client, hangzhou):
    make_station(facilities=["water"])
    for _n in range(30):
        make_station()
    (part,) = client.get("/stations/pack.json").json()["parts"]

    answer = client.get(part["names"]["url"], headers={"accept-encoding": "br"})
    body = b"".join(answer)

    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(body) == part["names"]["bytes"]
    assert brotli.decompress(body) == content(part, "names")


@pytest.mark.parametrize("name", ["nothing.bin", "../nuanyi.sqlite3", "../pack.json", "330100-points.part"])
def test_only_files_of_the_pack_are_served(hangzhou, name):
    make_station()
    packs.refresh()

    assert Client().get(packs.URL + name).status_code == 404


def test_a_pack_that_is_gone_is_not_found(client, hangzhou):
    make_station()
    (part,) = packs.manifest()["parts"]
    list(client.get(part["points"]["url"]))

    for path in packs.FOLDER.iterdir():
        path.unlink()

    assert client.get(part["points"]["url"]).status_code == 404


def test_without_stations_the_pack_is_empty(client):
    assert client.get("/stations/pack.json").json()["parts"] == []
    assert client.get("/stations/status.json").json()["hours"] == {}
