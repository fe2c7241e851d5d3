"""The booth of a shift follows the volunteers who are confirmed for it, whichever way they come and go."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import points
from events.models import Booking, Booth, Message
from events.tests.factories import at_hour, make_booking, make_service_day
from stations.tests.factories import make_user
from volunteers import booths, series, shifts, signups, stand_ins, waiting_list
from volunteers.models import CONFIDENTIAL, SLOT_MINUTES, ServiceKind, Signup
from volunteers.tests.factories import make_shift, make_signup, make_team, make_volunteer

Status = Signup.Status


@pytest.fixture
def barbers(station):
    return [make_volunteer(home_station=station, services=["haircut"]) for _n in range(3)]


@pytest.fixture
def shift(station):
    """Haircuts in three days from 14 to 17, for two."""
    day = make_service_day(station=station, starts_at=at_hour(14, days=3))
    hours = {"starts_at": at_hour(14, days=3), "ends_at": at_hour(17, days=3)}
    return make_shift(station=station, kind=ServiceKind.HAIRCUT, service_day=day, **hours)


def chairs(shift):
    return Booth.objects.filter(source=f"shift:{shift.pk}").values_list("chairs", flat=True).first()


# People come


def test_the_first_volunteer_opens_the_booth_and_the_second_brings_a_chair(shift, barbers, station):
    assert chairs(shift) is None

    signups.sign_up(barbers[0], shift)
    booth = Booth.objects.get()
    assert (booth.station, booth.service_day, booth.kind) == (station, shift.service_day, "haircut")
    assert (booth.starts_at, booth.ends_at, len(booth.free_slots)) == (shift.starts_at, shift.ends_at, 9)

    signups.sign_up(barbers[1], shift)
    assert chairs(shift) == 2


def test_whoever_waits_brings_no_chair_until_they_have_the_place(
    shift, barbers, django_capture_on_commit_callbacks
):
    for barber in barbers:
        signups.sign_up(barber, shift)
    assert chairs(shift) == 2

    with django_capture_on_commit_callbacks(execute=True):
        signups.cancel(barbers[0], shift)
    assert shift.signups.get(volunteer=barbers[2]).status == Status.OFFERED
    assert chairs(shift) == 1

    waiting_list.accept(barbers[2], shift)
    assert chairs(shift) == 2


def test_a_place_given_at_once_from_the_queue_is_a_chair(shift, barbers, django_capture_on_commit_callbacks):
    shifts.change(shift, {"confirms_at_once": True}, by=None)
    for barber in barbers:
        signups.sign_up(barber, shift)

    with django_capture_on_commit_callbacks(execute=True):
        signups.cancel(barbers[0], shift)

    assert chairs(shift) == 2


def test_a_team_brings_all_its_chairs(shift, barbers, station):
    team = make_team(*barbers[:2], station=station)

    signups.sign_up_team(barbers[0], team, barbers[:2], shift)

    assert chairs(shift) == 2


def test_a_stand_in_keeps_the_chair(shift, barbers):
    signups.sign_up(barbers[0], shift)
    stand_ins.ask(barbers[0], shift)

    stand_ins.stand_in(barbers[1], shift)

    assert chairs(shift) == 1


@pytest.mark.parametrize("kind", CONFIDENTIAL)
def test_who_books_advice_is_known_at_the_counter_only(station, kind):
    make_signup(shift=(shift := make_shift(station=station, kind=kind)))

    booths.follow(shift)

    assert Booth.objects.get().is_confidential


def test_every_bookable_service_is_one_that_booths_know():
    assert {kind.value for kind in SLOT_MINUTES} == set(Booth.Kind.values)
    assert {kind: ServiceKind(kind).label for kind in Booth.Kind.values} == dict(Booth.Kind.choices)


def test_with_several_roles_nobody_can_say_how_many_are_served(station, barbers):
    shift = make_shift(station=station, kind=ServiceKind.HAIRCUT, role="登记")

    signups.sign_up(barbers[0], shift)

    assert not Booth.objects.exists()


# People go


@pytest.fixture
def booked(shift, barbers):
    """Two barbers, and two people at 14:00: a card first, then somebody with an account."""
    for barber in barbers[:2]:
        signups.sign_up(barber, shift)
    booth = Booth.objects.get()
    person = make_user(name="小王", email="wang@example.com", language="en")
    return [make_booking(booth=booth), make_booking(booth=booth, account=points.account_of(person))]


def went(bookings):
    """Who has lost the time, and what the person with the account was written."""
    gone = list(Booking.objects.filter(pk__in=[b.pk for b in bookings], is_released=True).order_by("pk"))
    letters = Message.objects.filter(key__startswith="booking-released:", person__email="wang@example.com")
    return gone, [letter.subject.partition(":")[0] for letter in letters]


SORRY = ["We cannot keep your time"]


def test_a_barber_who_cancels_takes_a_chair_along_and_the_latest_is_told(shift, barbers, booked):
    signups.cancel(barbers[1], shift)

    assert chairs(shift) == 1
    assert went(booked) == ([booked[1]], SORRY)


def test_a_barber_taken_off_does_so_too(shift, barbers, booked, manager):
    signups.take_off(shift.signups.get(volunteer=barbers[0]), by=manager, reason="请假")

    assert chairs(shift) == 1
    assert went(booked) == ([booked[1]], SORRY)


def test_a_shift_that_is_called_off_closes_its_booth(shift, booked, manager):
    shifts.cancel(shift, by=manager, reason="停电")

    assert chairs(shift) == 0
    assert went(booked) == (booked, SORRY)


def test_a_shift_that_moves_opens_its_booth_anew(shift, booked, manager):
    times = {"starts_at": at_hour(15, days=3), "ends_at": at_hour(18, days=3)}
    old = booked[0].starts_at

    shifts.change(shift, times, by=manager)

    booth = Booth.objects.get()
    assert (booth.starts_at, booth.chairs, len(booth.free_slots)) == (times["starts_at"], 2, 9)
    assert went(booked) == (booked, SORRY)
    letter = Message.objects.get(key__startswith="booking-released:")
    assert f"{timezone.localtime(old):%H:%M}" in letter.subject


def test_a_shift_at_another_station_keeps_no_time(shift, booked, manager, other_station):
    shifts.change(shift, {"station": other_station, "service_day": None}, by=manager)

    assert Booth.objects.get().station == other_station
    assert went(booked) == (booked, SORRY)


def test_a_shift_that_ends_later_keeps_every_time(shift, booked, manager):
    shifts.change(shift, {"ends_at": at_hour(18, days=3)}, by=manager)

    assert len(Booth.objects.get().slots) == 12
    assert went(booked) == ([], [])


def test_a_role_given_later_closes_the_booth(shift, booked, manager):
    shifts.change(shift, {"role": "登记"}, by=manager)

    assert chairs(shift) == 0
    assert went(booked) == (booked, SORRY)


def test_a_series_that_changes_takes_the_booths_along(station, manager, barbers):
    from_now = {"rule": "FREQ=WEEKLY;BYDAY=FR", "starts_on": timezone.localdate(), "minutes": 180}
    planned = series.Series(
        station=station, kind="haircut", places=2, starts_at=at_hour(14).time(), **from_now
    )
    series.begin(planned, by=manager)
    shift = planned.shifts.order_by("starts_at").last()
    signups.sign_up(barbers[0], shift)
    assert chairs(shift) == 1

    shifts.cancel(shift, by=manager, reason="停")
    assert chairs(shift) == 0


# What it costs


def statements(run):
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        run()
    return [query["sql"] for query in queries if "events_boo" in query["sql"]]


def test_a_helper_asks_the_database_nothing_about_booths(station, newcomer):
    shift = make_shift(station=station, kind=ServiceKind.HELPER)

    assert statements(lambda: signups.sign_up(newcomer, shift)) == []
    assert statements(lambda: signups.cancel(newcomer, shift)) == []


def test_a_barber_costs_one_statement(shift, barbers):
    assert len(statements(lambda: signups.sign_up(barbers[0], shift))) == 1
    assert len(statements(lambda: signups.sign_up(barbers[1], shift))) == 1
    assert len(statements(lambda: signups.cancel(barbers[1], shift))) == 2
