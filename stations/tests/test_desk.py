"""What waits at stations: dangers before other faults, photos and suggested sites for the county."""

import pytest

from stations import desk, faults, reach, suggestions
from stations.models import Fault, Posting, StationPhoto
from stations.tests.factories import (
    make_photo,
    make_picture,
    make_posting,
    make_report,
    make_suggestion,
    make_user,
)


@pytest.fixture
def queues():
    return {queue.key: queue for queue in desk.awaiting_review()}


@pytest.fixture
def county(station):
    person = make_user(name="县总工会")
    make_posting(person, station.organisation, role=Posting.Role.MODERATOR)
    return person


def waiting(queues, person):
    return {key: list(queue.rows(reach.of(person))) for key, queue in queues.items()}


def test_the_counter_has_faults_and_the_county_photos_and_sites_too(
    queues, station, manager, other_manager, county
):
    danger = make_report(station=station, kind="water", is_dangerous=True).fault
    fault = make_report(station=station, kind="table").fault
    photo = make_photo(station=station, state=StationPhoto.State.PENDING)
    site = make_suggestion(division=station.division)
    make_photo(station=station)

    empty = {"danger": [], "fault": [], "photo": [], "suggestion": []}
    assert waiting(queues, manager) == {**empty, "danger": [danger], "fault": [fault]}
    assert waiting(queues, other_manager) == empty
    assert waiting(queues, county) == {
        "danger": [danger],
        "fault": [fault],
        "photo": [photo],
        "suggestion": [site],
    }


def test_a_fault_waits_until_it_is_fixed(queues, station, manager):
    fault = make_report(station=station).fault
    queue = queues["fault"]

    queue.choice("take_up").verb(fault, by=manager, reason="周四有人来修")
    queue.choice("answer").verb(fault, by=manager, reason="改到周五")
    assert (list(queue.rows(reach.of(manager))), fault.state, fault.answer) == (
        [fault],
        Fault.State.IN_PROGRESS,
        "改到周五",
    )
    assert queue.choice("take_up").why_not(fault, "").code == "taken_up"
    assert queue.choice("answer").why_not(fault, " ").code == "answer_needed"

    queue.choice("fix").verb(fault, by=manager, reason="")
    assert list(queue.rows(reach.of(manager))) == []


def test_what_is_looked_at_already_is_adopted_or_declined(queues, admin):
    site = make_suggestion()
    suggestions.look_into(site, by=admin)
    queue = queues["suggestion"]

    assert queue.choice("look_into").why_not(site, "").code == "looking"
    assert queue.choice("decline").why_not(site, "").code == "reason_needed"
    assert queue.choice("adopt").why_not(site, "") is None


def test_the_desk_shows_the_reporters_photo_and_other_faults(queues, station, manager):
    old = make_report(station=station, kind="table").fault
    faults.fix(old, by=manager)
    report = make_report(station=station, photo=make_picture())

    about = queues["fault"].about(report.fault)

    assert about.picture == f"/stations/faults/{report.pk}/photo/"
    assert [address for _words, address in about.similar] == [f"/admin/stations/fault/{old.pk}/change/"]


def test_keys_on_the_keyboard_are_one_letter_and_unique_in_a_queue(queues):
    shortcuts = [[choice.shortcut for choice in queue.choices] for queue in queues.values()]

    assert [len(set(each)) for each in shortcuts] == [len(each) for each in shortcuts]
    assert {len(key) for each in shortcuts for key in each} == {1}
