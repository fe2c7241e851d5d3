"""A booth's page, and where it is found."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from events import bookings, points
from events.models import Booking, Booth, PointsAccount
from events.tests.factories import make_booking, make_booth, make_service_day
from events.tests.test_kiosk_pages import text_of

TWENTY = timedelta(minutes=20)


@pytest.fixture
def reader(client, stranger):
    """Somebody signed in who reads English."""
    client.force_login(stranger)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def booth(station):
    return make_booth(station=station)


def stamp(moment):
    return str(int(moment.timestamp()))


def test_a_stranger_signs_in_first(client, booth):
    response = client.get(booth.get_absolute_url())

    assert response.url == f"/accounts/login/?next=/book/{booth.pk}/"


def test_the_page_lists_what_is_free_and_looking_makes_no_account(reader, booth):
    make_booking(booth=booth)
    before = PointsAccount.objects.count()

    text = text_of(reader.get(booth.get_absolute_url()))

    assert "Book 14:20 Book 14:40" in text
    assert "14:00" in text and "Book 14:00" not in text
    assert PointsAccount.objects.count() == before


def test_a_press_books_and_shows_the_code(reader, booth, stranger):
    response = reader.post(booth.get_absolute_url(), {"at": stamp(booth.starts_at)}, follow=True)

    booking = Booking.objects.get(account__person=stranger)
    assert "Your time is booked." in text_of(response)
    assert "Your time: 14:00–14:20" in text_of(response)
    assert booking.code in text_of(response)


def test_what_somebody_else_was_faster_at_is_said_and_the_rest_still_offered(reader, booth):
    make_booking(booth=booth)

    response = reader.post(booth.get_absolute_url(), {"at": stamp(booth.starts_at)})

    assert response.status_code == 422
    assert "Somebody has just booked this time. Please choose another." in text_of(response)
    assert "Book 14:20" in text_of(response)


@pytest.mark.parametrize("at", ["", "soon", "9" * 40, "-1"])
def test_a_time_that_is_none_is_refused(reader, booth, at):
    response = reader.post(booth.get_absolute_url(), {"at": at})

    assert response.status_code == 422
    assert "This time does not exist any more." in text_of(response)


def test_a_time_is_given_back_on_the_page_and_another_can_be_taken(reader, booth, stranger):
    make_booking(booth=booth, account=points.account_of(stranger))

    page = text_of(reader.post(f"/book/{booth.pk}/cancel/", follow=True))

    assert "Your time is given back. You can book another." in page
    assert "Book 14:00" in page
    assert not Booking.objects.live().exists()


def test_nobody_gives_back_somebody_elses_time(reader, booth):
    make_booking(booth=booth)

    reader.post(f"/book/{booth.pk}/cancel/")

    assert Booking.objects.live().count() == 1


def test_what_has_begun_is_not_given_back(reader, booth, stranger):
    make_booking(booth=booth, account=points.account_of(stranger))

    with time_machine.travel(booth.starts_at + timedelta(minutes=1), tick=False):
        page = text_of(reader.post(f"/book/{booth.pk}/cancel/", follow=True))

    assert "This time has begun already. Please speak with the staff." in page
    assert Booking.objects.live().count() == 1


def test_a_booth_that_is_full_closed_or_over_says_so(reader, booth):
    for slot in booth.slots:
        make_booking(booth=booth, starts_at=slot)
    assert "All times are taken. Sometimes one is given back" in text_of(reader.get(f"/book/{booth.pk}/"))

    bookings.close(booth.source)
    assert "Nobody can be booked here at the moment." in text_of(reader.get(f"/book/{booth.pk}/"))

    with time_machine.travel(booth.ends_at, tick=False):
        assert "This is over." in text_of(reader.get(f"/book/{booth.pk}/"))


def test_whoever_lost_the_time_reads_it_on_the_page_and_on_my_page(reader, station, stranger):
    booth = make_booth(station=station, chairs=2)
    make_booking(booth=booth)
    make_booking(booth=booth, account=points.account_of(stranger))

    bookings.resize(booth.source, chairs=1)

    page = text_of(reader.get(booth.get_absolute_url()))
    assert "We are sorry: your time at 14:00 cannot be kept" in page
    assert "This time cannot be kept. Please choose another." in text_of(reader.get("/me/"))


def test_my_page_shows_what_is_booked_with_its_code(reader, booth, stranger):
    booking = make_booking(booth=booth, account=points.account_of(stranger))

    text = text_of(reader.get("/me/"))

    assert "Booked times Free haircut" in text
    assert f"Code: {booking.code}" in text


def test_days_and_the_station_lead_to_the_booth(reader, station):
    day = make_service_day(station=station)
    booth = make_booth(station=station, service_day=day)
    make_booth(station=station, kind=Booth.Kind.PHOTO, chairs=0, service_day=day)

    for address in ["/days/", station.get_absolute_url()]:
        page = reader.get(address)
        assert "Book a time: Free haircut" in text_of(page)
        assert f'href="/book/{booth.pk}/"' in page.content.decode()
        assert "ID photos" not in text_of(page)


def test_a_full_booth_says_so_where_it_is_found(reader, station):
    booth = make_booth(station=station, slot_minutes=60)
    make_booking(booth=booth)

    assert "Free haircut All times are taken." in text_of(reader.get(station.get_absolute_url()))


def test_more_days_and_booths_ask_nothing_more(
    reader, station, django_assert_max_num_queries, django_assert_num_queries
):
    def more():
        day = make_service_day(station=station)
        make_booking(booth=make_booth(station=station, service_day=day))

    more()
    with django_assert_max_num_queries(20) as first:
        reader.get("/days/")
    more()
    with django_assert_num_queries(len(first)):
        reader.get("/days/")


def test_of_advice_nobody_but_the_counter_is_said_to_know(reader, station):
    booth = make_booth(station=station, kind=Booth.Kind.LEGAL, is_confidential=True)

    page = text_of(reader.get(booth.get_absolute_url()))

    assert "Only the staff at the counter can read who has booked." in page
