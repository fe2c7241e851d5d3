"""Times of one's own: who gets one, who does not and why, and what happens when fewer people serve."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from events import bookings, points
from events.models import Booking, Booth, Message
from events.tests.factories import at_hour, make_booking, make_booth, make_worker_pass
from stations import history
from stations.refusals import Refusal
from stations.tests.factories import make_user

TWENTY = timedelta(minutes=20)


@pytest.fixture
def booth(station):
    return make_booth(station=station)


@pytest.fixture
def person(db):
    return make_user(name="小王", email="wang@example.com", language="en")


@pytest.fixture
def account(person):
    return points.account_of(person)


def account_of_a_card(station):
    return make_worker_pass(station=station).account


def clock_times(moments):
    return [f"{timezone.localtime(moment):%H:%M}" for moment in moments]


def refused(account, booth, starts_at):
    with translation.override("en"), pytest.raises(Refusal) as refusal:
        bookings.book(account, booth, starts_at)
    return refusal.value.code, str(refusal.value)


# The booth


def test_an_hour_has_three_slots_of_twenty_minutes(booth):
    assert clock_times(booth.free_slots) == ["14:00", "14:20", "14:40"]


def test_what_is_left_over_at_the_end_is_nobodys(station):
    booth = make_booth(station=station, slot_minutes=25)

    assert clock_times(booth.free_slots) == ["14:00", "14:25"]


def test_a_slot_that_has_begun_cannot_be_booked(booth):
    with time_machine.travel(booth.starts_at + timedelta(minutes=1), tick=False):
        assert clock_times(booth.free_slots) == ["14:20", "14:40"]


def test_the_same_source_makes_one_booth_and_brings_it_in_line(station):
    make_booth(source="shift:1", station=station)
    make_booth(source="shift:1", station=station, chairs=3, ends_at=at_hour(17))

    booth = Booth.objects.get()
    assert (booth.chairs, len(booth.slots)) == (3, 9)


def test_a_booth_without_chairs_is_not_on_offer(station):
    make_booth(station=station, chairs=0)
    with_chairs = make_booth(station=station)

    assert list(Booth.objects.open()) == [with_chairs]


def test_what_was_never_opened_stays_closed(db):
    assert bookings.resize("shift:1", chairs=2) == []
    assert not Booth.objects.exists()


@pytest.mark.parametrize(
    "values", [{"slot_minutes": 0}, {"slot_minutes": 241}, {"ends_at": at_hour(13)}], ids=str
)
def test_the_database_refuses_times_that_make_no_sense(station, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_booth(station=station, **values)


# Booking


def test_a_booked_time_has_a_code_and_is_not_free_any_more(account, booth):
    booking = bookings.book(account, booth, booth.starts_at)

    assert (booking.ends_at - booking.starts_at, booking.chair) == (TWENTY, 0)
    assert len(booking.code) == 4
    assert clock_times(booth.free_slots) == ["14:20", "14:40"]


def test_as_many_can_come_at_one_time_as_there_are_chairs(station):
    booth = make_booth(station=station, chairs=2)
    for _n in range(2):
        make_booking(booth=booth)

    assert sorted(booth.bookings.values_list("chair", flat=True)) == [0, 1]
    code, sentence = refused(account_of_a_card(station), booth, booth.starts_at)
    assert (code, sentence) == ("full", "Somebody has just booked this time. Please choose another.")


def test_one_person_has_one_time_in_a_booth(account, booth):
    bookings.book(account, booth, booth.starts_at)

    code, sentence = refused(account, booth, booth.starts_at + TWENTY)
    assert code == "one_per_booth"
    assert sentence == "You have booked 14:00 here. To change it, please give that time back first."


def test_nobody_is_at_two_booths_at_once(account, booth, station):
    photos = make_booth(station=station, kind=Booth.Kind.PHOTO, slot_minutes=10)
    bookings.book(account, booth, booth.starts_at)

    code, sentence = refused(account, photos, photos.starts_at + timedelta(minutes=10))
    assert code == "two_at_once"
    assert "Free haircut at 14:00" in sentence
    assert bookings.book(account, photos, photos.starts_at + TWENTY)


@pytest.mark.parametrize("away", [timedelta(minutes=10), timedelta(hours=1), -TWENTY], ids=str)
def test_a_time_between_two_slots_or_outside_is_none(account, booth, away):
    assert refused(account, booth, booth.starts_at + away)[0] == "no_such_slot"


def test_a_time_that_has_begun_and_a_booth_that_is_closed_say_so(account, booth):
    with time_machine.travel(booth.starts_at, tick=False):
        assert refused(account, booth, booth.starts_at)[0] == "over"
    bookings.close(booth.source)
    assert refused(account, booth, booth.starts_at)[0] == "closed"


def test_a_code_that_somebody_has_is_drawn_again(booth, monkeypatch):
    monkeypatch.setattr(bookings, "CODE_ALPHABET", "AB")
    monkeypatch.setattr(bookings, "CODE_LENGTH", 1)

    first = make_booking(booth=booth)
    second = make_booking(booth=booth, starts_at=booth.starts_at + TWENTY)

    assert {first.code, second.code} == {"A", "B"}


def test_whoever_has_an_account_is_written_to_and_a_card_alone_is_not(account, booth):
    booking = bookings.book(account, booth, booth.starts_at)
    make_booking(booth=booth, starts_at=booth.starts_at + TWENTY)

    letter = Message.objects.get()
    assert letter.subject.startswith("Booked: Free haircut, ")
    assert f"Code: {booking.code}" in letter.body
    assert f"/book/{booth.pk}/" in letter.body


# Giving back


def test_a_time_given_back_is_free_for_the_next(account, booth, person):
    booking = bookings.book(account, booth, booth.starts_at)

    assert bookings.cancel(booking, by=person)
    assert not bookings.cancel(booking, by=person)
    assert len(booth.free_slots) == 3
    assert [line.name for line in history.of(booking)] == [str(booking)]
    bookings.book(account, booth, booth.starts_at)


def test_what_has_begun_cannot_be_given_back(account, booth):
    booking = bookings.book(account, booth, booth.starts_at)

    with time_machine.travel(booth.starts_at, tick=False), pytest.raises(Refusal) as refusal:
        bookings.cancel(booking)
    assert refusal.value.code == "too_late"


# Fewer people serve


def test_the_latest_booked_lose_their_time_and_are_told(station, account):
    booth = make_booth(station=station, chairs=2)
    first = make_booking(booth=booth)
    latest = bookings.book(account, booth, booth.starts_at)

    gone = bookings.resize(booth.source, chairs=1)

    assert gone == [latest]
    assert list(Booking.objects.live()) == [first]
    assert Booking.objects.get(is_released=True) == latest
    cancelled, told = Message.objects.order_by("pk")
    assert (cancelled.state, told.state) == ("cancelled", "waiting")
    assert told.subject.startswith("We cannot keep your time: Free haircut, ")
    assert "another time suits you" in told.body


def test_whoever_came_first_moves_to_the_chair_that_is_left(station):
    booth = make_booth(station=station, chairs=3)
    early, middle, late = (make_booking(booth=booth) for _n in range(3))
    bookings.cancel(early)

    assert bookings.resize(booth.source, chairs=1) == [late]
    assert Booking.objects.live().values_list("pk", "chair").get() == (middle.pk, 0)


def test_slots_with_room_enough_keep_everybody(station):
    booth = make_booth(station=station, chairs=2)
    both = [make_booking(booth=booth), make_booking(booth=booth, starts_at=booth.starts_at + TWENTY)]

    assert bookings.resize(booth.source, chairs=1) == []
    assert list(Booking.objects.live()) == both


def test_a_booth_that_closes_tells_everybody_the_latest_first(station):
    booth = make_booth(station=station, chairs=2)
    first, second = make_booking(booth=booth), make_booking(booth=booth)

    assert bookings.close(booth.source) == [second, first]
    assert not Booking.objects.live().exists()


def test_a_slot_that_has_begun_goes_on_with_whoever_is_there(booth):
    make_booking(booth=booth)

    with time_machine.travel(booth.starts_at + timedelta(minutes=5), tick=False):
        assert bookings.close(booth.source) == []
    assert Booking.objects.live().exists()


def test_an_end_that_comes_earlier_takes_back_what_lies_behind_it(booth, station):
    late = make_booking(booth=booth, starts_at=booth.starts_at + 2 * TWENTY)
    kept = make_booking(booth=booth)
    make_booth(source=booth.source, station=station, ends_at=booth.starts_at + 2 * TWENTY)

    assert bookings.resize(booth.source, chairs=1) == [late]
    assert list(Booking.objects.live()) == [kept]
