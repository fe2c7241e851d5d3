"""Moving, resizing and cancelling shifts: nobody who signed up is dropped in silence."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F

from events.models import Message
from stations.models import HistoryLine
from stations.refusals import Refusal
from volunteers import reminders, shifts, signups
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_shift, make_signup


@pytest.fixture
def shift(station):
    return make_shift(station=station)


def an_hour_later(shift):
    hour = timedelta(hours=1)
    return {"starts_at": shift.starts_at + hour, "ends_at": shift.ends_at + hour}


def refused(verb, *args, **kw):
    with pytest.raises(Refusal) as problem:
        verb(*args, **kw)
    return problem.value.code


def test_who_signed_up_moves_with_the_shift_and_is_told_once(shift, newcomer, manager):
    signup = signups.sign_up(newcomer, shift)

    moved = shifts.change(shift, an_hour_later(shift), by=manager, reason="停电")
    shifts.change(shift, an_hour_later(shift), by=manager)

    signup.refresh_from_db()
    assert (signup.status, signup.starts_at, signup.ends_at) == ("confirmed", moved.starts_at, moved.ends_at)
    assert moved.sequence == 1
    assert Message.objects.filter(key=f"moved:{signup.pk}:1").count() == 1
    assert Message.objects.filter(key__startswith="moved:").count() == 1
    assert HistoryLine.objects.get(model="volunteers.shift", reason="停电").person == manager


def test_a_moved_shift_is_reminded_of_at_its_new_time(shift, newcomer, manager):
    signup = signups.sign_up(newcomer, shift)
    Signup.objects.update(signed_up_at=F("signed_up_at") - timedelta(days=2))
    with time_machine.travel(shift.starts_at - timedelta(hours=20)):
        reminders.queue()
        shifts.change(shift, an_hour_later(shift), by=manager)
        reminders.queue()

    kept = Message.objects.filter(key__startswith=f"remind:{signup.pk}:").order_by("pk")
    assert list(kept.values_list("state", flat=True)) == ["cancelled", "waiting"]


def test_a_shift_does_not_move_onto_another_of_somebody_on_it(shift, newcomer, other_station, manager):
    signups.sign_up(newcomer, shift)
    later = make_shift(station=other_station, starts_at=shift.ends_at + timedelta(hours=1))
    make_signup(volunteer=newcomer, shift=later)

    with pytest.raises(Refusal) as problem:
        shifts.change(shift, {"starts_at": later.starts_at, "ends_at": later.ends_at}, by=manager)

    assert (problem.value.code, newcomer.name in str(problem.value)) == ("overlap", True)
    assert Shift.objects.get(pk=shift.pk).starts_at == shift.starts_at


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"places": 1, "needed": 1}, "places"),
        ({"status": "draft"}, "has_signups"),
        ({"kind": "photo"}, "has_signups"),
    ],
)
def test_a_change_that_would_drop_somebody_is_refused(shift, manager, fields, code):
    for _n in range(2):
        make_signup(shift=shift)

    assert refused(shifts.change, shift, fields, by=manager) == code
    assert shift.signups.live().count() == 2


def test_nothing_is_written_where_nothing_changes(shift, manager, django_assert_num_queries):
    with django_assert_num_queries(4):  # who is on it, the shift's row; a savepoint around
        shifts.change(shift, {"places": shift.places}, by=manager)


def test_a_cancelled_shift_frees_everybody_and_says_why(shift, newcomer, other_station, manager):
    confirmed = signups.sign_up(newcomer, shift)
    make_signup(shift=shift)
    waiting = make_signup(shift=shift, status=Signup.Status.WAITLISTED)

    assert shifts.cancel(shift, by=manager, reason="台风") is True
    assert shifts.cancel(shift, by=manager, reason="台风") is False

    shift.refresh_from_db()
    assert (shift.status, shift.sequence, shift.taken, shift.waiting) == ("cancelled", 1, 0, 0)
    assert set(shift.signups.values_list("status", flat=True)) == {"called_off"}
    letters = Message.objects.filter(key__startswith="called-off:")
    assert letters.count() == 3
    assert all("台风" in letter.body for letter in letters)
    assert {f"called-off:{each.pk}" for each in (confirmed, waiting)} <= set(
        letters.values_list("key", flat=True)
    )
    elsewhere = make_shift(station=other_station, starts_at=shift.starts_at)
    assert signups.sign_up(newcomer, elsewhere).status == "confirmed"


def test_cancelling_says_why_and_not_too_late(shift, manager):
    assert refused(shifts.cancel, shift, by=manager, reason=" ") == "reason_needed"
    with time_machine.travel(shift.ends_at):
        assert refused(shifts.cancel, shift, by=manager, reason="台风") == "over"
