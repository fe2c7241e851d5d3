"""The benchmark measures what it says: its answers are right, and a missed goal is called missed."""

import json

import pytest

from portal import desk
from portal.bench import geojson, province, report, workplace, workplace_rows
from portal.bench.goals import Goal, at_most
from stations import reach, synthetic
from stations.models import HistoryLine, Station
from volunteers.models import Volunteer


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


def test_the_province_at_work_has_something_waiting_in_every_queue(db):
    synthetic.make(20)

    workplace_rows.Province(people=100, rows=1000).fill()

    waiting = {key: queue.waiting().exists() for key, queue in desk.QUEUES.items()}
    assert waiting == dict.fromkeys(desk.QUEUES, True)
    lines = HistoryLine.objects.filter(model="stations.station")
    assert (Volunteer.objects.count(), lines.count()) == (100, workplace_rows.LINES)


@pytest.mark.parametrize(("few", "counties"), [(19, 1), (20, 20)])
def test_who_is_measured_at_work_reaches_what_their_role_says(db, monkeypatch, few, counties):
    monkeypatch.setattr(workplace, "FEW", few)
    synthetic.make(20)

    people = workplace.sign_in()

    moderator, staff = (reach.of(workplace.person(role)).stations(reach.EVERYBODY) for role in people)
    assert moderator.values("organisation").distinct().count() == min(
        counties, staff.values("organisation").distinct().count()
    )
    assert staff.count() == 20


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
