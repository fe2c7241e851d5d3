"""What the database itself refuses, whoever writes: the verbs are not asked here."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from events.tests.factories import at_hour
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_offer, make_shift, make_signup

INSERT = """
INSERT INTO volunteers_signup (shift_id, volunteer_id, starts_at, ends_at, status, signed_up_at, attendance)
VALUES (%s, %s, %s, %s, %s, %s, 'unknown')
"""


def insert(shift, volunteer, status="confirmed", **times):
    """As somebody with a database client would."""
    starts, ends = times.get("starts_at", shift.starts_at), times.get("ends_at", shift.ends_at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [shift.pk, volunteer.pk, starts, ends, status, shift.starts_at])


def counted(shift):
    shift.refresh_from_db()
    return shift.taken, shift.waiting


@pytest.fixture
def shift(station):
    return make_shift(station=station, places=1)


def test_one_person_too_many_is_refused(shift, newcomer, volunteer):
    insert(shift, newcomer)

    with pytest.raises(IntegrityError, match="shift_never_overbooked"):
        insert(shift, volunteer)

    assert counted(shift) == (1, 0)


def test_an_offer_holds_its_place(shift, newcomer):
    make_offer(shift=shift)

    with pytest.raises(IntegrityError, match="shift_never_overbooked"):
        insert(shift, newcomer)


def test_fewer_places_than_are_taken_are_refused(shift):
    make_signup(shift=shift)

    with pytest.raises(IntegrityError, match="shift_never_overbooked"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(places=0, needed=0)


def test_places_and_queue_are_counted_whoever_writes(shift, newcomer, volunteer):
    insert(shift, newcomer)
    insert(shift, volunteer, "waitlisted")
    assert counted(shift) == (1, 1)

    Signup.objects.filter(volunteer=newcomer).update(status="cancelled")
    assert counted(shift) == (0, 1)

    Signup.objects.filter(volunteer=volunteer).update(status="confirmed")
    assert counted(shift) == (1, 0)

    Signup.objects.filter(volunteer=volunteer).delete()
    assert counted(shift) == (0, 0)


def test_a_place_that_ends_twice_is_free_once(station, newcomer, volunteer):
    shift = make_shift(station=station, places=2)
    insert(shift, newcomer)
    insert(shift, volunteer)

    for _again in range(2):
        Signup.objects.filter(volunteer=newcomer).update(status="cancelled")

    assert counted(shift) == (1, 0)


def test_nobody_is_twice_on_one_shift(station, newcomer):
    shift = make_shift(station=station, places=5)
    insert(shift, newcomer, "waitlisted")

    with pytest.raises(IntegrityError, match="one_live_signup_per_shift|volunteers_signup.shift_id"):
        insert(shift, newcomer, "waitlisted")


@pytest.fixture
def beside(shift, newcomer, other_station):
    """A shift right after `shift`, on which the newcomer is; she has a place on `shift` too."""
    make_signup(shift=shift, volunteer=newcomer)
    after = make_shift(station=other_station, starts_at=at_hour(16), ends_at=at_hour(18))
    make_signup(shift=after, volunteer=newcomer)
    return after


@pytest.mark.postgres
@pytest.mark.parametrize("status", ["confirmed", "offered"])
def test_two_places_at_one_time_are_refused(beside, newcomer, status):
    other = make_shift(starts_at=beside.starts_at + timedelta(hours=1))

    with pytest.raises(IntegrityError, match="offers_run_out|signup_never_overlaps"):
        insert(other, newcomer, status)


@pytest.mark.postgres
def test_moving_a_shift_onto_another_of_somebody_is_refused(beside, shift):
    with pytest.raises(IntegrityError, match="signup_never_overlaps"), transaction.atomic():
        Shift.objects.filter(pk=beside.pk).update(starts_at=shift.starts_at)


@pytest.mark.postgres
def test_a_sign_up_has_the_times_of_its_shift(beside, shift, volunteer):
    later = beside.ends_at + timedelta(hours=1)
    with pytest.raises(IntegrityError, match="signup_has_the_times_of_its_shift"):
        insert(beside, volunteer, starts_at=later, ends_at=later + timedelta(hours=1))

    Shift.objects.filter(pk=beside.pk).update(ends_at=later)

    assert beside.signups.get().ends_at == later


@pytest.mark.postgres
def test_waiting_in_two_queues_at_one_time_is_allowed(beside, newcomer):
    other = make_shift(starts_at=beside.starts_at)

    insert(other, newcomer, "waitlisted")

    assert counted(other) == (0, 1)


def test_the_order_of_states_is_kept_in_the_row(shift, newcomer):
    with pytest.raises(DatabaseError, match="offers_run_out"):
        insert(shift, newcomer, "offered")
