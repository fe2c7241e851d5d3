"""What the desk shows about credentials and hours, and what a decision there does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Message
from stations import reach
from stations.tests.factories import make_user
from volunteers import attendance, desk
from volunteers.models import Credential, Signup
from volunteers.tests.factories import make_appeal, make_credential, make_shift, make_signup, make_volunteer


@pytest.fixture
def queues():
    return {queue.key: queue for queue in desk.awaiting_review()}


@pytest.fixture
def served(newcomer, station):
    """A place on a shift that is just over."""
    shift = make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3))
    return make_signup(volunteer=newcomer, shift=shift)


def refusal(queue, choice, row, reason=""):
    found = queue.choice(choice).why_not(row, reason)
    return found.code if found else None


def test_a_manager_has_the_credentials_and_hours_of_the_own_station_only(
    queues, served, manager, other_manager, newcomer
):
    licence = make_credential(volunteer=newcomer)
    appeal = make_appeal(station=served.station)

    mine, theirs = (
        [list(queue.rows(reach.of(person))) for queue in queues.values()]
        for person in (manager, other_manager)
    )

    assert mine == [[licence], [served], [appeal]]
    assert theirs == [[], [], []]


def test_what_is_missing_is_said_before_the_decision(queues, served, newcomer):
    yesterday = timezone.localdate() - timedelta(days=1)
    expired = make_credential(volunteer=newcomer, valid_to=yesterday)

    assert refusal(queues["credential"], "approve", expired) == "expired"
    assert refusal(queues["credential"], "decline", expired) == "reason_needed"
    assert refusal(queues["credential"], "decline", expired, "过期了") is None
    assert refusal(queues["hours"], "absent", served, " ") == "reason_needed"
    assert refusal(queues["hours"], "absent", served, "没有见到您") is None
    assert refusal(queues["hours"], "came", served) is None


def test_the_same_number_from_somebody_else_is_said_first_without_the_name(queues, newcomer, other_station):
    someone = make_volunteer(person=make_user(name="别站的人"), home_station=other_station)
    make_credential(volunteer=someone, status=Credential.Status.APPROVED)

    about = queues["credential"].about(make_credential(volunteer=newcomer))

    assert other_station.name in about.facts[0][1]
    assert "别站的人" not in str(about)
    assert [value for _label, value in about.facts].count("…3456") == 1


def test_others_of_the_same_kind_at_the_same_station_are_similar(queues, newcomer, station, other_station):
    near = make_credential(volunteer=make_volunteer(home_station=station), number="2")
    make_credential(volunteer=make_volunteer(home_station=other_station), number="3")

    about = queues["credential"].about(make_credential(volunteer=newcomer))

    assert about.similar == [(str(near), f"/admin/desk/credential/{near.pk}/")]


def test_who_is_marked_absent_reads_the_reason_and_what_to_do_if_it_is_wrong(queues, served, manager):
    served.volunteer.person.language = "en"
    served.volunteer.person.save()

    queues["hours"].choice("absent").verb(served, by=manager, reason="We did not see you.")

    letter = Message.objects.get()
    assert served.attendance == Signup.Attendance.ABSENT
    assert "The station writes: We did not see you." in letter.body
    assert f"/volunteer/hours/{served.pk}/appeal/" in letter.body


def test_marking_absent_twice_writes_one_letter(served, manager):
    attendance.mark_absent(served, by=manager, reason="没有见到您")
    attendance.mark_absent(Signup.objects.get(), by=manager, reason="没有见到您")

    assert Message.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_one_question(queues, manager, station, django_assert_num_queries, rows):
    shift = make_shift(station=station, places=5, starts_at=timezone.now() - timedelta(hours=3))
    for _row in range(rows):
        volunteer = make_volunteer(home_station=station)
        make_credential(volunteer=volunteer)
        make_signup(shift=shift, volunteer=volunteer)
        make_appeal(station=station)
    reached = reach.of(manager)

    for queue in queues.values():
        with django_assert_num_queries(1):
            assert [(str(row), row.station) for row in queue.rows(reached)] != []


def test_one_item_costs_a_few_questions(queues, manager, served, newcomer, django_assert_max_num_queries):
    make_credential(volunteer=newcomer)
    make_appeal(station=served.station)
    for queue in queues.values():
        row = queue.rows(reach.of(manager)).get()
        with django_assert_max_num_queries(6):
            queue.about(row)
