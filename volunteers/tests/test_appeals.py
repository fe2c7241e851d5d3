"""Absences, excused or not, the pause after several, and how a volunteer says that a record is wrong."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from events.models import Message
from stations.refusals import Refusal
from volunteers import appeals, attendance, checks
from volunteers.models import Appeal, Signup
from volunteers.tests.factories import make_appeal, make_shift, make_signup

DAY = timedelta(days=1)


@pytest.fixture
def english(newcomer):
    newcomer.person.language = "en"
    newcomer.person.save()
    return newcomer


def over(volunteer, days=1):
    """A place on a shift of two hours, so many days ago."""
    shift = make_shift(station=volunteer.home_station, starts_at=timezone.now() - days * DAY)
    return make_signup(volunteer=volunteer, shift=shift)


def missed(volunteer, manager, *days):
    signups = [over(volunteer, ago) for ago in days]
    for signup in signups:
        attendance.mark_absent(signup, by=manager, reason="没有见到您")
    return signups


def refusal(verb, *args, **kw):
    with pytest.raises(Refusal) as refused:
        verb(*args, **kw)
    return refused.value.code


def paused_until(volunteer):
    volunteer.refresh_from_db()
    return volunteer.paused_until


def letters(prefix):
    return list(Message.objects.filter(key__startswith=prefix).order_by("pk"))


# Absences and the pause


def test_the_third_absence_within_ninety_days_begins_a_pause_and_the_letter_says_so(english, manager):
    first, second, third = missed(english, manager, 80, 40, 1)

    until = third.marked_at + 30 * DAY
    assert paused_until(english) == until
    shift = make_shift(station=english.home_station)
    assert checks.why_not(english, shift).code == "paused"
    *earlier, last = letters("absent:")
    assert f"before {timezone.localtime(until):%Y-%m-%d}" in last.body
    assert f"/volunteer/hours/{third.pk}/appeal/" in last.body
    assert [f"before {timezone.localtime(until):%Y-%m-%d}" in letter.body for letter in earlier] == [
        False
    ] * 2


@pytest.mark.parametrize("days", [(2, 1), (95, 2, 1), (200, 100, 1)])
def test_fewer_or_longer_ago_do_not(newcomer, manager, days):
    missed(newcomer, manager, *days)

    assert paused_until(newcomer) is None


def test_an_excuse_ends_the_pause(english, manager):
    signups = missed(english, manager, 3, 2, 1)

    attendance.mark_excused(signups[0], by=manager, reason="Thank you for calling.")

    assert paused_until(english) is None
    assert signups[0].attendance == Signup.Attendance.EXCUSED
    assert "Thank you for calling." in letters("excused:")[0].body


def test_who_was_there_after_all_does_not_pause(newcomer, manager):
    signups = missed(newcomer, manager, 3, 2, 1)

    attendance.mark_came(signups[1], by=manager)

    assert paused_until(newcomer) is None


def test_excused_absences_never_count(newcomer, manager):
    for days in (4, 3, 2, 1):
        attendance.mark_excused(over(newcomer, days), by=manager, reason="台风")

    assert paused_until(newcomer) is None


def test_confirmed_hours_are_not_taken_back_by_an_excuse(newcomer, manager):
    signup = over(newcomer)
    attendance.mark_came(signup, by=manager)

    assert refusal(attendance.mark_excused, signup, by=manager) == "hours_confirmed"


# Appeals


def submit(signup, about="absence", words="发烧了", minutes=None):
    return appeals.submit(signup.volunteer, signup, about=about, words=words, minutes=minutes)


def test_an_appeal_against_an_absence_is_upheld_by_an_excuse(english, manager):
    signup = missed(english, manager, 3, 2, 1)[2]
    appeal = submit(signup)

    appeals.uphold(appeal, by=manager)

    signup.refresh_from_db()
    assert (appeal.status, appeal.decided_by, signup.attendance) == ("upheld", manager, "excused")
    assert paused_until(english) is None
    assert "We have put right" in letters("appeal:")[0].body
    assert letters("excused:") == []


def test_who_was_there_gets_the_hours_that_she_says(newcomer, manager):
    [signup] = missed(newcomer, manager, 1)

    appeals.uphold(submit(signup, "hours", minutes=100), by=manager)

    signup.refresh_from_db()
    assert signup.attendance == "came"
    assert [line.minutes for line in signup.hours.all()] == [100]


def test_confirmed_hours_are_corrected(newcomer, manager):
    signup = over(newcomer)
    attendance.mark_came(signup, by=manager, minutes=60)

    appeals.uphold(submit(signup, "hours", minutes=120), by=manager, reason="您说得对")

    assert [line.minutes for line in signup.hours.order_by("pk")] == [60, -60, 120]
    assert (letters("corrected:"), len(letters("appeal:"))) == ([], 1)


def test_declining_needs_a_reason_that_the_volunteer_reads(english, manager):
    [signup] = missed(english, manager, 1)
    appeal = submit(signup)
    assert refusal(appeals.decline, appeal, by=manager, reason=" ") == "reason_needed"

    appeals.decline(appeal, by=manager, reason="Nobody saw you.")

    signup.refresh_from_db()
    assert (appeal.status, signup.attendance) == ("declined", "absent")
    assert "Nobody saw you." in letters("appeal:")[0].body


def test_an_appeal_is_decided_once(newcomer, manager):
    appeal = submit(missed(newcomer, manager, 1)[0])
    appeals.decline(appeal, by=manager, reason="没有人见到您")

    assert refusal(appeals.uphold, appeal, by=manager) == "decided"


def test_what_cannot_be_appealed_says_why(newcomer, volunteer, manager):
    signup = over(newcomer)
    assert refusal(submit, signup) == "not_marked"
    attendance.mark_came(signup, by=manager)
    assert refusal(submit, signup, "absence") == "not_absent"
    assert refusal(submit, signup, "hours", minutes=241) == "minutes"
    assert refusal(submit, signup, "hours", minutes=None) == "minutes"
    assert refusal(submit, signup, "hours", minutes=90, words=" ") == "words_needed"
    stranger = {"about": "hours", "words": "我", "minutes": 9}
    assert refusal(appeals.submit, volunteer, signup, **stranger) == "not_yours"

    submit(signup, "hours", minutes=90)

    assert refusal(submit, signup, "hours", minutes=90) == "pending"


# The pages


def test_the_page_has_each_shift_with_its_minutes_and_the_way_to_appeal(client, english, manager):
    came, unmarked, [absent] = over(english, 3), over(english, 2), missed(english, manager, 1)
    attendance.mark_came(came, by=manager, minutes=90)
    client.force_login(english.person)
    client.cookies["django_language"] = "en"

    page = client.get("/volunteer/hours/").content.decode()

    assert '<span class="figure">1.5</span>' in page and "90 minutes" in page
    assert [f"/volunteer/hours/{each.pk}/appeal/" in page for each in (came, unmarked, absent)] == [
        True,
        False,
        True,
    ]


def test_the_page_says_until_when_one_pauses(client, newcomer, manager):
    missed(newcomer, manager, 3, 2, 1)
    client.force_login(newcomer.person)

    assert client.get("/volunteer/hours/").context["paused_until"] == paused_until(newcomer)
    with time_machine.travel(timezone.now() + 31 * DAY):
        client.force_login(newcomer.person)
        assert client.get("/volunteer/hours/").context["paused_until"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    client, newcomer, manager, rows, django_assert_num_queries
):
    for days in range(rows):
        signup = over(newcomer, days + 1)
        attendance.mark_came(signup, by=manager)
        submit(signup, "hours", minutes=60)
    client.force_login(newcomer.person)

    with django_assert_num_queries(8):
        client.get("/volunteer/hours/")


def test_the_form_sends_the_appeal(client, newcomer, manager):
    [signup] = missed(newcomer, manager, 1)
    client.force_login(newcomer.person)
    url = reverse("volunteers:appeal", args=[signup.pk])

    wrong = client.post(url, {"about": "hours", "words": "我在"})
    sent = client.post(url, {"about": "hours", "words": "我在", "minutes": "100"})
    again = client.get(url)

    assert (wrong.status_code, sent.url) == (422, "/volunteer/hours/")
    appeal = Appeal.objects.get()
    assert (appeal.about, appeal.minutes, appeal.words) == ("hours", 100, "我在")
    assert again.context["refusal"].code == "pending"


def test_about_confirmed_hours_only_the_minutes_are_asked(client, newcomer, manager):
    signup = over(newcomer)
    attendance.mark_came(signup, by=manager)
    client.force_login(newcomer.person)

    client.post(reverse("volunteers:appeal", args=[signup.pk]), {"words": "少记了", "minutes": "150"})

    assert Appeal.objects.get().about == Appeal.About.HOURS


@pytest.mark.parametrize("choice", ["uphold", "decline"])
def test_the_list_leads_to_the_preview_at_the_desk(client, manager, station, choice):
    appeal = make_appeal(station=station)
    client.force_login(manager)

    answer = client.post(
        reverse("admin:volunteers_appeal_changelist"), {"action": choice, "_selected_action": [appeal.pk]}
    )

    assert answer.url == f"/admin/desk/appeal/preview/?choice={choice}&ids={appeal.pk}"
