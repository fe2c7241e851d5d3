"""The exports as others read them: GeoJSON, HSDS 3.0 and GBFS 3.0, each held against its published rules."""

import json
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from stations.exports import schedules
from stations.models import OpeningException, Station, StationFacility
from stations.tests.factories import make_cabinet, make_station

SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def get(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return json.loads(b"".join(response) if response.streaming else response.content)


def problems(content, schema):
    """What a published schema says against a content, in words."""
    kind = Draft7Validator if "draft-07" in schema["$schema"] else Draft202012Validator
    kind.check_schema(schema)
    errors = kind(schema, format_checker=FormatChecker()).iter_errors(content)
    return [f"{error.json_path}: {error.message}" for error in errors]


def gbfs_schema(name):
    """As MobilityData publishes it, in the package gbfs-validator."""
    folder = resources.files("gbfs_validator") / "data" / "schemas" / "v3.0"
    return json.loads((folder / f"{name}.json").read_text())


def hsds_schema(name):
    schema = json.loads((SCHEMAS / "hsds-3.0.json").read_text())
    return {**schema, "$ref": f"#/$defs/{name}"}


def make_several():
    """Stations with everything, with nothing, closed and withdrawn."""
    full = make_station(
        code="330105-T-0001",
        name="石门“驿站” <b>&",
        brand="暖驿",
        landmark="公交站旁",
        storey="1楼",
        is_street_facing=True,
        latitude=30.3194567,
        longitude=120.1417891,
        source_datum="gcj02",
        host="拱墅区总工会",
        partner="某公司",
        occupations=["courier", "rider"],
        roles=["rest"],
        phone="+86 571 12345678",
        about="第一行\n第二行",
        opening_hours="Mo-Fr 08:30-17:30; PH off",
        is_demo=True,
        facilities=["water", "wheelchair"],
    )
    StationFacility.objects.create(station=full, kind="microwave", state="needs_repair")
    make_station(code="330105-T-0002", name="空", opening_hours="", facilities=[])
    make_station(code="330105-T-0003", name="关", status=Station.Status.RENOVATION, host="拱墅区总工会")
    make_station(code="330105-T-0004", name="退", status=Station.Status.WITHDRAWN)
    return full


# GeoJSON


def test_the_geojson_keeps_to_rfc_7946(client, db):
    make_several()

    found = get(client, "/exports/stations.geojson")

    assert problems(found, json.loads((SCHEMAS / "geojson-points.json").read_text())) == []
    assert [feature["id"] for feature in found["features"]] == [f"330105-T-000{n}" for n in (1, 2, 3)]


def test_a_feature_says_where_a_station_is_and_what_it_has(client, db):
    station = make_several()

    first = get(client, "/exports/stations.geojson")["features"][0]

    assert first["geometry"] == {"type": "Point", "coordinates": [120.1417891, 30.3194567]}
    words = first["properties"]
    assert words["name"] == "石门“驿站” <b>&"
    assert words["facilities"] == {"water": "working", "wheelchair": "working", "microwave": "needs_repair"}
    assert (words["occupations"], words["roles"]) == (["courier", "rider"], ["rest"])
    assert (words["is_demo"], words["is_street_facing"], words["tier"]) == (True, True, "basic")
    assert words["opening_hours"] == "Mo-Fr 08:30-17:30; PH off"
    assert words["url"].endswith(station.get_absolute_url())


def test_what_is_not_known_is_null_in_the_geojson(client, db):
    make_several()

    words = get(client, "/exports/stations.geojson")["features"][1]["properties"]

    assert [words[name] for name in ("opening_hours", "host", "is_street_facing", "phone")] == [None] * 4


# HSDS


@pytest.mark.parametrize("name", ["organizations", "services", "locations", "service_at_locations"])
@pytest.mark.parametrize("are_there", [True, False], ids=["stations", "no stations"])
def test_each_hsds_list_keeps_to_hsds_3(client, db, name, are_there):
    if are_there:
        make_several()

    found = get(client, f"/exports/hsds/{name}")

    assert problems(found, hsds_schema(name)) == []
    assert found["empty"] is not are_there
    assert found["total_items"] == len(found["contents"])


def test_the_hsds_schema_finds_what_is_wrong(client, db):
    make_several()
    found = get(client, "/exports/hsds/services")
    [link] = found["contents"][0]["service_at_locations"]
    link["location"]["addresses"][0].pop("city")
    link["schedules"][0]["freq"] = "DAILY"
    found["contents"][1]["status"] = "open"

    assert len(problems(found, hsds_schema("services"))) == 3


def test_the_hsds_index_names_the_version_and_the_lists(client, db, settings):
    found = get(client, "/exports/hsds/")

    assert found["version"] == "3.0"
    assert found["lists"]["services"] == f"{settings.SITE_URL}/exports/hsds/services"
    for address in found["lists"].values():
        get(client, address.removeprefix(settings.SITE_URL))


def test_hsds_objects_point_to_each_other(client, db):
    make_several()

    lists = {name: get(client, f"/exports/hsds/{name}")["contents"] for name in ("organizations", "services")}

    known = [organization["id"] for organization in lists["organizations"]]
    assert lists["organizations"][0]["name"] == "拱墅区总工会"
    assert [known.index(service["organization_id"]) for service in lists["services"]] == [0, 1, 0]
    for service in lists["services"]:
        [link] = service["service_at_locations"]
        assert (link["service_id"], link["location_id"]) == (service["id"], link["location"]["id"])
        assert service["organization"]["id"] == service["organization_id"]


def test_a_service_tells_its_status_hours_telephone_and_access(client, db):
    make_several()

    first, empty, closed = get(client, "/exports/hsds/services")["contents"]

    assert [one["status"] for one in (first, empty, closed)] == ["active", "active", "temporarily closed"]
    assert [one["is_demo"] for one in (first, empty, closed)] == [True, False, False]
    link = first["service_at_locations"][0]
    assert [phone["number"] for phone in link["location"]["phones"]] == ["+86 571 12345678"]
    assert len(link["location"]["accessibility"]) == 1
    [schedule] = link["schedules"]
    assert {name: schedule[name] for name in ("freq", "byday", "opens_at", "closes_at", "description")} == {
        "freq": "WEEKLY",
        "byday": "MO,TU,WE,TH,FR",
        "opens_at": "08:30+08:00",
        "closes_at": "17:30+08:00",
        "description": "Mo-Fr 08:30-17:30; PH off",
    }
    assert empty["service_at_locations"][0]["schedules"] == []


def test_hsds_identifiers_stay_the_same(client, db):
    make_several()
    before = [one["id"] for one in get(client, "/exports/hsds/services")["contents"]]
    Station.objects.get(code="330105-T-0002").touch()

    from_new_edition = [one["id"] for one in get(client, "/exports/hsds/services")["contents"]]

    assert from_new_edition == before
    assert len(set(before)) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")]),
        ("08:00-20:00", [("MO,TU,WE,TH,FR,SA,SU", "08:00", "20:00")]),
        (
            "Mo-Fr 08:00-12:00,13:00-17:00",
            [("MO,TU,WE,TH,FR", "08:00", "12:00"), ("MO,TU,WE,TH,FR", "13:00", "17:00")],
        ),
        (
            "Mo-Su 08:00-20:00; Sa 09:00-12:00",
            [("MO,TU,WE,TH,FR,SU", "08:00", "20:00"), ("SA", "09:00", "12:00")],
        ),
        ("Mo-Su 08:00-20:00; Su off", [("MO,TU,WE,TH,FR,SA", "08:00", "20:00")]),
        ("Fr-Mo 22:00-06:00", [("MO,FR,SA,SU", "22:00", "06:00")]),
        ("Mo,We, Fr 09:00-10:00", [("MO,WE,FR", "09:00", "10:00")]),
        ("Mo-Fr 08:30-17:30; PH off", [("MO,TU,WE,TH,FR", "08:30", "17:30")]),
        ("May-Sep 07:00-19:00; Oct-Apr 08:00-18:00", []),
        ("Mo-Fr 08:00-17:00; PH 10:00-12:00", []),
        ("Mo-Fr 08:00-26:00", []),
        ("Mo-Fr sunrise-sunset", []),
        ("Mo-Fr 08:00-17:00 || Sa 09:00-12:00", []),
        ("unknown; 2026 Nov 05 off", []),
    ],
)
def test_only_a_plain_week_becomes_rules_the_text_says_the_rest(text, expected):
    found = [
        (rule["byday"], rule["opens_at"].removesuffix("+08:00"), rule["closes_at"].removesuffix("+08:00"))
        for rule in schedules.weekly(text)
    ]

    assert found == expected


