from collections import Counter
from functools import partial
from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from events.models import Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_user
from stations.tests.races import PATIENCE, at_once, everybody, many_sessions  # noqa: F401 (a fixture)
from volunteers import attendance, credentials, signups
from volunteers.models import Credential, HoursEntry, Shift, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]


def codes(answers):
    """How often each answer came: the code of a refusal, or the kind of thing that it is."""
    return Counter(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


# Forty volunteers, five places


@pytest.fixture
def forty(station):
    return [make_volunteer(home_station=station) for _n in range(40)]


@pytest.fixture
def shift(station):
    return make_shift(station=station, places=5)


def taken(shift):
    """Places taken as counted, sign-ups, confirmations written."""
    shift.refresh_from_db()
    return shift.taken, Signup.objects.live().filter(shift=shift).count(), Message.objects.count()


def test_forty_volunteers_at_once_get_the_five_places_that_there_are(forty, shift):
    answers = at_once(*(partial(signups.sign_up, volunteer, shift) for volunteer in forty))

    assert codes(answers) == {"Signup": 5, "full": 35}
    assert taken(shift) == (5, 5, 5)


def test_control_counting_places_before_writing_lets_all_forty_in(forty, shift):
    has_looked = everybody(40)

    def sign_up(volunteer):
        mine = Shift.objects.get(pk=shift.pk)
        has_looked()
        if mine.places_left > 0:
            mine.taken += 1
            mine.save()
            return Signup.objects.create(volunteer=volunteer, shift=mine)

    answers = at_once(*(partial(sign_up, volunteer) for volunteer in forty))

    assert codes(answers) == {"Signup": 40}
    assert taken(shift)[:2] == (1, 40)


# One volunteer, two shifts at the same time


@pytest.fixture
def overlapping(station, other_station):
    return [
        make_shift(station=station, starts_at=at_hour(9), ends_at=at_hour(12)),
        make_shift(station=other_station, starts_at=at_hour(11), ends_at=at_hour(14)),
    ]


def test_two_overlapping_shifts_at_once_become_one(newcomer, overlapping):
    answers = at_once(*(partial(signups.sign_up, newcomer, shift) for shift in overlapping))

    assert codes(answers) == {"Signup": 1, "overlap": 1}
    assert newcomer.signups.live().count() == 1
    assert sum(shift.taken for shift in Shift.objects.all()) == 1


def test_control_without_the_lock_on_the_volunteer_both_are_taken(newcomer, overlapping):
    has_looked = everybody(2)

    def sign_up(shift):
        refusal = signups.why_not(newcomer, shift)
        has_looked()
        return refusal or Signup.objects.create(volunteer=newcomer, shift=shift)

    answers = at_once(*(partial(sign_up, shift) for shift in overlapping))

    assert codes(answers) == {"Signup": 2}
    assert newcomer.signups.live().count() == 2


def test_one_volunteer_who_presses_twenty_times_has_one_place(newcomer, shift):
    answers = at_once(*[partial(signups.sign_up, newcomer, shift)] * 20)

    assert codes(answers) == {"Signup": 1, "already_signed_up": 19}
    assert taken(shift) == (1, 1, 1)


def test_a_place_given_back_twenty_times_at_once_is_free_once(newcomer, shift):
    signups.sign_up(newcomer, shift)
    make_signup(shift=shift)

    answers = at_once(*[partial(signups.cancel, newcomer, shift)] * 20)

    assert Counter(answers) == {True: 1, False: 19}
    assert taken(shift)[:2] == (1, 1)


def test_control_giving_back_without_looking_at_the_row_frees_too_much(newcomer, shift):
    signups.sign_up(newcomer, shift)
    make_signup(shift=shift)
    has_looked = everybody(2)

    def cancel():
        signup = newcomer.signups.live().filter(shift=shift).first()
        has_looked()
        signup.status = Signup.Status.CANCELLED
        signup.save()
        with transaction.atomic():
            mine = Shift.objects.select_for_update().get(pk=shift.pk)
            mine.taken -= 1
            mine.save()

    at_once(cancel, cancel)

    assert taken(shift)[:2] == (0, 1)


# Two managers, one document


@pytest.fixture
def managers():
    return [make_user(), make_user()]


def test_two_managers_at_once_make_one_decision(newcomer, managers):
    document = make_credential(volunteer=newcomer)
    first, second = managers

    answers = at_once(
        partial(credentials.approve, Credential.objects.get(), by=first),
        partial(credentials.decline, Credential.objects.get(), by=second, reason="照片不清楚"),
    )

    document.refresh_from_db()
    assert codes(answers) == {"Credential": 1, "decided_before": 1}
    [winner] = [answer for answer in answers if isinstance(answer, Credential)]
    assert (document.status, document.decided_by) == (winner.status, winner.decided_by)
    letters = list(Message.objects.values_list("key", flat=True))
    assert letters == [f"credential:{document.pk}:{document.decided_at:%Y%m%dT%H%M%S%f}"]


def test_control_looking_at_the_state_before_writing_makes_two_decisions(newcomer, managers):
    make_credential(volunteer=newcomer)
    has_looked = everybody(2)

    def decide(manager):
        document = Credential.objects.get()
        has_looked()
        if document.status == Credential.Status.PENDING:
            document.status, document.decided_by = Credential.Status.APPROVED, manager
            document.save()
            return document

    answers = at_once(*(partial(decide, manager) for manager in managers))

    assert codes(answers) == {"Credential": 2}


# Two managers, one volunteer who came or did not


@pytest.fixture
def served(newcomer, station):
    """A sign-up whose shift has just begun."""
    now = timezone.now()
    return make_signup(volunteer=newcomer, shift=make_shift(station=station, starts_at=now))


def while_open(first, second):
    """Run `second` in another session while the transaction of `first` is open; what each answered."""
    answers = {}

    def run():
        try:
            answers["second"] = second()
        except Exception as problem:
            answers["second"] = problem
        finally:
            connection.close()

    other = Thread(target=run)
    with transaction.atomic():
        answers["first"] = first()
        other.start()
        wait_for_the_lock()
    other.join(PATIENCE)
    return answers["first"], answers["second"]


def wait_for_the_lock():
    """Until the other session stands in the queue for a row that this one holds."""
    waiting = (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with connections["default"].cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("the other session never came to the lock")


def test_who_came_is_not_marked_absent_a_moment_later(served, managers):
    first, second = managers
    mine, other = Signup.objects.get(), Signup.objects.get()

    came, absent = while_open(
        lambda: attendance.mark_came(mine, by=first), lambda: attendance.mark_absent(other, by=second)
    )

    served.refresh_from_db()
    assert codes([came, absent]) == {"HoursEntry": 1, "hours_confirmed": 1}
    assert (served.attendance, served.marked_by, HoursEntry.objects.count()) == ("came", first, 1)


def test_control_marking_without_looking_at_the_row_overwrites_who_came(served, managers):
    first, second = managers
    mine = Signup.objects.get()

    while_open(
        lambda: attendance.mark_came(mine, by=first),
        lambda: Signup.objects.filter(pk=mine.pk, hours=None).update(attendance="absent"),
    )

    served.refresh_from_db()
    assert (served.attendance, HoursEntry.objects.count()) == ("absent", 1)


def test_marked_twice_at_once_hours_and_points_are_written_once(served, managers):
    answers = at_once(*[partial(attendance.mark_came, served, by=manager) for manager in managers * 5])

    assert len({answer.pk for answer in answers}) == 1
    assert HoursEntry.objects.count() == 1
    assert [entry.points for entry in served.volunteer.person.points_account.entries.all()] == [20]
