from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from events.models import Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_user
from volunteers import reminders, signups
from volunteers.models import Credential, CredentialKind, ServiceKind, Shift, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

PENDING, APPROVED, DECLINED = Credential.Status.values


@pytest.fixture
def shift(station):
    """Tomorrow 14–16, two places, for helpers."""
    return make_shift(station=station)


@pytest.fixture
def legal(station):
    """Tomorrow 14–16, for lawyers."""
    return make_shift(station=station, kind=ServiceKind.LEGAL)


def refusal(volunteer, shift):
    """The one refusal that the disabled button shows and the verb raises."""
    shown = signups.why_not(volunteer, Shift.objects.get(pk=shift.pk))
    with pytest.raises(Refusal) as refused:
        signups.sign_up(volunteer, shift)
    assert (refused.value.code, str(refused.value)) == (shown.code, str(shown))
    return refused.value.code


def in_the_tables(shift):
    """Places taken as counted, and the states of the sign-ups."""
    shift.refresh_from_db()
    return shift.taken, list(shift.signups.order_by("pk").values_list("status", flat=True))


def test_signing_up_takes_a_place_and_writes_a_confirmation(newcomer, shift):
    assert signups.why_not(newcomer, shift) is None

    signup = signups.sign_up(newcomer, shift)

    message = Message.objects.get()
    assert (signup.volunteer, signup.shift, signup.attendance) == (newcomer, shift, "unknown")
    assert in_the_tables(shift) == (1, ["confirmed"])
    assert (message.key, message.person, message.address) == (
        f"signup:{signup.pk}",
        newcomer.person,
        "newcomer@example.com",
    )


def test_somebody_with_a_phone_only_gets_a_text_message(station, shift):
    volunteer = make_volunteer(person=make_user(phone="+8613800000000"), home_station=station)

    signups.sign_up(volunteer, shift)

    assert list(Message.objects.values_list("channel", "address")) == [("sms", "+8613800000000")]


# Who may not


@pytest.mark.parametrize("status", [Shift.Status.DRAFT, Shift.Status.CANCELLED])
def test_a_shift_that_is_not_published_is_not_open(newcomer, shift, status):
    Shift.objects.update(status=status)

    assert refusal(newcomer, shift) == "not_open"


def test_a_shift_that_has_begun_is_too_late(newcomer, shift):
    with time_machine.travel(shift.starts_at - timedelta(seconds=1), tick=False):
        assert signups.why_not(newcomer, shift) is None
    with time_machine.travel(shift.starts_at, tick=False):
        assert refusal(newcomer, shift) == "too_late"


def test_nobody_has_two_places_on_one_shift(newcomer, shift):
    signups.sign_up(newcomer, shift)

    assert refusal(newcomer, shift) == "already_signed_up"
    assert in_the_tables(shift) == (1, ["confirmed"])


def test_a_full_shift_is_full(newcomer, shift):
    for _n in range(2):
        make_signup(shift=shift)

    assert refusal(newcomer, shift) == "full"
    assert in_the_tables(shift) == (2, ["confirmed"] * 2)


def test_the_database_itself_refuses_an_overbooked_shift(shift):
    with pytest.raises(IntegrityError, match="shift_never_overbooked"), transaction.atomic():
        Shift.objects.update(taken=3)


@pytest.mark.parametrize(
    ("starts", "ends", "answer"),
    [
        (12, 14, None),  # one ends when the other begins
        (16, 18, None),
        (12, 15, "overlap"),
        (15, 17, "overlap"),
        (14, 16, "overlap"),
        (13, 17, "overlap"),
        (15, 16, "overlap"),
    ],
)
def test_two_shifts_of_one_volunteer_do_not_overlap(newcomer, shift, other_station, starts, ends, answer):
    signups.sign_up(newcomer, shift)
    other = make_shift(station=other_station, starts_at=at_hour(starts), ends_at=at_hour(ends))

    shown = signups.why_not(newcomer, other)

    assert (shown and shown.code) == answer
    if answer:
        assert refusal(newcomer, other) == "overlap"
        assert shift.station.name in str(shown)


def test_a_cancelled_shift_is_no_overlap(newcomer, shift, other_station):
    signups.sign_up(newcomer, shift)
    signups.cancel(newcomer, shift)

    signups.sign_up(newcomer, make_shift(station=other_station, starts_at=shift.starts_at))

    assert newcomer.signups.live().count() == 1


def test_somebody_else_at_that_time_is_no_overlap(newcomer, volunteer, shift):
    signups.sign_up(volunteer, shift)

    assert signups.why_not(newcomer, shift) is None


