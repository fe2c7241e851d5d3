"""A person's own page: the next thing first, then what waits, hours, points, messages and the account."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from events import messages, points
from events.models import Message
from events.tests.factories import at_hour, make_booking, make_booth, make_points
from stations.tests.factories import make_station, make_user
from volunteers import attendance
from volunteers.models import CredentialKind
from volunteers.tests.factories import make_credential, make_offer, make_shift, make_signup


@pytest.fixture
def english():
    return Client(headers={"Accept-Language": "en"})


def page_of(client, person):
    client.force_login(person)
    return client.get("/me/").content.decode()


def write_to(person, number, **kw):
    subject, body = f"Letter {number}.", "Bring your gloves."
    messages.write(person.address, key=f"letter:{number}", subject=subject, body=body, person=person, **kw)


def fill(volunteer, manager, times):
    """So many of everything that the page lists."""
    for number, kind in zip(range(times), CredentialKind, strict=False):
        make_signup(volunteer=volunteer, shift=make_shift(station=volunteer.home_station))
        make_credential(volunteer=volunteer, kind=kind)
        past = make_shift(starts_at=timezone.now() - timedelta(days=number + 2))
        attendance.mark_came(make_signup(volunteer=volunteer, shift=past), by=manager)
        write_to(volunteer.person, number)
        booth = make_booth(starts_at=timezone.now() + timedelta(days=number + 1))
        make_booking(booth=booth, account=points.account_of(volunteer.person))


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_asks_the_database_equally_often_for_one_and_for_three(
    client, newcomer, manager, times, django_assert_num_queries
):
    fill(newcomer, manager, times)
    client.force_login(newcomer.person)
    client.get("/me/")

    with django_assert_num_queries(14):  # one of them: whether there is a way to the workplace to show
        client.get("/me/")


def test_the_next_shift_comes_first_with_time_place_and_calendar(english, newcomer):
    station = make_station(name="湖滨暖驿", address="湖滨路1号")
    later = make_signup(volunteer=newcomer, shift=make_shift(starts_at=timezone.now() + timedelta(days=9)))
    soon = make_signup(volunteer=newcomer, shift=make_shift(station=station, bring="红马甲"))
    cancelled = make_signup(volunteer=newcomer, status="cancelled")

    page = page_of(english, newcomer.person)

    starts = timezone.localtime(soon.shift.starts_at)
    first, rest = page.split("Your next shift")[1].split("After that")
    assert "湖滨路1号" in first and "红马甲" in first
    assert f"{starts:%H:%M}–" in first
    assert f"/volunteer/shifts/{soon.shift_id}/calendar.ics" in first
    assert later.shift.get_absolute_url() in rest
    assert cancelled.shift.get_absolute_url() not in page


def test_a_place_that_is_offered_comes_before_everything(english, newcomer):
    make_signup(volunteer=newcomer)
    later, last = (make_shift(starts_at=at_hour(9, days=day)) for day in (5, 6))
    offer = make_offer(volunteer=newcomer, shift=later)
    gone = make_offer(volunteer=newcomer, shift=last, offer_ends_at=timezone.now() - timedelta(minutes=1))

    page = page_of(english, newcomer.person)

    first, rest = page.split("Your next shift")
    assert (
        f"{timezone.localtime(offer.offer_ends_at):%H:%M}. Afterwards the next in the queue is asked."
        in first
    )
    assert offer.shift.get_absolute_url() in first
    assert gone.shift.get_absolute_url() not in first + rest


def test_a_shift_that_is_over_is_not_the_next_one(english, newcomer):
    signup = make_signup(volunteer=newcomer)

    with time_machine.travel(signup.shift.ends_at + timedelta(minutes=1)):
        page = page_of(english, newcomer.person)

    assert "No shift ahead" in page


def test_a_document_waits_until_it_is_decided(english, newcomer, volunteer):
    make_credential(volunteer=newcomer)

    assert "Lawyer&#x27;s licence" in page_of(english, newcomer.person)
    assert "No document is waiting." in page_of(english, volunteer.person)


def test_confirmed_hours_and_their_points_are_added_up(english, newcomer, manager):
    for days, minutes in ((3, 90), (2, 120)):
        shift = make_shift(starts_at=timezone.now() - timedelta(days=days))
        attendance.mark_came(make_signup(volunteer=newcomer, shift=shift), by=manager, minutes=minutes)

    page = page_of(english, newcomer.person)

    assert '<span class="figure">3.5</span> hours confirmed' in page
    assert '<span class="figure">35</span> points' in page
    assert page.count("Volunteer hours reward") == 2
    assert "+15" in page and "+20" in page
    assert "no cash value" in page


def test_somebody_who_is_not_a_volunteer_sees_points_and_how_to_join(english, stranger):
    make_points(points.account_of(stranger), 40)

    page = page_of(english, stranger)

    assert "Become a volunteer" in page
    assert "/volunteer/profile/" in page
    assert '<span class="figure">40</span> points' in page
    assert "hours confirmed" not in page


def test_the_last_five_messages_that_are_due_are_there_to_read(english, stranger):
    for number in range(6):
        write_to(stranger, number, due_at=timezone.now() - timedelta(hours=9 - number))
    write_to(stranger, 8, due_at=timezone.now() + timedelta(hours=1))
    write_to(make_user(), 9)

    page = page_of(english, stranger)

    assert [number for number in range(10) if f"Letter {number}." in page] == [1, 2, 3, 4, 5]
    assert "Bring your gloves." in page


def test_a_cancelled_message_was_never_sent_and_is_not_shown(english, stranger):
    write_to(stranger, 1)
    Message.objects.update(state=Message.State.CANCELLED)

    assert "Letter 1." not in page_of(english, stranger)


def test_the_account_can_be_changed_from_here(english, stranger):
    page = page_of(english, stranger)

    for path in ("/accounts/email/", "/accounts/phone/change/", "/accounts/password/change/", "/privacy/"):
        assert f'href="{path}"' in page
    assert 'action="/accounts/logout/"' in page
    assert f"You agreed on {timezone.localdate()} (version {settings.PRIVACY_RULES_VERSION})." in page


def test_somebody_without_a_password_is_offered_one(english, db):
    person = make_user(phone="+8613800000000", phone_verified=True)
    person.set_unusable_password()
    person.save()

    page = page_of(english, person)

    assert 'href="/accounts/password/set/"' in page
    assert "138&nbsp;0000&nbsp;0000" in page
    assert page.count("<h1") == 1


# The mailbox of the demo


def test_everybody_reads_the_mailbox_of_the_demo_newest_first(english, stranger):
    write_to(stranger, 1)
    write_to(stranger, 2)

    page = english.get("/mailbox/").content.decode()

    assert page.index("Letter 2.") < page.index("Letter 1.")
    assert f"to {stranger.address}" in page
    assert "Waiting" in page


@pytest.mark.parametrize("times", [1, 3])
def test_the_mailbox_asks_the_database_once(client, stranger, times, django_assert_num_queries):
    for number in range(times):
        write_to(stranger, number)

    with django_assert_num_queries(1):
        client.get("/mailbox/")


@pytest.mark.parametrize("name", ["MAILBOX", "DEMO"])
def test_where_messages_are_really_sent_there_is_no_mailbox(client, db, settings, name):
    setattr(settings, name, False)

    assert client.get("/mailbox/").status_code == 404
