"""A gap is filled by asking those whom it suits, and nobody is asked too often."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_station, make_user
from volunteers import invitations
from volunteers.models import Circumstance, Credential, Invitation, ServiceKind, Shift, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer
from volunteers.tests.reading import reader, words


@pytest.fixture(autouse=True)
def on_a_monday():
    """The gap is on Tuesday from 14 to 16; a minute in tests is no minute of the week."""
    with time_machine.travel("2026-11-23 08:00 +0800", tick=False):
        yield


@pytest.fixture
def gap(station):
    return make_shift(station=station, places=3, needed=2)


@pytest.fixture
def willing(station):
    """Somebody of the station who could come."""
    return make_volunteer(person=make_user(name="陈阿姨"), home_station=station)


def suited(shift):
    return [each.volunteer for each in invitations.suitable(shift)]


def at(station, km):
    """A station so many kilometres to the north."""
    place = {"latitude": station.latitude + km / 111.2, "longitude": station.longitude}
    return make_station(organisation=station.organisation, **place)


def page_of(shift):
    return reverse("admin:volunteers_shift_invite", args=[shift.pk])


# Who suits


def test_who_could_come_is_found(gap, willing):
    assert suited(gap) == [willing]


def test_who_offers_another_service_is_not(gap, willing):
    willing.services = [ServiceKind.HAIRCUT.value]
    willing.save()

    assert suited(gap) == []


@pytest.mark.parametrize(
    ("status", "valid_to", "suits"),
    [
        (Credential.Status.APPROVED, None, True),
        (Credential.Status.APPROVED, date(2026, 11, 25), True),
        (Credential.Status.APPROVED, date(2026, 11, 24), False),
        (Credential.Status.PENDING, None, False),
        (Credential.Status.REVOKED, None, False),
    ],
)
def test_a_document_is_valid_to_the_end_of_the_shift(station, status, valid_to, suits):
    """Over midnight it has to hold on the second day too (律师法 art. 13)."""
    night = make_shift(station=station, kind=ServiceKind.LEGAL, starts_at=at_hour(23))
    lawyer = make_volunteer(home_station=station, services=[ServiceKind.LEGAL.value])
    make_credential(volunteer=lawyer, status=status, valid_to=valid_to)

    assert suited(night) == ([lawyer] if suits else [])


def elsewhere(volunteer, gap):
    make_signup(volunteer=volunteer, shift=make_shift(starts_at=gap.starts_at + timedelta(hours=1)))


def too_far_on_the_way(volunteer, gap):
    far = at(gap.station, km=40)
    make_signup(volunteer=volunteer, shift=make_shift(station=far, starts_at=gap.ends_at))


def week_is_full(volunteer, gap):
    for day in range(7):
        starts_at = at_hour(6, days=day) if day else at_hour(20, days=0)
        make_signup(volunteer=volunteer, shift=make_shift(station=gap.station, starts_at=starts_at))


def waits_already(volunteer, gap):
    make_signup(volunteer=volunteer, shift=gap, status=Signup.Status.WAITLISTED)


def pauses(volunteer, gap):
    volunteer.paused_until = gap.starts_at + timedelta(days=1)


def is_asked_already(volunteer, gap):
    Invitation.objects.create(volunteer=volunteer, shift=gap, invited_by=volunteer.person)


def has_three_open_invitations(volunteer, gap):
    for _each in range(3):
        Invitation.objects.create(volunteer=volunteer, shift=make_shift(), invited_by=volunteer.person)


def lives_far_away(volunteer, gap):
    volunteer.home_station = at(gap.station, km=25)


def has_no_consent(volunteer, gap):
    volunteer.minor_until = date(2027, 5, 1)
    volunteer.guardian_name, volunteer.guardian_phone = "母亲", "13900000000"


REASONS = [elsewhere, too_far_on_the_way, week_is_full, waits_already, pauses, is_asked_already]
REASONS += [has_three_open_invitations, lives_far_away, has_no_consent]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_who_cannot_or_should_not_be_asked_is_left_out(gap, willing, reason):
    reason(willing, gap)
    willing.save()

    assert suited(gap) == []


def test_a_minor_with_consent_is_asked_for_anything_but_dangerous_work(gap, willing):
    """浙江省志愿服务条例 art. 9."""
    has_no_consent(willing, gap)
    willing.guardian_agreed_at = timezone.now()
    willing.save()
    dangerous = make_shift(station=gap.station, agree_for=[Circumstance.DANGER], starts_at=at_hour(9))

    assert (suited(gap), suited(dangerous)) == ([willing], [])


@pytest.mark.parametrize("days", [8, 0])
def test_invitations_that_are_old_or_over_do_not_count(gap, willing, days):
    over = make_shift(starts_at=at_hour(9, days=-1)) if days == 0 else make_shift()
    for _each in range(3):
        shift = over if days == 0 else make_shift(station=over.station)
        Invitation.objects.update_or_create(
            volunteer=willing,
            shift=shift,
            defaults={
                "invited_by": willing.person,
                "invited_at": timezone.now() - timedelta(days=days, hours=1),
            },
        )

    assert suited(gap) == [willing]


# In which order


def test_usually_free_comes_before_near_and_near_before_a_fair_share(gap, station):
    far, near = at(station, km=8), at(station, km=1)
    usual = make_volunteer(home_station=far, availability=["2pm"])
    busy = make_volunteer(home_station=near)
    fresh = make_volunteer(home_station=near)
    distant = make_volunteer(home_station=far)
    make_signup(volunteer=busy, shift=make_shift(starts_at=timezone.now() - timedelta(days=20)))

    assert suited(gap) == [usual, fresh, busy, distant]


def test_of_two_alike_who_was_asked_longer_ago_comes_first(gap, station):
    lately, never, long_ago = (make_volunteer(home_station=station) for _each in range(3))
    for volunteer, days in ((lately, 2), (long_ago, 30)):
        Invitation.objects.create(
            volunteer=volunteer,
            shift=make_shift(),
            invited_by=volunteer.person,
            invited_at=timezone.now() - timedelta(days=days),
        )

    assert suited(gap) == [never, long_ago, lately]


def test_shifts_longer_ago_than_three_months_are_not_held_against_anybody(gap, willing):
    make_signup(volunteer=willing, shift=make_shift(starts_at=timezone.now() - timedelta(days=100)))
    make_signup(volunteer=willing, shift=make_shift(starts_at=timezone.now() - timedelta(days=50)))

    assert [each.given for each in invitations.suitable(gap)] == [1]


def test_many_volunteers_ask_no_more_questions_than_one(gap, station, willing):
    counts = []
    for many in (1, 30):
        for _each in range(many - 1):
            make_volunteer(home_station=station)
        with CaptureQueriesContext(connection) as asked:
            found = suited(gap)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 8
    assert len(found) == 20


# Inviting


def test_who_is_invited_gets_a_letter_with_the_way_to_the_shift(gap, willing, manager):
    written = invitations.invite(gap, [willing], by=manager)

    letter = Message.objects.get(key=f"invite:{written[0].pk}")
    assert letter.person == willing.person
    assert gap.get_absolute_url() in letter.body
    assert (written[0].shift, written[0].volunteer, written[0].invited_by) == (gap, willing, manager)


def test_nobody_is_asked_twice(gap, willing, manager):
    first = invitations.invite(gap, [willing], by=manager)
    again = invitations.invite(gap, [willing], by=manager)

    assert (len(first), again) == (1, [])
    assert Invitation.objects.count() == Message.objects.filter(key__startswith="invite:").count() == 1


def test_whose_week_has_filled_up_since_the_list_was_read_is_not_asked(gap, willing, manager, settings):
    settings.SHIFTS_A_WEEK = 1
    make_signup(volunteer=willing, shift=make_shift(starts_at=gap.starts_at + timedelta(hours=5)))

    assert invitations.invite(gap, [willing], by=manager) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("not_open", {"status": Shift.Status.DRAFT}),
        ("not_open", {"status": Shift.Status.CANCELLED}),
        ("too_late", {"starts_at": timezone.make_aware(timezone.datetime(2026, 11, 23, 7))}),
        ("full", {"places": 1, "needed": 1}),
    ],
)
def test_nobody_is_invited_where_nobody_can_sign_up(gap, willing, manager, code, change):
    make_signup(shift=gap)
    Shift.objects.filter(pk=gap.pk).update(**change)

    with pytest.raises(Refusal) as refused:
        invitations.invite(gap, [willing], by=manager)

    assert refused.value.code == code
    assert not Invitation.objects.exists()


def test_a_free_place_that_goes_to_who_waits_is_no_reason_to_ask(gap, willing, manager):
    Shift.objects.filter(pk=gap.pk).update(places=1, needed=1)
    make_signup(shift=gap, status=Signup.Status.WAITLISTED)

    with pytest.raises(Refusal) as refused:
        invitations.invite(gap, [willing], by=manager)

    assert refused.value.code == "full"


# The page


def test_a_manager_invites_from_the_gap(gap, willing, manager):
    english = reader()
    english.force_login(manager)

    page = english.get(page_of(gap))
    answer = english.post(page_of(gap), {"volunteer": [willing.pk]}, follow=True)

    assert "陈阿姨 at home here" in words(page) and "0 shifts in 90 days" in words(page)
    assert "1 has been invited so far" in words(answer)
    assert Invitation.objects.get().volunteer == willing


def test_nobody_ticked_is_said(client, gap, willing, manager):
    client.force_login(manager)

    answer = client.post(page_of(gap), {})

    assert answer.status_code == 422
    assert answer.context["problem"].code == "nobody"


def test_who_has_just_gone_elsewhere_is_not_written_to(client, gap, willing, manager):
    client.force_login(manager)
    elsewhere(willing, gap)

    client.post(page_of(gap), {"volunteer": [willing.pk]})

    assert not Invitation.objects.exists()


def test_a_volunteer_of_another_station_is_named_by_the_first_sign(client, gap, station, manager):
    neighbour = make_volunteer(person=make_user(name="沈师傅"), home_station=at(station, km=1))
    client.force_login(manager)

    page = client.get(page_of(gap)).content.decode()

    assert "沈**" in page and "沈师傅" not in page
    client.post(page_of(gap), {"volunteer": [neighbour.pk]})
    assert Invitation.objects.get().volunteer == neighbour


@pytest.mark.parametrize("who", ["auditor", "other_manager"])
def test_only_the_counter_of_the_station_invites(request, client, gap, willing, who):
    client.force_login(request.getfixturevalue(who))

    statuses = [client.get(page_of(gap)).status_code, client.post(page_of(gap), {"volunteer": willing.pk})]

    assert (statuses[0], statuses[1].status_code) == (404, 404)
    assert not Invitation.objects.exists()
