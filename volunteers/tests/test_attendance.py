from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from events import points
from events.models import PointsEntry
from events.tests.factories import at_hour
from stations.refusals import Refusal
from volunteers import attendance, signups
from volunteers.models import HoursEntry, Signup
from volunteers.tests.factories import make_shift, make_signup


@pytest.fixture
def served(newcomer, station):
    """A place on a shift of two hours that is just over."""
    shift = make_shift(station=station, starts_at=timezone.now() - timedelta(hours=2))
    return make_signup(volunteer=newcomer, shift=shift)


def in_the_tables(signup):
    """Attendance, minutes confirmed, points earned."""
    signup.refresh_from_db()
    return (
        signup.attendance,
        [entry.minutes for entry in signup.volunteer.hours.all()],
        [entry.points for entry in PointsEntry.objects.all()],
    )


def refusal(verb, signup, **kw):
    with pytest.raises(Refusal) as refused:
        verb(signup, **kw)
    return refused.value.code


def test_who_came_has_the_hours_of_the_shift_and_ten_points_for_each(served, manager):
    entry = attendance.mark_came(served, by=manager)

    assert in_the_tables(served) == ("came", [120], [20])
    assert (served.marked_by, served.marked_at is not None) == (manager, True)
    assert (entry.signup, entry.confirmed_by) == (served, manager)
    assert points.account_of(served.volunteer.person).balance == 20


def test_the_entry_of_the_ledger_names_its_source_and_who_recorded_it(served, manager):
    attendance.mark_came(served, by=manager)

    entry = PointsEntry.objects.get()
    assert (entry.key, entry.kind, entry.counterpart, entry.actor) == (
        f"signup:{served.pk}",
        "earn_shift",
        "issued",
        manager,
    )


def test_marking_twice_writes_hours_and_points_once(served, manager, other_manager):
    entries = [attendance.mark_came(served, by=person) for person in (manager, other_manager)]

    assert entries[0] == entries[1]
    assert in_the_tables(served) == ("came", [120], [20])
    assert served.marked_by == manager


def test_the_second_time_other_minutes_change_nothing(served, manager):
    attendance.mark_came(served, by=manager, minutes=60)
    attendance.mark_came(served, by=manager, minutes=120)

    assert in_the_tables(served) == ("came", [60], [10])


@pytest.mark.parametrize(("minutes", "worth"), [(1, []), (6, [1]), (90, [15]), (240, [40])])
def test_the_manager_may_say_how_long_it_was(served, manager, minutes, worth):
    attendance.mark_came(served, by=manager, minutes=minutes)

    assert in_the_tables(served) == ("came", [minutes], worth)


@pytest.mark.parametrize("minutes", [0, -30, 241])
def test_minutes_that_cannot_be_are_refused(served, manager, minutes):
    assert refusal(attendance.mark_came, served, by=manager, minutes=minutes) == "minutes"
    assert in_the_tables(served) == ("unknown", [], [])


def test_a_shift_that_has_not_begun_cannot_be_marked(newcomer, station, manager):
    signup = make_signup(volunteer=newcomer, shift=make_shift(station=station))

    assert refusal(attendance.mark_came, signup, by=manager) == "too_early"
    assert refusal(attendance.mark_absent, signup, by=manager) == "too_early"
    assert in_the_tables(signup) == ("unknown", [], [])


def test_who_was_absent_has_neither_hours_nor_points(served, manager):
    attendance.mark_absent(served, by=manager)

    assert in_the_tables(served) == ("absent", [], [])
    assert served.marked_by == manager


def test_who_was_marked_absent_by_mistake_can_still_have_come(served, manager):
    attendance.mark_absent(served, by=manager)

    attendance.mark_came(served, by=manager)

    assert in_the_tables(served) == ("came", [120], [20])


def test_confirmed_hours_are_not_taken_back_by_marking_absent(served, manager):
    attendance.mark_came(served, by=manager)

    assert refusal(attendance.mark_absent, served, by=manager) == "hours_confirmed"
    assert in_the_tables(served) == ("came", [120], [20])


def test_who_cancelled_before_can_not_be_marked(newcomer, station, manager):
    shift = make_shift(station=station, starts_at=at_hour(9))
    signup = signups.sign_up(newcomer, shift)
    signups.cancel(newcomer, shift)

    with time_machine.travel(shift.ends_at):
        assert refusal(attendance.mark_came, signup, by=manager) == "cancelled"
        assert refusal(attendance.mark_absent, signup, by=manager) == "cancelled"
    assert in_the_tables(signup) == ("unknown", [], [])


def test_the_database_itself_confirms_hours_once(served, manager):
    entry = attendance.mark_came(served, by=manager)

    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
    assert HoursEntry.objects.count() == 1


def test_two_shifts_of_one_volunteer_add_up(newcomer, station, manager):
    for days in (-1, -2):
        shift = make_shift(station=station, starts_at=at_hour(9, days=days))
        attendance.mark_came(make_signup(volunteer=newcomer, shift=shift), by=manager)

    assert Signup.objects.filter(attendance="came").count() == 2
    assert sum(entry.minutes for entry in newcomer.hours.all()) == 240
    assert points.account_of(newcomer.person).balance == 40
