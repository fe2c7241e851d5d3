"""Documents that are taken back or run out: no path goes round them, and nobody is dropped in silence."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Message
from events.tests.factories import at_hour
from stations.models import HistoryLine
from stations.refusals import Refusal
from stations.tests.factories import make_posting, make_user
from volunteers import checks, ciphers, credentials, expiry, tasks
from volunteers.models import Credential, Signup
from volunteers.tests.factories import (
    LAWYER_NUMBER,
    make_credential,
    make_offer,
    make_shift,
    make_signup,
    make_volunteer,
)

PENDING, APPROVED, DECLINED, REVOKED = Credential.Status.values
LIST = "admin:volunteers_credential_changelist"


@pytest.fixture
def licence(volunteer):
    volunteer.person.language = "en"
    volunteer.person.save()
    return volunteer.credentials.get()


def legal(station, days=3, **kw):
    return make_shift(station=station, kind="legal", starts_at=at_hour(14, days=days), **kw)


def lasting(volunteer, days, **kw):
    """A licence that is good for so many days more."""
    volunteer.credentials.all().delete()
    last_day = timezone.localdate() + timedelta(days=days)
    return make_credential(volunteer=volunteer, status=APPROVED, valid_to=last_day, **kw)


def flagged():
    return set(credentials.unqualified(Signup.objects.all()))


# Taken back


def test_a_document_taken_back_flags_the_places_that_need_it_and_keeps_them(
    licence, volunteer, station, manager
):
    needs = make_signup(volunteer=volunteer, shift=legal(station))
    make_signup(volunteer=volunteer, shift=make_shift(station=station, starts_at=at_hour(9)))

    found = credentials.revoke(licence, by=manager, reason=" 执业证被注销 ")

    licence.refresh_from_db()
    needs.refresh_from_db()
    assert (found, flagged(), needs.status) == ([needs], {needs}, Signup.Status.CONFIRMED)
    assert (licence.status, licence.reason, licence.decided_by) == (REVOKED, "执业证被注销", manager)
    assert checks.why_not(volunteer, legal(station, days=9)).code == "credential_required"


def test_the_volunteer_and_every_station_are_told(licence, volunteer, station, other_station, manager):
    other = make_user(name="李站长")
    make_posting(other, other_station)
    make_signup(volunteer=volunteer, shift=legal(station))
    make_signup(volunteer=volunteer, shift=legal(other_station, days=5))

    credentials.revoke(licence, by=manager, reason="执业证被注销")

    told = {message.person: message.body for message in Message.objects.all()}
    assert set(told) == {volunteer.person, manager, other}
    assert "执业证被注销" in told[volunteer.person]
    assert [station.name in told[who] for who in (volunteer.person, manager, other)] == [True, True, False]
    assert other_station.name in told[other]


def test_nothing_is_taken_back_without_a_reason_or_twice(licence, manager):
    codes = []
    for reason in (" ", "错了", "再来"):
        try:
            credentials.revoke(licence, by=manager, reason=reason)
        except Refusal as refusal:
            codes.append(refusal.code)

    assert codes == ["reason_needed", "not_approved"]
    line = HistoryLine.objects.filter(model="volunteers.credential").latest("pk")
    assert (line.person, line.reason, line.changes) == (manager, "错了", [["status", APPROVED, REVOKED]])


def test_another_good_document_of_the_kind_keeps_the_places_good(licence, volunteer, station, manager):
    make_signup(volunteer=volunteer, shift=legal(station))
    make_credential(volunteer=volunteer, status=APPROVED, number="13301201810654321")

    assert credentials.revoke(licence, by=manager, reason="换了新证") == []


@pytest.mark.parametrize(
    ("span", "is_flagged"),
    [
        ({}, False),
        ({"valid_to": 3}, False),
        ({"valid_to": 2}, True),
        ({"valid_from": 3}, False),
        ({"valid_from": 4}, True),
        ({"status": PENDING}, True),
        ({"kind": "medical"}, True),
    ],
)
def test_a_place_is_good_while_a_document_holds_from_its_first_to_its_last_day(
    newcomer, station, span, is_flagged
):
    today = timezone.localdate()
    days = {name: today + timedelta(days=day) if isinstance(day, int) else day for name, day in span.items()}
    make_credential(volunteer=newcomer, **{"status": APPROVED, **days})
    shift = legal(station)
    signup = make_signup(volunteer=newcomer, shift=shift)

    assert (signup in flagged()) == is_flagged
    assert (checks.first_refusal([checks.check_credential], newcomer, shift) is not None) == is_flagged


def test_offers_are_flagged_and_what_is_over_or_ended_is_not(newcomer, station):
    offer = make_offer(volunteer=newcomer, shift=legal(station, days=2))
    make_signup(volunteer=newcomer, shift=legal(station, days=4), status=Signup.Status.CANCELLED)
    make_signup(volunteer=newcomer, shift=legal(station, days=-4))
    make_signup(volunteer=newcomer, shift=legal(station, days=6, status="cancelled"))

    assert flagged() == {offer}


def test_a_document_that_only_this_shift_asks_for_counts_too(newcomer, station):
    shift = make_shift(station=station, extra_credential="medical")
    signup = make_signup(volunteer=newcomer, shift=shift)

    assert flagged() == {signup}


# In the workplace


def test_taking_back_asks_why_first(client, licence, manager):
    client.force_login(manager)
    asked = {"action": "withdraw", "_selected_action": [licence.pk]}

    page = client.post(reverse(LIST), asked)
    empty = client.post(reverse(LIST), {**asked, "reason": " "})
    unchanged = Credential.objects.get(pk=licence.pk).status
    done = client.post(reverse(LIST), {**asked, "reason": "执业证被注销"})

    licence.refresh_from_db()
    assert (page.status_code, empty.status_code, done.status_code) == (200, 422, 302)
    assert (unchanged, licence.status) == (APPROVED, REVOKED)


@pytest.mark.parametrize("who", ["other_manager", "auditor"])
def test_others_take_nothing_back(request, client, licence, who):
    client.force_login(request.getfixturevalue(who))

    client.post(reverse(LIST), {"action": "withdraw", "_selected_action": [licence.pk], "reason": "不行"})

    licence.refresh_from_db()
    assert licence.status == APPROVED


def test_places_without_a_document_are_found_and_marked_in_the_roster(client, newcomer, station, manager):
    lacking = make_signup(volunteer=newcomer, shift=legal(station))
    make_signup(volunteer=newcomer, shift=make_shift(station=station, starts_at=at_hour(9)))
    client.force_login(manager)

    listed = client.get(reverse("admin:volunteers_signup_changelist"), {"document": "lacking"})
    roster = client.get(reverse("admin:volunteers_shift_change", args=[lacking.shift.pk]))

    assert list(listed.context["cl"].queryset) == [lacking]
    assert 'class="lacking"' in roster.content.decode()


@pytest.mark.parametrize(
    ("typed", "is_found"), [(LAWYER_NUMBER, True), ("13301 2018 1012 3456", True), ("1330120181", False)]
)
def test_only_the_whole_number_finds_its_document(client, licence, manager, typed, is_found):
    client.force_login(manager)

    page = client.get(reverse(LIST), {"q": typed})

    assert (licence in page.context["cl"].queryset) == is_found


# Running out


def letters_of(person):
    return [message.key for message in Message.objects.filter(person=person).order_by("pk")]


def test_each_reminder_is_written_once_sixty_fourteen_and_one_days_before(volunteer, time_machine):
    licence = lasting(volunteer, days=70)
    now, found = timezone.now(), []

    for day in (0, 9, 10, 11, 55, 56, 57, 69, 70, 71):
        time_machine.move_to(now + timedelta(days=day))
        for _twice in range(2):
            tasks.remind_of_expiry()
        found.append(len(letters_of(volunteer.person)))

    assert found == [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
    assert letters_of(volunteer.person) == [f"expiring:{licence.pk}:{days}" for days in (60, 14, 1)]


def test_who_has_renewed_or_sent_a_newer_one_is_left_in_peace(volunteer, newcomer, station):
    lasting(volunteer, days=10)
    make_credential(volunteer=volunteer, status=APPROVED, number="13301201810654321")
    make_credential(volunteer=newcomer, status=APPROVED, valid_to=timezone.localdate())
    make_credential(volunteer=newcomer)

    assert expiry.remind() == 0


def test_the_station_hears_on_the_last_day_where_a_place_depends_on_it(volunteer, station, manager):
    lasting(volunteer, days=1)
    free = lasting(make_volunteer(home_station=station), days=1, number="13301201810654321")
    make_signup(volunteer=volunteer, shift=legal(station, days=3))

    expiry.remind()

    assert [volunteer.name in message.body for message in Message.objects.filter(person=manager)] == [True]
    assert len(letters_of(free.volunteer.person)) == 1


# The number (kept encrypted)


def test_numbers_are_read_and_found_after_a_new_key_is_put_in_front(settings, newcomer):
    settings.FIELD_KEYS = ["old"]
    credential = make_credential(volunteer=newcomer)
    settings.FIELD_KEYS = ["new", "old"]

    again = Credential.objects.get()
    newer = make_credential(volunteer=make_volunteer())

    assert again.number == newer.number == LAWYER_NUMBER
    assert credential.number_digest == newer.number_digest == ciphers.digest(LAWYER_NUMBER)


def test_the_number_stands_nowhere_in_the_clear(client, licence, manager, caplog):
    credentials.revoke(licence, by=manager, reason="执业证被注销")
    client.force_login(manager)
    pages = [
        reverse(LIST),
        reverse("admin:volunteers_credential_export", args=["csv"]),
        reverse("admin:volunteers_credential_change", args=[licence.pk]),
        reverse("admin:volunteers_credential_history", args=[licence.pk]),
    ]

    read = [b"".join(client.get(page)).decode() for page in pages]
    rows = [*licence.history.values(), *HistoryLine.objects.values(), *Message.objects.values()]

    assert [page for page, text in zip(pages, read, strict=True) if LAWYER_NUMBER in text] == []
    assert [row for row in rows if LAWYER_NUMBER in str(row)] == []
    assert LAWYER_NUMBER not in caplog.text
