"""The benchmark measures what it says: its answers are right, and a missed goal is called missed."""

import json

import pytest

from portal.bench import geojson, province, report
from portal.bench.goals import Goal, at_most
from stations import synthetic
from stations.models import Station


@pytest.mark.django_db(transaction=True)  # each answer lets go of its connection
def test_the_nearest_are_those_that_measuring_every_station_finds():
    synthetic.make(60)

    assert province.nearest_right(10) == 10


def test_the_serialiser_beside_the_pack_tells_of_every_listed_station(db):
    synthetic.make(60)

    features = json.loads(geojson.collection())["features"]

    codes = {feature["properties"]["code"] for feature in features}
    assert codes == set(Station.objects.listed().values_list("code", flat=True))
    assert {len(feature["geometry"]["coordinates"]) for feature in features} == {2}


def test_a_goal_says_whether_it_was_reached():
    goals = [
        at_most("a file", 12_000, 100, 86.8, "KB"),
        at_most("a file", 200_000, 100, 104, "KB"),
        Goal("a frame", 12_000, "≤ 16 ms", "no Chromium", None),
    ]

    assert report.goals(goals).splitlines()[2:] == [
        "| a file | 12,000 | ≤ 100 KB | 86.8 KB | reached |",
        "| a file | 200,000 | ≤ 100 KB | 104 KB | missed |",
        "| a frame | 12,000 | ≤ 16 ms | no Chromium | not measured |",
    ]
