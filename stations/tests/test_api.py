"""GET /api/v1/stations/ as a partner reads it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from stations import organisations
from stations.models import Need, OpeningException, Station, StationFacility
from stations.tests.factories import make_cabinet, make_division, make_photo, make_station

URL = "/api/v1/stations/"
LONG_AGO = "2026-01-01T00:00:00Z"


def codes(response):
    return [row["code"] for row in response.json()]


# The list


def test_stations_come_nearest_first_with_their_distance_in_metres(client, db):
    make_station(code="FAR", latitude=28.131, longitude=120.29)
    make_station(code="NEAR", latitude=30.2568, longitude=120.1797)

    answer = client.get(URL, {"near": "30.25,120.17", "limit": "1"}).json()

    assert [(station["code"], station["distance"]) for station in answer] == [("NEAR", 1200)]


def test_without_a_place_there_is_no_distance(client, station):
    answer = client.get(URL).json()

    assert [(row["code"], row["distance"], row["state"]) for row in answer] == [(station.code, None, "open")]
    assert answer[0]["facilities"] == ["water", "table"]
    assert answer[0]["needs"] == ["water", "rest"]


def test_only_what_works_is_told(client, station):
    station.facilities.filter(kind="water").update(state=StationFacility.State.NEEDS_REPAIR)

    assert client.get(URL).json()[0]["facilities"] == ["table"]


@pytest.mark.parametrize(
    "query",
    [
        {"need": "meal"},
        {"facility": "microwave,wifi"},
        {"facility": " wifi , microwave ,"},
        {"near": "30.25,120.17", "within": "2000"},
        {"place": "30.25,120.17", "within": "2000"},
        {"place": "青田县", "within": "300000", "q": "xuanren"},
        {"q": "选人"},
        {"tier": "smart"},
        {"county": "331121"},
        {"county": "331100"},
        {"occupation": "rider"},
        {"always": "true"},
        {"unattended": "true"},
        {"open_now": "true"},
    ],
)
def test_each_filter_finds_the_station_that_fits(client, db, query):
    make_station(latitude=29.5, opening_hours="")
    make_division(code="331100", name="丽水市", prefecture="丽水市")
    make_station(
        code="WANTED",
        name="选人驿站",
        division=make_division(
            code="331121", name="青田县", prefecture="丽水市", latitude=28.14, longitude=120.29
        ),
        latitude=30.2568,
        longitude=120.1797,
        facilities=["wifi", "microwave"],
        tier=Station.Tier.SMART,
        access=Station.Access.CARD,
        occupations=["rider"],
    )

    assert codes(client.get(URL, query)) == ["WANTED"]


def test_what_is_false_or_empty_asks_for_nothing(client, station):
    query = {
        "open_now": "false",
        "always": "0",
        "unattended": "",
        "q": "",
        "facility": "",
        "near": "",
        "tier": "",
    }

    assert codes(client.get(URL, query)) == [station.code]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"near": "here"}, "near"),
        ({"near": "91,0"}, "near"),
        ({"near": "nan,0"}, "near"),
        ({"limit": "many"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"near": "30,120", "within": "far"}, "within"),
        ({"near": "30,120", "within": "0"}, "within"),
        ({"near": "30,120", "within": "99999999999"}, "within"),
        ({"within": "1000"}, "within"),
        ({"need": "x"}, "need"),
        ({"facility": "water,x"}, "facility"),
        ({"tier": "x"}, "tier"),
        ({"county": "999999"}, "county"),
        ({"occupation": "x"}, "occupation"),
        ({"open_now": "perhaps"}, "open_now"),
        ({"place": "月球背面"}, "place"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": ""}, "updated_since"),
        ({"updated_since": LONG_AGO, "limit": "-1"}, "limit"),
        ({"updated_since": LONG_AGO, "need": "water"}, "need"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_the_field(client, db, query, field):
    response = client.get(URL, query)

    assert response.status_code == 400
    [(name, [sentence])] = response.json().items()
    assert name == field
    assert sentence


def test_nobody_reads_more_than_two_hundred_at_once(client, db):
    organisation = organisations.of(make_division())
    Station.objects.bulk_create(
        Station(
            code=f"B{number:03}",
            name=f"站{number}",
            division=organisation.division,
            organisation=organisation,
            address="路",
            latitude=30,
            longitude=120,
        )
        for number in range(205)
    )

    assert len(client.get(URL).json()) == 50
    assert len(client.get(URL, {"limit": "1000"}).json()) == 200
    assert len(client.get(URL, {"updated_since": LONG_AGO}).json()) == 205


def test_zero_bytes_are_read_over(client, station):
    assert codes(client.get(URL, {"q": "\0", "facility": "\0"})) == [station.code]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [({}, 4), ({"near": "30,120"}, 14), ({"updated_since": LONG_AGO}, 4)],
)
def test_the_answer_costs_the_same_for_one_station_and_for_three(
    client, db, django_assert_num_queries, rows, query, queries
):
    for _row in range(rows):
        make_station(latitude=30, longitude=120.5)

    with django_assert_num_queries(queries):
        assert len(client.get(URL, query).json()) == rows


# One station


def test_one_station_tells_what_its_page_tells(client, db):
    station = make_station(
        code="331121-T-0001",
        brand="爱心驿家",
        facilities=["water", "wifi"],
        opening_hours="Mo-Su 08:00-20:00",
        host="青田县总工会",
        occupations=["rider"],
        roles=["rest"],
    )
    station.facilities.filter(kind="wifi").update(state=StationFacility.State.OUT_OF_SERVICE)
    today = timezone.localdate()
    for days in (-3, 3):
        day = today + timedelta(days=days)
        OpeningException.objects.create(station=station, starts_on=day, ends_on=day, reason="检修")
    make_cabinet(station=station, charged=4, valid_until=timezone.now() - timedelta(minutes=1))
    photo = make_photo(station=station)

    answer = client.get(f"{URL}331121-T-0001/").json()

    assert answer["facilities"] == ["water"]
    assert answer["needs"] == [Need.WATER]
    assert answer["facility_states"] == [
        {"kind": "water", "state": "working"},
        {"kind": "wifi", "state": "out_of_service"},
    ]
    assert answer["opening_hours"] == "Mo-Su 08:00-20:00"
    assert answer["hours_in_force"].startswith("Mo-Su 08:00-20:00")
    assert [each["starts_on"] for each in answer["exceptions"]] == [str(today + timedelta(days=3))]
    assert [(each["charged"], each["operator"]) for each in answer["cabinets"]] == [(None, "tower")]
    assert answer["photos"] == [{"url": photo.get_absolute_url(), "alt": photo.alt}]
    assert answer["division"] == {"code": "330105", "name": "拱墅区", "prefecture": "杭州市"}
    assert (answer["host"], answer["occupations"], answer["roles"]) == ("青田县总工会", ["rider"], ["rest"])
    assert answer["navigation"][0]["url"].startswith("https://uri.amap.com/")
    assert answer["url"] == station.get_absolute_url()
    assert "distance" not in answer


def test_a_withdrawn_station_is_gone_and_one_that_never_was_is_not_found(client, db):
    station = make_station(code="GONE", status=Station.Status.WITHDRAWN)

    response = client.get(f"{URL}GONE/")

    assert response.status_code == 410
    assert response.json() == {
        "code": "GONE",
        "withdrawn": True,
        "updated_at": timezone.localtime(station.updated_at).isoformat(),
    }
    assert client.get(f"{URL}NEVER/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_one_station_costs_the_same_however_much_it_has(client, db, django_assert_num_queries, rows):
    station = make_station()
    for number in range(rows):
        day = timezone.localdate() + timedelta(days=number)
        OpeningException.objects.create(station=station, starts_on=day, ends_on=day)
        make_cabinet(station=station)
        make_photo(station=station)

    with django_assert_num_queries(6):
        client.get(f"{URL}{station.code}/")


# Keeping a copy


def follow(client, query):
    """Every page, by its `Link`, as lists of rows."""
    address, pages = f"{URL}?{query}", []
    while address:
        response = client.get(address)
        pages.append(response.json())
        link = response.headers.get("Link", "")
        address = link.removeprefix("<").removesuffix('>; rel="next"')
    return pages


def test_changes_come_in_their_order_with_what_was_withdrawn(client, db):
    make_station(code="OLD")
    for code, minute, status in [
        ("B", 3, "open"),
        ("A", 2, "withdrawn"),
        ("C", 4, "closed"),
        ("D", 1, "open"),
    ]:
        make_station(code=code, status=status)
        at = datetime(2026, 9, 9, 10, minute, tzinfo=UTC)
        Station.objects.filter(code=code).update(updated_at=at)
    Station.objects.filter(code="OLD").update(updated_at=datetime(2026, 9, 9, 9, tzinfo=UTC))

    response = client.get(URL, {"updated_since": "2026-09-09T18:01:00+08:00"})

    assert codes(response) == ["D", "A", "B", "C"]
    assert response.json()[1] == {
        "code": "A",
        "withdrawn": True,
        "updated_at": "2026-09-09T18:02:00+08:00",
    }
    assert response.json()[0]["name"]
    assert "Link" not in response.headers


def test_pages_lead_from_one_to_the_next_and_leave_nothing_out(client, db):
    for number in range(7):
        make_station(code=f"S{number}", status="withdrawn" if number % 2 else "open")
    same, other = datetime(2026, 9, 9, 10, tzinfo=UTC), datetime(2026, 9, 9, 10, 0, 0, 123456, tzinfo=UTC)
    Station.objects.filter(code__lt="S5").update(updated_at=same)  # an import writes many at one moment
    Station.objects.filter(code__gte="S5").update(updated_at=other)

    pages = follow(client, "updated_since=2026-09-09T10:00:00Z&limit=3")

    assert [[row["code"] for row in page] for page in pages] == [
        ["S0", "S1", "S2"],
        ["S3", "S4", "S5"],
        ["S6"],
    ]


def test_a_copy_that_asks_again_with_an_overlap_misses_nothing(client, station):
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        station.touch()
        since = (timezone.now() - timedelta(minutes=2)).isoformat().replace("+", "%2B")

        assert [[row["code"] for row in page] for page in follow(client, f"updated_since={since}")] == [
            [station.code]
        ]
