"""The counter's lists: who comes when. Of advice only the counter reads the names."""

import pytest
from django.urls import reverse

from events import points
from events.models import Booking, Booth, Message
from events.tests.factories import make_booking, make_booth
from stations.models import HistoryLine, Posting
from stations.tests.factories import make_posting, make_user

NAME = "欧阳问路"
LIST = "/admin/events/booking/"


@pytest.fixture
def advised(station):
    """A booked time at the legal desk."""
    booth = make_booth(station=station, kind=Booth.Kind.LEGAL, is_confidential=True)
    account = points.account_of(make_user(name=NAME, phone="+8613900001122"))
    return make_booking(booth=booth, account=account)


@pytest.fixture
def county_auditor(station):
    person = make_user(name="县审计")
    make_posting(person, station.organisation, role=Posting.Role.AUDITOR)
    return person


def read(client, who, address, **filters):
    client.force_login(who)
    return b"".join(client.get(address, filters)).decode()


def test_the_counter_finds_a_booking_by_its_code(client, manager, station):
    booking, other = (make_booking(booth=make_booth(station=station)) for _n in range(2))

    page = read(client, manager, LIST, q=booking.code)

    assert booking.code in page and str(booking.account) in page
    assert other.code not in page


def test_a_booth_says_how_many_have_booked_and_leads_to_them(client, manager, station):
    booth = make_booth(station=station, chairs=2)
    bookings = [make_booking(booth=booth), make_booking(booth=booth)]
    make_booking(station=station)

    page = read(client, manager, "/admin/events/booth/")
    assert f'href="{LIST}?booth__id__exact={booth.pk}">2</a>' in page
    listed = read(client, manager, LIST, booth__id__exact=booth.pk)
    assert [booking.code in listed for booking in bookings] == [True, True]


def test_the_counter_takes_a_time_back_and_the_person_is_told(client, manager, station):
    person = make_user(email="wang@example.com")
    booking = make_booking(station=station, account=points.account_of(person))
    client.force_login(manager)

    client.post(LIST, {"action": "take_back", "_selected_action": [booking.pk]})

    booking.refresh_from_db()
    assert booking.is_released
    assert Message.objects.filter(key=f"booking-released:{booking.pk}", person=person).exists()
    assert HistoryLine.objects.get(model="events.booking").person == manager


def test_neither_an_auditor_nor_another_station_takes_a_time_back(client, auditor, other_manager, station):
    booking = make_booking(station=station)

    for who in [auditor, other_manager]:
        client.force_login(who)
        client.post(LIST, {"action": "take_back", "_selected_action": [booking.pk]})

    assert Booking.objects.live().get() == booking


def test_the_counter_reads_who_comes_to_the_legal_desk(client, manager, advised):
    page = read(client, manager, LIST)

    assert NAME in page and advised.code in page


@pytest.mark.parametrize("who", ["auditor", "county_auditor"])
def test_whoever_only_reads_finds_the_time_and_nobody(request, client, advised, who):
    reader = request.getfixturevalue(who)
    pages = [LIST, f"{LIST}{advised.pk}/change/", f"/admin/events/booth/{advised.booth_id}/change/"]
    pages += [reverse("admin:events_booking_export", args=["csv"]), f"{LIST}{advised.pk}/history/"]

    found = [read(client, reader, address) for address in pages]

    assert "有安排" in found[0]
    assert [address for address, page in zip(pages, found, strict=True) if NAME in page] == []
    assert [address for address, page in zip(pages, found, strict=True) if advised.code in page] == []


def test_a_search_by_name_or_code_does_not_find_the_hidden_row(client, county_auditor, advised):
    for term in [NAME, advised.code, "1122"]:
        assert f"{LIST}{advised.pk}/" not in read(client, county_auditor, LIST, q=term)
    for lookup in ["code", "code__startswith", "account__id__exact"]:
        value = advised.account_id if "account" in lookup else advised.code
        page = read(client, county_auditor, LIST, **{lookup: value})
        assert f"{LIST}{advised.pk}/" not in page


def test_the_history_names_nobody(advised):
    advised.booth.refresh_from_db()

    from_history = str(advised)

    assert NAME not in from_history and "有安排" in from_history
