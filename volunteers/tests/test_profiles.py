"""The profile: only what is needed, and a guardian for those under 18."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stations.models import HistoryLine
from stations.refusals import Refusal
from volunteers import checks, forms, profiles
from volunteers.models import Volunteer
from volunteers.tests.factories import make_shift, make_volunteer
from volunteers.tests.reading import reader, words

PROFILE = "/volunteer/profile/"
GUARDIAN = {"guardian_name": "周女士", "guardian_phone": "138 0000 0001"}


@pytest.fixture
def client(db):
    return reader()


@pytest.fixture
def minor(newcomer):
    """Sixteen years old; the guardian has not agreed yet."""
    return profiles.save(
        newcomer.person,
        minor_until=timezone.localdate() + timedelta(days=730),
        guardian_name="周女士",
        guardian_phone="+8613800000001",
    )


def sixteen():
    today = timezone.localdate()
    return today.replace(year=today.year - 16, day=1)


def filled(station, **kw):
    return {"name": "小周", "services": ["helper"], "home_station": station.pk, **kw}


# What everybody may say


def test_a_number_that_somebody_has_is_drawn_again(stranger, station, monkeypatch):
    other = make_volunteer(number="1000000007")
    drawn = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _below: next(drawn))

    joined = profiles.save(stranger, name="新来的人", home_station=station, services=["helper"])

    assert (other.number, joined.number) == ("1000000007", "1000000008")


def test_skills_and_times_are_kept_and_shown_again(client, newcomer, station):
    client.force_login(newcomer.person)

    client.post(PROFILE, filled(station, skills="手语", availability=["1am", "7eve"]))
    page = client.get(PROFILE)

    newcomer.refresh_from_db()
    assert (newcomer.skills, newcomer.availability) == ("手语", ["1am", "7eve"])
    assert re.findall(r'name="availability" value="(\w+)"[^>]* checked', page.content.decode()) == [
        "1am",
        "7eve",
    ]


def test_each_box_of_the_week_has_a_name_of_its_own(client, newcomer):
    client.force_login(newcomer.person)

    names = re.findall(r'name="availability"[^>]* aria-label="([^"]+)"', client.get(PROFILE).content.decode())

    assert len(set(names)) == 21
    assert names[0] == "Monday morning"


def test_the_volunteer_number_stands_on_the_profile(client, newcomer):
    client.force_login(newcomer.person)

    assert newcomer.number in words(client.get(PROFILE))


def test_of_an_adult_neither_birthday_nor_guardian_is_kept(client, newcomer, station):
    client.force_login(newcomer.person)

    client.post(PROFILE, filled(station, birthday="1990-05-01", **GUARDIAN))

    newcomer.refresh_from_db()
    assert (newcomer.minor_until, newcomer.guardian_name, newcomer.guardian_phone) == (None, "", "")


# Under 18


def test_of_a_minor_the_eighteenth_birthday_and_the_guardian_are_kept(client, newcomer, station):
    client.force_login(newcomer.person)
    birthday = sixteen()

    client.post(PROFILE, filled(station, birthday=f"{birthday}", **GUARDIAN))
    page = client.get(PROFILE)

    newcomer.refresh_from_db()
    assert newcomer.minor_until == birthday.replace(year=birthday.year + 18)
    assert (newcomer.guardian_name, newcomer.guardian_phone) == ("周女士", "+8613800000001")
    assert f'value="{birthday}"' in page.content.decode()
    assert "Your guardian has to agree before your first shift." in words(page)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"birthday": "sixteen"}, {"guardian_name", "guardian_phone"}),
        ({"birthday": "sixteen", **GUARDIAN, "guardian_phone": "123"}, {"guardian_phone"}),
        (GUARDIAN, {"birthday"}),
        ({"birthday": "2099-01-01", **GUARDIAN}, {"birthday"}),
    ],
)
def test_a_minor_without_birthday_or_guardian_is_not_saved(client, newcomer, station, values, wrong):
    client.force_login(newcomer.person)
    if values.get("birthday") == "sixteen":
        values = {**values, "birthday": f"{sixteen()}"}

    page = client.post(PROFILE, filled(station, **values))

    assert page.status_code == 422
    assert set(page.context["form"].errors) == wrong


def test_who_is_born_on_a_leap_day_comes_of_age_on_the_first_of_march():
    assert f"{forms.years_after(timezone.datetime(2008, 2, 29).date(), 18)}" == "2026-03-01"


def test_the_database_itself_wants_a_guardian_for_a_minor(newcomer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Volunteer.objects.filter(pk=newcomer.pk).update(minor_until=timezone.localdate())


def test_nobody_makes_herself_older(client, minor, station):
    client.force_login(minor.person)

    page = client.post(PROFILE, filled(station))

    minor.refresh_from_db()
    assert (page.status_code, minor.minor_until is not None) == (422, True)
    assert "please ask your home station" in words(page)


def test_who_has_come_of_age_loses_what_was_kept_for_it(client, minor, station, time_machine):
    client.force_login(minor.person)
    time_machine.move_to(timezone.now() + timedelta(days=800))
    client.force_login(minor.person)

    page = client.get(PROFILE)
    client.post(PROFILE, filled(station))

    minor.refresh_from_db()
    assert 'name="birthday" value' not in page.content.decode()
    assert (minor.minor_until, minor.guardian_name, minor.guardian_phone) == (None, "", "")


def test_what_was_kept_of_a_minor_is_forgotten_on_the_birthday(minor, time_machine):
    before = profiles.forget_guardians()
    time_machine.move_to(timezone.now() + timedelta(days=730))

    assert (before, profiles.forget_guardians()) == (0, 1)
    minor.refresh_from_db()
    assert (minor.minor_until, minor.guardian_name, minor.guardian_phone) == (None, "", "")


# Consent (浙江省志愿服务条例 art. 9)


def test_the_station_notes_the_consent_and_the_minor_may_come(minor, manager):
    shift = make_shift()
    before = checks.why_not(minor, shift)

    noted = profiles.note_guardian_consent(minor, by=manager)

    assert (before.code, checks.why_not(noted, shift)) == ("guardian", None)
    assert noted.guardian_seen_by == manager
    line = HistoryLine.objects.filter(model="volunteers.volunteer").latest("pk")
    assert (line.person, {name for name, _old, _new in line.changes}) == (
        manager,
        {"guardian_agreed_at", "guardian_seen_by"},
    )


def test_another_guardian_has_to_agree_anew(client, minor, manager, station):
    profiles.note_guardian_consent(minor, by=manager)
    client.force_login(minor.person)
    birthday = forms.birthday_of(minor)

    client.post(PROFILE, filled(station, birthday=f"{birthday}", skills="绘画", **GUARDIAN))
    minor.refresh_from_db()
    kept = minor.guardian_agreed_at
    client.post(PROFILE, filled(station, birthday=f"{birthday}", **GUARDIAN | {"guardian_name": "周先生"}))

    minor.refresh_from_db()
    assert kept is not None
    assert (minor.guardian_agreed_at, minor.guardian_seen_by) == (None, None)


@pytest.mark.parametrize(("who", "code"), [("newcomer", "adult"), ("minor", "agreed_before")])
def test_a_consent_is_noted_once_and_for_minors_only(request, who, code, manager):
    volunteer = request.getfixturevalue(who)
    if code == "agreed_before":
        profiles.note_guardian_consent(volunteer, by=manager)

    with pytest.raises(Refusal) as refused:
        profiles.note_guardian_consent(volunteer, by=manager)

    assert refused.value.code == code


@pytest.mark.parametrize(("who", "is_noted"), [("manager", True), ("other_manager", False)])
def test_only_the_own_station_notes_it_in_the_workplace(request, client, minor, who, is_noted):
    client.force_login(request.getfixturevalue(who))
    asked = {"action": "note_guardian_consent", "_selected_action": [minor.pk]}

    client.post(reverse("admin:volunteers_volunteer_changelist"), asked)

    minor.refresh_from_db()
    assert (minor.guardian_agreed_at is not None) == is_noted


def test_the_station_does_not_write_the_guardian(client, minor, manager):
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_volunteer_change", args=[minor.pk])).content.decode()

    assert "周女士" in page
    assert 'name="guardian_name"' not in page
    assert 'name="minor_until"' in page
