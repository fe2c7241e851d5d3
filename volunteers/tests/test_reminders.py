from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from events import messages
from events.models import Message
from volunteers import reminders, signups
from volunteers.models import Shift
from volunteers.tests.factories import make_shift, make_signup

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    """Two days before the shifts of this file; nothing in here may depend on today."""
    with time_machine.travel("2026-11-18T14:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def shift(now, station):
    return make_shift(station=station, starts_at=timezone.now() + timedelta(days=2))


@pytest.fixture
def signup(newcomer, shift):
    return signups.sign_up(newcomer, shift)


def reminded():
    """The sign-ups that have been reminded of, and the states of these messages."""
    found = Message.objects.filter(key__startswith="remind:").order_by("pk")
    return [(int(message.key.split(":")[1]), message.state) for message in found]


def test_a_shift_within_a_day_is_reminded_of(signup, now):
    now.shift(24 * HOUR)

    assert reminders.queue() == 1
    assert reminded() == [(signup.pk, "waiting")]


def test_a_shift_further_off_is_not_reminded_of_yet(signup, now):
    now.shift(24 * HOUR - timedelta(seconds=1))

    assert (reminders.queue(), reminded()) == (0, [])


def test_running_twice_writes_nothing_new(signup, now):
    now.shift(25 * HOUR)

    assert [reminders.queue(), reminders.queue()] == [1, 0]
    now.shift(22 * HOUR)
    assert reminders.queue() == 0
    assert reminded() == [(signup.pk, "waiting")]


def test_a_reminder_is_sent_once(signup, now, settings):
    settings.MAILBOX = False
    messages.send_due()
    now.shift(25 * HOUR)

    for _n in range(3):
        reminders.queue()
        messages.send_due()
        now.shift(HOUR)

    assert reminded() == [(signup.pk, "sent")]
    assert [letter.to for letter in mail.outbox] == [["newcomer@example.com"]] * 2  # confirmation, reminder


def test_a_reminder_says_what_when_and_where(newcomer, shift, now, station):
    newcomer.person.language = "en"
    newcomer.person.save()
    signups.sign_up(newcomer, shift)
    now.shift(25 * HOUR)
    reminders.queue()

    message = Message.objects.get(key__startswith="remind:")
    assert message.subject == "Reminder: Helper, Friday, 20 November 14:00"
    assert message.body.splitlines()[4:7] == [
        "Helper",
        "Friday, 20 November 14:00",
        f"{station.name} · {station.address}",
    ]


def test_a_shift_that_has_begun_is_not_reminded_of(signup, now):
    now.shift(48 * HOUR)

    assert (reminders.queue(), reminded()) == (0, [])


def test_a_cancelled_place_is_not_reminded_of(signup, newcomer, shift, now):
    signups.cancel(newcomer, shift)
    now.shift(25 * HOUR)

    assert (reminders.queue(), reminded()) == (0, [])


def test_a_shift_that_the_organiser_cancelled_is_not_reminded_of(signup, now):
    Shift.objects.update(status=Shift.Status.CANCELLED)
    now.shift(25 * HOUR)

    assert (reminders.queue(), reminded()) == (0, [])


def test_who_signs_up_within_the_day_is_reminded_two_hours_ahead(newcomer, shift, now):
    now.shift(30 * HOUR)
    signup = signups.sign_up(newcomer, shift)

    now.shift(16 * HOUR - timedelta(seconds=1))
    assert (reminders.queue(), reminded()) == (0, [])
    now.shift(timedelta(seconds=1))
    assert [reminders.queue(), reminders.queue()] == [1, 0]
    assert reminded() == [(signup.pk, "waiting")]


def test_who_signs_up_within_the_last_hours_has_just_read_it_all(newcomer, shift, now):
    now.shift(46 * HOUR + timedelta(seconds=1))
    signups.sign_up(newcomer, shift)

    for _n in range(4):
        now.shift(timedelta(minutes=29))
        assert reminders.queue() == 0
    assert reminded() == []


def test_a_moved_shift_is_reminded_of_again_at_its_new_time(signup, shift, now):
    now.shift(25 * HOUR)
    reminders.queue()
    messages.send_due()

    Shift.objects.filter(pk=shift.pk).update(
        starts_at=shift.starts_at - 3 * HOUR, ends_at=shift.ends_at - 3 * HOUR
    )
    counts = [reminders.queue(), reminders.queue()]

    assert counts == [1, 0]
    assert reminded() == [(signup.pk, "sent"), (signup.pk, "waiting")]


def test_who_cancelled_and_signed_up_again_is_reminded_again(signup, newcomer, shift, now):
    now.shift(25 * HOUR)
    reminders.queue()
    signups.cancel(newcomer, shift)
    again = signups.sign_up(newcomer, shift)

    now.shift(22 * HOUR)
    reminders.queue()

    assert reminded() == [(signup.pk, "cancelled"), (again.pk, "waiting")]


@pytest.mark.parametrize("count", [1, 3])
def test_everybody_on_the_shift_is_reminded(shift, now, count):
    Shift.objects.update(places=3)
    for _n in range(count):
        make_signup(shift=shift)
    now.shift(25 * HOUR)

    assert reminders.queue() == count