def test_a_closure_stands_in_the_description_and_no_rule_contradicts_it(client, station):
    today = timezone.localdate()
    OpeningException.objects.create(station=station, starts_on=today, ends_on=today)
    station.touch()

    [service] = get(client, "/exports/hsds/services")["contents"]

    [schedule] = service["service_at_locations"][0]["schedules"]
    assert schedule["description"] == station.hours_in_force
    assert "freq" not in schedule


# GBFS


def make_live(station, **kw):
    """A cabinet that reported a minute ago and counts for four more."""
    now = timezone.now()
    values = {"charged": 7, "free": 5, "reported_at": now - timedelta(minutes=1), **kw}
    return make_cabinet(station=station, valid_until=values["reported_at"] + timedelta(minutes=5), **values)


@pytest.mark.parametrize("name", ["gbfs", "system_information", "station_information", "station_status"])
@pytest.mark.parametrize("are_there", [True, False], ids=["cabinets", "no cabinets"])
def test_each_gbfs_feed_keeps_to_the_published_schema(client, station, name, are_there):
    if are_there:
        make_live(station)
        make_cabinet(station=station)

    found = get(client, f"/gbfs/{name}.json")

    assert problems(found, gbfs_schema(name)) == []
    assert found["version"] == "3.0"


def test_gbfs_names_its_feeds_and_each_is_there(client, db, settings):
    feeds = {feed["name"]: feed["url"] for feed in get(client, "/gbfs/gbfs.json")["data"]["feeds"]}

    assert list(feeds) == ["system_information", "station_information", "station_status"]
    for address in feeds.values():
        get(client, address.removeprefix(settings.SITE_URL))


