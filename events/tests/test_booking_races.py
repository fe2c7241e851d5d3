"""Many book at once, while volunteers come and go."""

from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import IntegrityError, transaction

from events import bookings
from events.models import Booking, Booth, PointsAccount
from events.tests.factories import make_booth
from events.tests.test_races import codes
from stations.tests.races import PATIENCE, at_once, everybody, many_sessions  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]


@pytest.fixture
def twenty(db):
    return [PointsAccount.objects.create() for _n in range(20)]


# Twenty people, one chair


def test_twenty_at_once_get_the_one_chair_that_there_is(twenty, station):
    booth = make_booth(station=station)

    answers = at_once(*(partial(bookings.book, account, booth, booth.starts_at) for account in twenty))

    assert codes(answers) == {"Booking": 1, "full": 19}
    assert Booking.objects.count() == 1


def test_twenty_at_once_fill_three_chairs(twenty, station):
    booth = make_booth(station=station, chairs=3)

    answers = at_once(*(partial(bookings.book, account, booth, booth.starts_at) for account in twenty))

    assert codes(answers) == {"Booking": 3, "full": 17}
    assert sorted(Booking.objects.values_list("chair", flat=True)) == [0, 1, 2]


def test_control_looking_before_writing_meets_the_database(twenty, station):
    """Without the conditional INSERT nineteen people read an error instead of a sentence."""
    booth = make_booth(station=station)
    has_looked = everybody(20)

    def book(account):
        assert booth.starts_at in Booth.objects.get().free_slots
        has_looked()
        times = {"starts_at": booth.starts_at, "ends_at": booth.starts_at + timedelta(minutes=20)}
        return Booking.objects.create(booth=booth, account=account, chair=0, code=f"{account.pk}", **times)

    answers = at_once(*(partial(book, account) for account in twenty))

    assert codes(answers) == {"Booking": 1, IntegrityError.__name__: 19}


# One person, two booths at one time


def test_one_person_pressing_in_two_booths_at_once_gets_one_time(twenty, station):
    booths = [make_booth(station=station, kind=kind) for kind in ["haircut", "photo"]]

    answers = at_once(*(partial(bookings.book, twenty[0], booth, booth.starts_at) for booth in booths * 5))

    assert codes(answers)["Booking"] == 1
    assert Booking.objects.count() == 1


def test_control_without_the_lock_one_person_is_at_two_booths(twenty, station):
    booths = [make_booth(station=station, kind=kind) for kind in ["haircut", "photo"]]
    has_looked = everybody(2)

    def book(booth):
        booth = Booth.objects.with_bookings().get(pk=booth.pk)
        assert bookings.why_not(twenty[0], booth, booth.starts_at) is None
        has_looked()
        return bookings.take_chair(twenty[0], booth, booth.starts_at)

    assert codes(at_once(*(partial(book, booth) for booth in booths))) == {"Booking": 2}


# A chair goes while it is being booked


def test_whoever_books_while_chairs_go_keeps_one_or_is_told(twenty, station):
    for _n in range(5):
        booth = make_booth(station=station, chairs=4)
        book = [partial(bookings.book, account, booth, booth.starts_at) for account in twenty[:8]]

        at_once(*book, partial(bookings.resize, booth.source, chairs=1))

        live = list(booth.bookings.live())
        assert [booking.chair for booking in live] == [0]
        assert booth.bookings.filter(is_released=False).count() == 1


def book_while_it_closes(account, booth):
    """Booked, not committed yet, when the booth closes: what is left, and who was told."""
    written, gone = Event(), Event()

    def book():
        with transaction.atomic():
            found = bookings.take_chair(
                account, Booth.objects.with_bookings().get(pk=booth.pk), booth.starts_at
            )
            written.set()
            gone.wait(0.5)
        return found

    def close():
        written.wait(PATIENCE)
        told = bookings.close(booth.source)
        gone.set()
        return told

    booking, told = at_once(book, close)
    return list(Booking.objects.live()), told, booking


def test_whoever_closes_waits_for_whoever_is_booking_and_tells_them(twenty, station):
    live, told, booking = book_while_it_closes(twenty[0], make_booth(station=station))

    assert (live, told) == ([], [booking])


def test_control_without_the_booths_lock_a_time_stays_booked_where_nobody_serves(
    twenty, station, monkeypatch
):
    monkeypatch.setattr(bookings, "TAKE_CHAIR", bookings.TAKE_CHAIR.replace("{in_turn}", ""))

    live, told, booking = book_while_it_closes(twenty[0], make_booth(station=station))

    assert (live, told) == ([booking], [])
