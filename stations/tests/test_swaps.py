"""Live numbers of battery-swap cabinets, from an operator's server that may do anything."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stations import feeds, swaps
from stations.models import SwapCabinet
from stations.tasks import pull_swaps
from stations.tests import swap_operator
from stations.tests.factories import make_cabinet
from stations.tests.swap_operator import cabinet as row
from stations.tests.swap_operator import feed


@pytest.fixture
def operator(settings):
    with swap_operator.running() as running:
        settings.SWAP_FEEDS = {"tower": running.address}
        yield running


@pytest.fixture
def zj1(db):
    return make_cabinet(external_id="ZJ1")


@pytest.fixture
def quick(monkeypatch):
    """The same rules with a shorter patience, so that the tests have it too."""
    monkeypatch.setattr(feeds, "DEADLINE", 0.4)
    monkeypatch.setattr(feeds, "CONNECTING", 0.4)


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def numbers(cabinet):
    cabinet.refresh_from_db()
    return cabinet.charged, cabinet.free, cabinet.is_known


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_a_cabinet_shows_what_its_operator_says(operator, zj1, caplog):
    operator.answers(feed(row("ZJ1", 7, 5, ago(20))))

    assert swaps.pull("tower") == 1

    assert numbers(zj1) == (7, 5, True)
    assert operator.requests == ["/station_status.json"]
    assert warnings(caplog) == []


def test_numbers_older_than_their_time_to_live_are_unknown(operator, zj1):
    operator.answers(feed(row("ZJ1", 7, 5, ago(0)), ttl=120))
    swaps.pull("tower")

    with time_machine.travel(timezone.now() + timedelta(seconds=110)):
        assert numbers(zj1)[2] is True
    with time_machine.travel(timezone.now() + timedelta(seconds=121)):
        assert numbers(zj1)[2] is False


@pytest.mark.parametrize(("ttl", "lifetime"), [(0, 30), (60, 60), (86400, 300), (10**30, 300), (-5, 30)])
def test_a_time_to_live_is_at_least_half_a_minute_and_never_more_than_five(operator, zj1, ttl, lifetime):
    operator.answers(feed(row("ZJ1", 7, 5, ago(0)), ttl=ttl))

    swaps.pull("tower")

    zj1.refresh_from_db()
    assert zj1.valid_until - zj1.reported_at == timedelta(seconds=lifetime)


def test_what_was_said_long_ago_is_unknown_from_the_start(operator, zj1):
    operator.answers(feed(row("ZJ1", 7, 5, ago(3600))))

    swaps.pull("tower")

    assert numbers(zj1) == (7, 5, False)


def test_an_older_report_does_not_replace_a_newer_one(operator, zj1):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))))
    swaps.pull("tower")
    operator.answers(feed(row("ZJ1", 1, 11, ago(50))))

    assert swaps.pull("tower") == 0

    assert numbers(zj1) == (7, 5, True)


def test_a_cabinet_out_of_service_has_nothing_to_give_and_no_room(operator, zj1):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10), is_renting=False, is_returning=False)))

    swaps.pull("tower")

    assert numbers(zj1) == (0, 0, True)


def test_a_feed_of_gbfs_2_is_read_too(operator, zj1):
    said = row("ZJ1", 0, 5, int(ago(10).timestamp()))
    del said["num_vehicles_available"]
    operator.answers(feed({**said, "num_bikes_available": 9}, version="2.3"))

    swaps.pull("tower")

    assert numbers(zj1) == (9, 5, True)


def test_free_slots_that_are_not_told_stay_unknown(operator, zj1):
    said = row("ZJ1", 7, 0, ago(10))
    del said["num_docks_available"]
    operator.answers(feed(said))

    swaps.pull("tower")

    assert numbers(zj1) == (7, None, True)


def test_cabinets_that_stand_at_no_station_are_not_made_up(operator, zj1):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10)), row("ZJ2", 3, 3, ago(10))))

    swaps.pull("tower")

    assert list(SwapCabinet.objects.values_list("external_id", "charged")) == [("ZJ1", 7)]


def test_an_operator_speaks_for_its_own_cabinets_only(operator, db):
    other = make_cabinet(operator=SwapCabinet.Operator.ZHELI, external_id="ZJ1")
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))))

    swaps.pull("tower")

    assert numbers(other) == (None, None, False)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"num_vehicles_available": -1},
        {"num_vehicles_available": 10**9},
        {"num_vehicles_available": 10**400},
        {"num_vehicles_available": "7"},
        {"num_vehicles_available": True},
        {"num_vehicles_available": None},
        {"num_vehicles_available": 7.5},
        {"num_docks_available": -3},
        {"num_docks_available": [5]},
        {"is_renting": "no"},
        {"is_installed": 0},
        {"last_reported": None},
        {"last_reported": "yesterday"},
        {"last_reported": "2026-11-02T10:00:00"},
        {"last_reported": "0001-01-01T00:00:00+14:00"},
        {"last_reported": 10**15},
        {"last_reported": -(10**15)},
        {"last_reported": True},
        {"last_reported": {}},
        {"station_id": 1},
        {"station_id": ""},
        {"station_id": "Z" * 61},
        {"station_id": None},
    ],
    ids=str,
)
def test_one_nonsensical_report_is_left_out_and_the_others_count(operator, zj1, caplog, nonsense):
    zj2 = make_cabinet(external_id="ZJ2")
    operator.answers(feed({**row("ZJ1", 7, 5, ago(10)), **nonsense}, row("ZJ2", 3, 4, ago(10))))

    assert swaps.pull("tower") == 1

    assert numbers(zj1) == (None, None, False)
    assert numbers(zj2) == (3, 4, True)
    assert warnings(caplog) == ["The swap feed of tower has 1 reports that say nothing usable"]


@pytest.mark.parametrize("thing", [None, 7, "ZJ1", [], [["ZJ1"]]], ids=str)
def test_a_report_that_is_no_object_is_left_out(operator, zj1, thing, caplog):
    operator.answers(feed(thing, row("ZJ1", 7, 5, ago(10))))

    swaps.pull("tower")

    assert numbers(zj1) == (7, 5, True)


def test_two_answers_for_one_cabinet_are_none(operator, zj1, caplog):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10)), row("ZJ1", 2, 10, ago(5))))

    swaps.pull("tower")

    assert numbers(zj1) == (None, None, False)
    assert warnings(caplog) == ["The swap feed of tower has 2 reports that say nothing usable"]


def test_a_report_from_the_future_is_refused_but_clocks_may_differ_a_little(operator, zj1, caplog):
    operator.answers(feed(row("ZJ1", 7, 5, ago(-3600))))
    swaps.pull("tower")
    assert numbers(zj1) == (None, None, False)

    operator.answers(feed(row("ZJ1", 7, 5, ago(-20))))
    swaps.pull("tower")

    assert numbers(zj1) == (7, 5, True)
    assert zj1.reported_at <= timezone.now()


GARBAGE = {
    "nothing": b"",
    "a web page": b"<html><h1>502 Bad Gateway</h1></html>",
    "half of it": json.dumps(feed()).encode()[:40],
    "not UTF-8": b'{"ttl": 60, "data": {"stations": ["\xff"]}}',
    "not a number": b'{"ttl": NaN, "data": {"stations": []}}',
    "without end": b'{"ttl": Infinity, "data": {"stations": []}}',
    "a list": b"[]",
    "a text": b'"ok"',
    "null": b"null",
    "no data": b'{"ttl": 60}',
    "stations as an object": b'{"ttl": 60, "data": {"stations": {}}}',
    "data as a list": b'{"ttl": 60, "data": []}',
    "a time to live in words": b'{"ttl": "60", "data": {"stations": []}}',
    "no time to live": b'{"data": {"stations": []}}',
    "a very deep list": b"[" * 100_000,
    "a very long number": b'{"ttl": ' + b"9" * 5000 + b', "data": {"stations": []}}',
    "more than anybody needs": b" " * 5_000_001,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_garbage_changes_nothing_and_says_so_in_one_line(operator, zj1, caplog, content):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))))
    swaps.pull("tower")
    operator.answers(content)

    assert swaps.pull("tower") == 0

    assert numbers(zj1) == (7, 5, True)
    [line] = warnings(caplog)
    assert line.startswith("The swap feed of tower cannot be used: ")
    assert len(line) < 300


@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 429, 500, 502, 503])
def test_an_answer_other_than_200_changes_nothing(operator, zj1, caplog, status):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))), status=status)

    swaps.pull("tower")

    assert numbers(zj1) == (None, None, False)
    assert warnings(caplog) == [f"The swap feed of tower cannot be used: it answers {status}"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "/elsewhere.json", "ftp://127.0.0.1/"])
def test_a_redirect_is_not_followed(operator, zj1, caplog, target):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))), status=302, headers=[("Location", target)])

    swaps.pull("tower")

    assert numbers(zj1) == (None, None, False)
    assert operator.requests == ["/station_status.json"]
    assert warnings(caplog) == ["The swap feed of tower cannot be used: it answers 302"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "station_status.json"])
def test_only_web_addresses_are_asked(settings, zj1, caplog, address):
    settings.SWAP_FEEDS = {"tower": address}

    assert swaps.pull("tower") == 0

    assert warnings(caplog) == [
        "The swap feed of tower cannot be used: its address is neither http nor https"
    ]


@pytest.mark.parametrize("manner", [{"silent": True}, {"drip": 0.05}], ids=["silent", "dripping"])
def test_a_server_that_never_ends_is_left_in_time(operator, zj1, quick, caplog, manner):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))), **manner)
    began = time.monotonic()

    swaps.pull("tower")

    assert time.monotonic() - began < 2
    assert numbers(zj1) == (None, None, False)
    assert len(warnings(caplog)) == 1


def test_a_server_that_is_away_changes_nothing(settings, zj1, caplog):
    with swap_operator.running() as gone:
        settings.SWAP_FEEDS = {"tower": gone.address}

    swaps.pull("tower")

    assert numbers(zj1) == (None, None, False)
    assert len(warnings(caplog)) == 1


def test_after_a_failure_the_numbers_grow_old_and_then_come_back(operator, zj1, caplog):
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))))
    swaps.pull("tower")
    operator.answers(b"", status=500)

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        swaps.pull("tower")
        assert numbers(zj1) == (7, 5, False)

        operator.answers(feed(row("ZJ1", 2, 10, ago(10))))
        swaps.pull("tower")
        assert numbers(zj1) == (2, 10, True)


def test_each_operator_is_asked_even_if_one_fails(operator, settings, zj1, caplog):
    settings.SWAP_FEEDS = {"zheli": "http://127.0.0.1:9/", "tower": operator.address}
    operator.answers(feed(row("ZJ1", 7, 5, ago(10))))

    pull_swaps()

    assert numbers(zj1) == (7, 5, True)


def test_an_operator_without_an_address_is_not_asked(operator, zj1):
    assert swaps.pull("zheli") == 0

    assert operator.requests == []


@pytest.mark.parametrize("others", [1, 3])
def test_cabinets_of_others_cost_no_question(operator, zj1, others):
    rows = [row(f"X{n}", 1, 1, ago(10)) for n in range(others)]
    operator.answers(feed(row("ZJ1", 7, 5, ago(10)), *rows))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        swaps.pull("tower")

    assert len(queries) == 2


def test_a_manager_sees_the_own_cabinets_in_words_and_cannot_invent_numbers(
    client, manager, station, other_station
):
    now = timezone.now()
    make_cabinet(
        station=station,
        external_id="MINE",
        charged=7,
        free=5,
        reported_at=now,
        valid_until=now + timedelta(minutes=5),
    )
    make_cabinet(
        station=station,
        external_id="OLD",
        charged=7,
        free=5,
        reported_at=now,
        valid_until=now - timedelta(minutes=5),
    )
    make_cabinet(station=other_station, external_id="THEIRS")
    client.force_login(manager)
    client.cookies["django_language"] = "en"

    page = client.get(reverse("admin:stations_swapcabinet_changelist")).content.decode()

    assert "MINE" in page and "THEIRS" not in page
    assert page.count("Up to date") == 1 and page.count("Status unknown") == 1
    assert client.get(reverse("admin:stations_swapcabinet_add")).status_code == 403


def test_staff_link_a_cabinet_to_its_station(client, admin, station):
    client.force_login(admin)

    client.post(
        reverse("admin:stations_swapcabinet_add"),
        {"station": station.pk, "operator": "tower", "external_id": "ZJ9", "charged": "99"},
    )

    [cabinet] = SwapCabinet.objects.all()
    assert (cabinet.station, cabinet.external_id, cabinet.charged) == (station, "ZJ9", None)
