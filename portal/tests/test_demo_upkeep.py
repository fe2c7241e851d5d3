"""What goes on at the demo's stations."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events.models import HazardReport, PointsEntry
from portal import demo
from stations.models import Fault, FaultReport, OpeningException, Station, StationPhoto, SwapCabinet

MODELS = [Fault, FaultReport, HazardReport, OpeningException, StationPhoto, SwapCabinet]


@pytest.fixture
def stations(db):
    demo.load()
    return {station.name: station for station in Station.objects.all()}


def test_the_demo_has_something_of_everything(stations):
    always_open, shimen = stations[demo.ALWAYS_OPEN], stations[demo.SHIMEN]

    assert sorted(cabinet.operator for cabinet in always_open.cabinets.all()) == ["tower", "zheli"]
    assert not any(cabinet.is_known for cabinet in SwapCabinet.objects.all())
    assert {fault.kind: fault.state for fault in shimen.faults.all()} == {
        "rain_gear": "to_do",
        "ebike_charging": "in_progress",
    }
    assert {report.category: report.state for report in shimen.hazard_reports.all()} == {
        "litter": "verified",
        "manhole": "pending",
    }
    assert PointsEntry.objects.filter(kind="earn_report").count() == 1
    assert all(photo.alt.startswith("演示图片：") for photo in StationPhoto.objects.all())
    (closure,) = OpeningException.objects.all()
    assert (closure.starts_on.weekday(), closure.starts_on > timezone.localdate()) == (0, True)


def test_who_runs_the_demos_stations_is_named_where_it_is_known(stations):
    shimen = stations[demo.SHIMEN]

    assert (shimen.host, shimen.occupations) == ("石门社区", ["rider"])
    assert shimen.roles == ["publicity", "outreach", "rest", "relay"]
    assert stations["舟山海岛驿站"].design_theme == "海岛特色"


def test_loaded_twice_it_adds_nothing_and_later_the_next_closure(stations):
    before = {model: model.objects.count() for model in MODELS}

    demo.load()
    assert {model: model.objects.count() for model in MODELS} == before

    with time_machine.travel(timezone.now() + timedelta(days=14), tick=True):
        demo.load()
    assert OpeningException.objects.count() == before[OpeningException] + 1