def test_a_cabinet_has_its_place_and_its_numbers(client, station):
    cabinet = make_live(station, external_id="ZJ1")

    [place] = get(client, "/gbfs/station_information.json")["data"]["stations"]
    [status] = get(client, "/gbfs/station_status.json")["data"]["stations"]

    assert (place["station_id"], place["lat"], place["lon"]) == ("tower-ZJ1", 30.32, 120.14)
    assert (status["station_id"], status["is_renting"]) == ("tower-ZJ1", True)
    assert (status["num_vehicles_available"], status["num_docks_available"]) == (7, 5)
    assert timezone.datetime.fromisoformat(status["last_reported"]) == cabinet.reported_at.replace(
        microsecond=0
    )


def test_numbers_that_are_too_old_are_not_published(client, station):
    make_live(station)
    make_cabinet(station=station)

    with time_machine.travel(timezone.now() + timedelta(minutes=3, seconds=50)):
        feed = get(client, "/gbfs/station_status.json")
        assert len(feed["data"]["stations"]) == 1
        assert 8 <= feed["ttl"] <= 10  # nobody keeps them longer than they count
    with time_machine.travel(timezone.now() + timedelta(minutes=4, seconds=1)):
        assert get(client, "/gbfs/station_status.json")["data"]["stations"] == []
        assert len(get(client, "/gbfs/station_information.json")["data"]["stations"]) == 2


def test_a_closed_station_gives_out_no_batteries_and_a_withdrawn_one_is_not_there(client, db):
    make_live(make_station(status=Station.Status.CLOSED), external_id="SHUT")
    make_live(make_station(status=Station.Status.WITHDRAWN), external_id="GONE")

    [status] = get(client, "/gbfs/station_status.json")["data"]["stations"]

    assert (status["station_id"], status["is_renting"], status["is_returning"]) == (
        "tower-SHUT",
        False,
        False,
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["station_information", "station_status"])
def test_more_cabinets_cost_no_more_questions(client, db, django_assert_num_queries, name, count):
    for _n in range(count):
        make_live(make_station())

    with django_assert_num_queries(1):
        get(client, f"/gbfs/{name}.json")


def test_a_feed_that_gbfs_does_not_know_is_not_there(client, db):
    assert client.get("/gbfs/vehicle_status.json").status_code == 404
