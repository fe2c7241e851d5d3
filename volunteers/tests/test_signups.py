from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from events.models import Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_station, make_user
from volunteers import agreements, checks, reminders, signups
from volunteers.models import Credential, CredentialKind, ServiceKind, Shift, Signup
from volunteers.tests.factories import (
    make_credential,
    make_series,
    make_shift,
    make_signup,
    make_team,
    make_volunteer,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

PENDING, APPROVED, DECLINED, REVOKED = Credential.Status.values


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
    shown = checks.why_not(volunteer, Shift.objects.get(pk=shift.pk))
    with pytest.raises(Refusal) as refused:
        signups.sign_up(volunteer, shift)
    assert (refused.value.code, str(refused.value)) == (shown.code, str(shown))
    return refused.value.code


def in_the_tables(shift):
    """Places taken as counted, and the states of the sign-ups."""
    shift.refresh_from_db()
    return shift.taken, list(shift.signups.order_by("pk").values_list("status", flat=True))


def test_signing_up_takes_a_place_and_writes_a_confirmation(newcomer, shift):
    assert checks.why_not(newcomer, shift) is None

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
        assert checks.why_not(newcomer, shift) is None
    with time_machine.travel(shift.starts_at, tick=False):
        assert refusal(newcomer, shift) == "too_late"


def test_nobody_has_two_places_on_one_shift(newcomer, shift):
    signups.sign_up(newcomer, shift)

    assert refusal(newcomer, shift) == "already_signed_up"
    assert in_the_tables(shift) == (1, ["confirmed"])


def test_who_comes_to_a_full_shift_waits(newcomer, shift):
    for _n in range(2):
        make_signup(shift=shift)

    signup = signups.sign_up(newcomer, shift)

    assert (signup.status, signup.position) == ("waitlisted", 1)
    assert in_the_tables(shift) == (2, ["confirmed", "confirmed", "waitlisted"])
    assert refusal(newcomer, shift) == "already_waiting"


@pytest.mark.parametrize(
    ("kilometres", "minutes", "answer"), [(7, 20, "travel"), (7, 40, None), (0, 0, None)]
)
def test_between_two_stations_there_is_time_for_the_way(newcomer, shift, kilometres, minutes, answer):
    signups.sign_up(newcomer, shift)
    there = make_station(
        latitude=shift.station.latitude + kilometres / 111, longitude=shift.station.longitude
    )
    starts = shift.ends_at + timedelta(minutes=minutes)
    other = make_shift(station=there if kilometres else shift.station, kind="photo", starts_at=starts)

    shown = checks.why_not(newcomer, other)

    assert (shown and shown.code) == answer


def test_a_week_has_an_end(newcomer, station, settings):
    settings.SHIFTS_A_WEEK, settings.HOURS_A_WEEK = 2, 28
    with time_machine.travel(datetime(2026, 12, 4, 8, tzinfo=SHANGHAI)):
        monday = datetime(2026, 12, 7, 9, tzinfo=SHANGHAI)
        days = [make_shift(station=station, starts_at=monday + timedelta(days=n)) for n in (0, 3, 6, 7)]

        answers = [checks.why_not(newcomer, day) or signups.sign_up(newcomer, day) for day in days]

    assert [getattr(a, "code", "") or a.status for a in answers] == [
        "confirmed",
        "confirmed",
        "week_is_full",  # Sunday of the same week
        "confirmed",  # Monday of the next
    ]


def test_hours_of_a_week_have_an_end(newcomer, station, settings):
    settings.HOURS_A_WEEK = 3
    first = make_shift(station=station, starts_at=at_hour(9), ends_at=at_hour(11))
    signups.sign_up(newcomer, first)

    assert refusal(newcomer, make_shift(station=station, starts_at=at_hour(11), ends_at=at_hour(13))) == (
        "week_is_full"
    )
    hour = make_shift(station=station, kind="photo", starts_at=at_hour(11), ends_at=at_hour(12))
    assert checks.why_not(newcomer, hour) is None


def test_who_pauses_waits_until_then(newcomer, shift):
    newcomer.paused_until = shift.starts_at + timedelta(minutes=1)
    newcomer.save()
    assert refusal(newcomer, shift) == "paused"

    newcomer.paused_until = shift.starts_at
    newcomer.save()
    assert checks.why_not(newcomer, shift) is None


@pytest.mark.parametrize(
    ("agreed", "danger", "answer"),
    [(False, False, "guardian"), (True, False, None), (True, True, "minor"), (False, True, "minor")],
)
def test_the_young_come_with_consent_and_never_into_danger(newcomer, shift, agreed, danger, answer):
    """浙江省志愿服务条例 art. 9."""
    newcomer.minor_until = timezone.localdate() + timedelta(days=100)
    newcomer.guardian_name, newcomer.guardian_phone = "王妈妈", "+8613800000000"
    newcomer.guardian_agreed_at = timezone.now() if agreed else None
    newcomer.save()
    if danger:
        shift.agree_for = ["danger"]
        shift.save()

    shown = checks.why_not(newcomer, shift)

    assert (shown and shown.code) == answer


def test_on_the_eighteenth_birthday_nobody_asks_a_guardian(newcomer, shift):
    newcomer.minor_until = timezone.localdate(shift.starts_at)
    newcomer.guardian_name, newcomer.guardian_phone = "王妈妈", "+8613800000000"
    newcomer.save()

    assert checks.why_not(newcomer, shift) is None


@pytest.mark.parametrize(("days", "answer"), [(28, None), (31, None), (32, "agreement_required")])
def test_who_serves_longer_than_a_month_agrees_in_writing(newcomer, station, days, answer):
    """浙江省志愿服务条例 art. 21: it is the volunteer's service that lasts, however long the series."""
    series = make_series(station=station)
    first, later = (
        make_shift(station=station, series=series, starts_at=at_hour(9, days=n)) for n in (2, 2 + days)
    )

    signups.sign_up(newcomer, first)
    shown = checks.why_not(newcomer, later)

    assert (shown and shown.code) == answer
    if answer:
        agreements.sign(newcomer, later, text="…", name="新来的人")
        assert checks.why_not(newcomer, later) is None


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

    shown = checks.why_not(newcomer, other)

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

    assert checks.why_not(newcomer, shift) is None


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
        nothing = str(checks.why_not(newcomer, legal))
        make_credential(volunteer=newcomer, status=PENDING)
        waiting = str(checks.why_not(newcomer, legal))

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

    shown = checks.why_not(newcomer, legal)

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

    assert checks.why_not(newcomer, legal) is None


def test_a_document_of_somebody_else_does_not_count(volunteer, newcomer, legal):
    assert checks.why_not(volunteer, legal) is None
    assert refusal(newcomer, legal) == "credential_required"


# Giving a place back


def test_cancelling_frees_the_place_for_somebody_else(newcomer, volunteer, station):
    shift = make_shift(station=station, places=1)
    signups.sign_up(newcomer, shift)

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


def test_after_the_deadline_the_station_is_asked(newcomer, shift, manager):
    signup = signups.sign_up(newcomer, shift)
    Signup.objects.update(signed_up_at=timezone.now() - timedelta(days=1))
    with time_machine.travel(shift.starts_at - timedelta(hours=11)):
        with pytest.raises(Refusal) as refused:
            signups.cancel(newcomer, shift)
        signups.take_off(signup, by=manager, reason="家里有事")

    assert refused.value.code == "too_late"
    assert in_the_tables(shift) == (0, ["removed"])
    assert "家里有事" in Message.objects.get(key=f"removed:{signup.pk}").body


def test_a_tap_by_mistake_is_taken_back_even_late(newcomer, shift):
    with time_machine.travel(shift.starts_at - timedelta(hours=3)):
        signups.sign_up(newcomer, shift)
        assert signups.cancel(newcomer, shift) is True


# A team


@pytest.fixture
def riders(station):
    return make_team(*[make_volunteer(home_station=station) for _n in range(3)], station=station)


def people(team):
    return [membership.volunteer for membership in team.memberships.order_by("pk")]


def test_a_team_comes_together_and_each_is_told(riders, station):
    leader, *_others = people(riders)
    shift = make_shift(station=station, places=3)

    signed_up = signups.sign_up_team(leader, riders, people(riders), shift)

    assert in_the_tables(shift) == (3, ["confirmed"] * 3)
    assert len({signup.party for signup in signed_up}) == 1
    assert {signup.signed_up_by for signup in signed_up} == {leader}
    assert Message.objects.count() == 3


def test_where_one_of_a_team_cannot_nobody_is_signed_up(riders, station):
    leader, second, _third = people(riders)
    shift = make_shift(station=station, places=3)
    make_signup(volunteer=second, shift=make_shift(starts_at=shift.starts_at))

    with pytest.raises(Refusal) as refused:
        signups.sign_up_team(leader, riders, people(riders), shift)

    assert refused.value.code == "overlap"
    assert second.name in str(refused.value)
    assert in_the_tables(shift) == (0, [])


def test_a_team_that_does_not_fit_waits_together(riders, station):
    shift = make_shift(station=station, places=3)
    make_signup(shift=shift)

    signups.sign_up_team(people(riders)[0], riders, people(riders), shift)

    assert in_the_tables(shift) == (1, ["confirmed", *["waitlisted"] * 3])


def test_a_team_larger_than_the_shift_is_told_so(riders, shift):
    with pytest.raises(Refusal) as refused:
        signups.sign_up_team(people(riders)[0], riders, people(riders), shift)

    assert refused.value.code == "full"


def test_only_who_leads_signs_up_the_team_and_only_its_members(riders, shift, newcomer):
    leader, second, _third = people(riders)
    for who, whom, code in [(second, [leader], "not_leader"), (leader, [newcomer], "not_in_team")]:
        with pytest.raises(Refusal) as refused:
            signups.sign_up_team(who, riders, whom, shift)
        assert refused.value.code == code


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
