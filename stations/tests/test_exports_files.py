"""Exports are files of one moment: made in the background, served whole, and not sent twice."""

import fcntl
import gzip
import json
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from stations.exports import files
from stations.models import Station
from stations.tasks import refresh_exports
from stations.tests.factories import make_station

ADDRESSES = [
    "/exports/stations.geojson",
    "/exports/stations.csv",
    "/exports/stations.xlsx",
    "/exports/hsds/services",
]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def content(response):
    return b"".join(response)


def names(client):
    features = json.loads(content(client.get("/exports/stations.geojson")))["features"]
    return [feature["properties"]["name"] for feature in features]


def test_the_first_who_asks_gets_the_files_made(client, station):
    assert names(client) == [station.name]


def test_a_change_is_published_by_the_next_run_and_not_before(client, station):
    refresh_exports()
    station.name = "新名字"
    station.save()

    assert names(client) == ["石门社区服务驿站"]
    refresh_exports()
    assert names(client) == ["新名字"]


def test_a_withdrawn_station_leaves_the_exports(client, station):
    refresh_exports()
    station.status = Station.Status.WITHDRAWN
    station.save()
    refresh_exports()

    assert names(client) == []


def test_nothing_is_made_while_nothing_changes(station):
    assert files.refresh() is True
    before = files.edition()

    assert files.refresh() is False
    assert files.edition() == before


def test_the_edition_before_stays_for_those_who_are_reading_it_and_older_ones_go(station):
    folders = []
    for _n in range(3):
        station.touch()
        files.refresh()
        folders.append(files.edition()["folder"])

    assert {path.name for path in files.root().iterdir() if path.is_dir()} == set(folders[1:])


def test_a_builder_that_fails_leaves_the_old_files_and_the_next_one_clears_up(client, station, monkeypatch):
    refresh_exports()
    station.name = "新名字"
    station.save()

    def full(folder):
        (folder / "stations.geojson").write_text("{")
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "WRITERS", [full])
        with pytest.raises(OSError, match="No space"):
            refresh_exports()

    assert names(client) == ["石门社区服务驿站"]
    refresh_exports()
    assert names(client) == ["新名字"]
    assert len([path for path in files.root().iterdir() if path.is_dir()]) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_builders_who_come_together_build_once():
    make_station()
    results = []

    def build():
        results.append(files.refresh())
        connection.close()

    files.root().mkdir()
    threads = [Thread(target=build) for _n in range(3)]
    with (files.root() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for thread in threads:
            thread.start()
        assert results == []
    for thread in threads:
        thread.join()

    assert sorted(results) == [False, False, True]
    assert len([path for path in files.root().iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_has_not_changed_is_not_sent_again(client, station, address):
    first = client.get(address)
    content(first)

    by_tag = client.get(address, headers={"If-None-Match": first["ETag"]})
    by_time = client.get(address, headers={"If-Modified-Since": first["Last-Modified"]})

    assert (by_tag.status_code, by_time.status_code) == (304, 304)
    assert by_tag["ETag"] == by_time["ETag"] == first["ETag"]
    station.name = "新名字"
    station.save()
    refresh_exports()
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    content(again)


def test_a_live_feed_is_not_sent_twice_either(client, station):
    with time_machine.travel(timezone.now(), tick=False):
        first = client.get("/gbfs/station_information.json")
        again = client.get("/gbfs/station_information.json", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert "max-age=60" in again["Cache-Control"]


@pytest.mark.parametrize("address", [address for address in ADDRESSES if "xlsx" not in address])
def test_a_browser_that_unpacks_gets_the_packed_file(client, station, address):
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})

    assert packed["Content-Encoding"] == "gzip"
    assert plain["ETag"] != packed["ETag"]
    assert "Accept-Encoding" in plain["Vary"] and "Accept-Encoding" in packed["Vary"]
    assert plain["Content-Type"] == packed["Content-Type"]
    assert gzip.decompress(content(packed)) == content(plain)


@pytest.mark.parametrize("address", ADDRESSES)
def test_anybodys_page_may_read_them_and_they_say_how_large_they_are(client, station, address):
    response = client.get(address)

    assert response["Access-Control-Allow-Origin"] == "*"
    assert int(response["Content-Length"]) == len(content(response))
    head = client.head(address)
    head.close()
    assert (head.status_code, head["Content-Length"]) == (200, response["Content-Length"])


@pytest.mark.parametrize(
    "address",
    [
        "/exports/stations.json",
        "/exports/stations.geojson.gz",
        "/exports/stations.",
        "/exports/services.json",
        "/exports/hsds/stations",
        "/exports/hsds/..%2fcurrent",
        "/exports/hsds/current",
        "/exports/lock",
    ],
)
def test_nothing_else_in_the_folder_can_be_had(client, station, address):
    assert client.get(address).status_code == 404


def test_exports_are_only_read(client, db):
    assert client.post("/exports/stations.csv").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_more_stations_cost_no_more_questions(db, django_assert_num_queries, count):
    for _n in range(count):
        make_station()

    # Two for the fingerprint; stations, facilities, exceptions.
    with django_assert_num_queries(5):
        files.refresh()


def test_once_made_a_file_costs_no_question(client, station, django_assert_num_queries):
    refresh_exports()

    with django_assert_num_queries(0):
        content(client.get("/exports/stations.geojson"))