# Documents


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (ServiceKind.LEGAL, CredentialKind.LAWYER),
        (ServiceKind.COUNSELLING, CredentialKind.COUNSELLOR),
        (ServiceKind.CLINIC, CredentialKind.MEDICAL),
        (ServiceKind.HAIRCUT, None),
        (ServiceKind.PHOTO, None),
        (ServiceKind.TRAINING, None),
        (ServiceKind.HELPER, None),
    ],
)
def test_some_services_need_an_approved_document_of_their_kind(newcomer, station, kind, needed):
    shift = make_shift(station=station, kind=kind)
    others = [other for other in CredentialKind if other != needed]
    for other in others:
        make_credential(volunteer=newcomer, kind=other, status=APPROVED)

    if needed:
        assert refusal(newcomer, shift) == "credential_required"
        make_credential(volunteer=newcomer, kind=needed, status=APPROVED)

    assert signups.sign_up(newcomer, shift).status == "confirmed"


def test_a_document_under_review_has_a_sentence_of_its_own(newcomer, legal):
    with translation.override("en"):
        nothing = str(signups.why_not(newcomer, legal))
        make_credential(volunteer=newcomer, status=PENDING)
        waiting = str(signups.why_not(newcomer, legal))

    assert nothing == (
        "This shift needs an approved document: Lawyer's licence. Please upload yours on “What I can do”."
    )
    assert waiting == "Your document is still under review. We will tell you as soon as it is approved."
    assert refusal(newcomer, legal) == "credential_required"


def test_a_declined_document_is_none(newcomer, legal):
    make_credential(volunteer=newcomer, status=DECLINED)

    assert refusal(newcomer, legal) == "credential_required"


@pytest.mark.parametrize(("days", "answer"), [(-1, "credential_required"), (0, None), (30, None)])
def test_a_document_must_be_valid_until_the_shift_ends(newcomer, legal, days, answer):
    last_day = timezone.localdate(legal.ends_at)
    make_credential(volunteer=newcomer, status=APPROVED, valid_to=last_day + timedelta(days=days))

    shown = signups.why_not(newcomer, legal)

    assert (shown and shown.code) == answer


def test_a_document_that_ends_during_a_night_shift_is_refused(newcomer, station):
    night = make_shift(
        station=station, kind=ServiceKind.LEGAL, starts_at=at_hour(22), ends_at=at_hour(2, days=2)
    )
    make_credential(volunteer=newcomer, status=APPROVED, valid_to=timezone.localdate(night.starts_at))

    assert refusal(newcomer, night) == "credential_required"


def test_one_valid_document_beside_an_expired_one_is_enough(newcomer, legal):
    make_credential(volunteer=newcomer, status=APPROVED, valid_to=timezone.localdate() - timedelta(days=1))
    make_credential(volunteer=newcomer, status=APPROVED)

    assert signups.why_not(newcomer, legal) is None


def test_a_document_of_somebody_else_does_not_count(volunteer, newcomer, legal):
    assert signups.why_not(volunteer, legal) is None
    assert refusal(newcomer, legal) == "credential_required"


# Giving a place back


def test_cancelling_frees_the_place_for_somebody_else(newcomer, volunteer, station):
    shift = make_shift(station=station, places=1)
    signups.sign_up(newcomer, shift)
    assert refusal(volunteer, shift) == "full"

    assert signups.cancel(newcomer, shift) is True

    signups.sign_up(volunteer, shift)
    assert in_the_tables(shift) == (1, ["cancelled", "confirmed"])
    assert newcomer.signups.get().cancelled_at is not None


def test_cancelling_twice_frees_one_place(newcomer, shift):
    make_signup(shift=shift)
    signups.sign_up(newcomer, shift)

    assert [signups.cancel(newcomer, shift), signups.cancel(newcomer, shift)] == [True, False]
    assert in_the_tables(shift) == (1, ["confirmed", "cancelled"])


def test_who_has_no_place_gives_none_back(newcomer, shift):
    make_signup(shift=shift)

    assert signups.cancel(newcomer, shift) is False
    assert in_the_tables(shift) == (1, ["confirmed"])


def test_once_a_shift_has_begun_nobody_cancels(newcomer, shift):
    signups.sign_up(newcomer, shift)

    with time_machine.travel(shift.starts_at), pytest.raises(Refusal) as refused:
        signups.cancel(newcomer, shift)

    assert refused.value.code == "too_late"
    assert in_the_tables(shift) == (1, ["confirmed"])


def test_cancelling_silences_the_reminder_that_waits(newcomer, shift):
    signup = signups.sign_up(newcomer, shift)
    Signup.objects.update(signed_up_at=timezone.now() - timedelta(days=1))
    with time_machine.travel(shift.starts_at - timedelta(hours=20)):
        reminders.queue()
        signups.cancel(newcomer, shift)

    reminder = Message.objects.get(key__startswith=f"remind:{signup.pk}:")
    assert reminder.state == "cancelled"


def test_who_cancelled_may_sign_up_again_and_is_written_again(newcomer, shift):
    first = signups.sign_up(newcomer, shift)
    signups.cancel(newcomer, shift)

    second = signups.sign_up(newcomer, shift)

    assert in_the_tables(shift) == (1, ["cancelled", "confirmed"])
    assert list(Message.objects.order_by("pk").values_list("key", flat=True)) == [
        f"signup:{first.pk}",
        f"signup:{second.pk}",
    ]
