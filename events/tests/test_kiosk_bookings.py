"""A worker books a time at the screen."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from events import bookings
from events.models import Booking, Booth
from events.tests.factories import PIN, make_booking, make_booth
from events.tests.test_kiosk_pages import FRIDAY, identify, text_of
from stations import hours


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def screen(clock, kiosk_client, worker):
    """The screen on a Friday at 14:00, in English, with a worker identified."""
    kiosk_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    identify(kiosk_client)
    return kiosk_client


@pytest.fixture
def booth(clock, station):
    """Haircuts this afternoon from 15:00 to 18:00: nine times."""
    starts_at = datetime(2026, 11, 27, 15, 0, tzinfo=hours.SHANGHAI)
    return make_booth(station=station, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))


def address(booth, moment=None):
    return f"/kiosk/bookings/{booth.pk}/" + (f"{int(moment.timestamp())}/" if moment else "")


def test_a_worker_books_a_time_and_reads_the_code(screen, booth, worker):
    assert 'href="/kiosk/bookings/"' in screen.get("/kiosk/rewards/").content.decode()
    found = text_of(screen.get("/kiosk/bookings/"))
    assert "Free haircut Friday, 27 November 15:00–18:00 Choose Free haircut" in found
    assert "You have 100 points" in found

    times = screen.get(address(booth))
    assert "15:00 15:20 15:40 16:00 16:20 16:40 Later times" in text_of(times)
    assert "17:00" not in text_of(times).replace("–18:00", "")

    confirm = screen.get(address(booth, booth.starts_at))
    assert "Friday, 27 November 15:00 Book 15:00" in text_of(confirm)
    assert not Booking.objects.exists()

    response = screen.post(address(booth, booth.starts_at))
    assert response.url == address(booth)
    booking = Booking.objects.get(account=worker.account)
    assert booking.code in text_of(screen.get(address(booth)))
    assert "Your time Free haircut" in text_of(screen.get("/kiosk/bookings/"))


def test_later_times_stand_on_a_screen_of_their_own(screen, booth):
    later = screen.get(address(booth), {"page": 2})

    assert "17:00 17:20 17:40 Earlier times" in text_of(later)
    assert f'href="{address(booth)}?page=1"' in later.content.decode()


def test_an_impatient_finger_books_once_and_finds_the_code(screen, booth):
    screen.post(address(booth, booth.starts_at))
    again = screen.post(address(booth, booth.starts_at))

    assert again.url == address(booth)
    assert Booking.objects.count() == 1


def test_a_time_that_went_to_somebody_else_is_said_with_a_way_on(screen, booth):
    make_booking(booth=booth)

    response = screen.post(address(booth, booth.starts_at))

    assert response.status_code == 422
    assert "Somebody has just booked this time. Please choose another." in text_of(response)
    assert "See the other times" in text_of(response)


def test_a_time_that_does_not_exist_is_refused(screen, booth):
    response = screen.get(f"{address(booth)}17/")

    assert "This time does not exist any more." in text_of(response)


def test_a_time_is_given_back_at_the_screen(screen, booth, worker):
    make_booking(booth=booth, account=worker.account)

    assert screen.post(address(booth)).url == address(booth)

    assert not Booking.objects.live().exists()
    assert "15:00 15:20" in text_of(screen.get(address(booth)))


def test_whoever_lost_a_time_reads_it_at_the_screen(screen, booth, worker):
    make_booking(booth=booth, account=worker.account)
    bookings.close(booth.source)

    text = text_of(screen.get("/kiosk/bookings/"))

    assert "We are sorry: your time for Free haircut, Friday, 27 November 15:00, cannot be kept." in text


def test_the_screen_shows_its_own_stations_next_days_only(screen, booth, other_station, station):
    make_booth(station=other_station, kind=Booth.Kind.PHOTO, starts_at=booth.starts_at)
    make_booth(station=station, kind=Booth.Kind.CLINIC, starts_at=booth.starts_at + timedelta(days=8))

    text = text_of(screen.get("/kiosk/bookings/"))

    assert "Free haircut" in text
    assert "ID photos" not in text and "Free clinic" not in text
    assert screen.get(address(make_booth(station=other_station))).url == "/kiosk/bookings/"


def test_at_most_six_booths_stand_on_a_screen(screen, booth, station):
    for day in range(1, 7):
        make_booth(station=station, starts_at=booth.starts_at + timedelta(days=day, hours=-2))

    assert text_of(screen.get("/kiosk/bookings/")).count("Choose Free haircut") == 6


def test_a_screen_without_booths_says_so(screen):
    assert "Nothing can be booked here in the next days." in text_of(screen.get("/kiosk/bookings/"))


@pytest.mark.parametrize("where", ["/kiosk/bookings/", "/kiosk/bookings/1/", "/kiosk/bookings/1/1/"])
def test_nobody_books_without_card_and_pin(kiosk_client, where, db):
    assert kiosk_client.get(where).url == "/kiosk/"
    assert kiosk_client.post(where).url == "/kiosk/"


def test_the_worker_is_forgotten_after_an_idle_minute(screen, booth, clock):
    screen.get(address(booth))
    clock.shift(61)

    assert screen.post(address(booth, booth.starts_at)).url == "/kiosk/"
    assert not Booking.objects.exists()


def test_the_pin_is_asked_of_the_next_worker(screen, booth):
    screen.post(address(booth, booth.starts_at))
    screen.post("/kiosk/leave/")

    assert screen.get(address(booth)).url == "/kiosk/"
    assert PIN not in screen.get("/kiosk/").content.decode()
