"""GET /api/v1/stations/ as a partner reads it."""

import pytest

from stations.tests.factories import make_station

URL = "/api/v1/stations/"


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


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"near": "here"}, "near"),
        ({"near": "91,0"}, "near"),
        ({"near": "nan,0"}, "near"),
        ({"limit": "many"}, "limit"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_the_field(client, db, query, field):
    response = client.get(URL, query)

    assert response.status_code == 400
    assert list(response.json()) == [field]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_answer_costs_the_same_for_one_station_and_for_three(client, db, django_assert_num_queries, rows):
    for _row in range(rows):
        make_station()

    with django_assert_num_queries(2):
        assert len(client.get(URL, {"near": "30,120"}).json()) == rows
