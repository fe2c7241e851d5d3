"""The volunteers' pages: the way in, the first page, what I can do."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from events.tests.factories import at_hour
from stations.tests.factories import make_station
from volunteers import credentials
from volunteers.models import Credential, Signup, Volunteer
from volunteers.tests.factories import (
    make_credential,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.tests.reading import licence, links, reader, shifts_on, words

PROFILE = "/volunteer/profile/"
ADD = "/volunteer/credentials/add/?kind=lawyer"


@pytest.fixture
def client(db):
    return reader()


# From the first visit to a place


def test_a_lawyer_joins_sends_her_licence_and_takes_a_place(client, stranger, station, manager):
    shift = make_shift(station=station, kind="legal", starts_at=at_hour(14))
    client.force_login(stranger)

    client.post(PROFILE, {"name": "陈律师", "services": ["legal"], "home_station": station.pk})
    told = client.get("/volunteer/")
    sent = client.post(ADD, licence(valid_to=f"{timezone.localdate() + timedelta(days=90)}"), follow=True)
    waiting = client.get(shift.get_absolute_url())
    credentials.approve(Credential.objects.get(), by=manager)
    ready = client.get(shift.get_absolute_url())
    taken = client.post(f"/volunteer/shifts/{shift.pk}/signup/", follow=True)

    assert "Send us your document: Lawyer's licence" in words(told)
    assert "We write to you as soon as your document has been looked at." in words(sent)
    assert "Pending review" in words(sent)
    assert "Your document is still under review." in words(waiting)
    assert f"Sign up: Legal advice, {timezone.localtime(shift.starts_at):%-d %B %H:%M}" in words(ready)
    assert taken.redirect_chain == [(shift.get_absolute_url(), 302)]
    assert "You have a place. We have written you a confirmation." in words(taken)
    assert f"/volunteer/shifts/{shift.pk}/calendar.ics" in links(taken)
    assert Signup.objects.get().volunteer.person == stranger


def test_who_has_no_profile_makes_one_and_comes_back_to_the_shift(client, stranger, station):
    shift = make_shift(station=station)
    client.force_login(stranger)

    led = client.post(f"/volunteer/shifts/{shift.pk}/signup/")
    saved = client.post(led.url, {"name": "路人", "services": ["helper"], "home_station": station.pk})

    assert unquote(led.url) == f"/volunteer/profile/?next=/volunteer/shifts/{shift.pk}/"
    assert saved.url == shift.get_absolute_url()
    assert Volunteer.objects.get().person == stranger


def test_uploading_without_a_profile_comes_back_to_the_upload(client, stranger):
    client.force_login(stranger)

    assert unquote(client.get(ADD).url) == "/volunteer/profile/?next=/volunteer/credentials/add/?kind=lawyer"


def test_the_profile_leads_back_to_our_own_pages_only(client, newcomer, station):
    client.force_login(newcomer.person)
    values = {"name": "新来的人", "services": ["photo"], "home_station": station.pk}

    saved = client.post(PROFILE + "?next=https://example.net/", values)

    assert saved.url == "/volunteer/"
    newcomer.refresh_from_db()
    assert newcomer.services == ["photo"]


# What I can do


def test_an_unfinished_profile_is_not_saved_and_keeps_what_was_typed(client, stranger):
    client.force_login(stranger)

    page = client.post(PROFILE, {"name": "陈律师", "services": ["legal", "photo"]})

    assert page.status_code == 422
    assert "Not saved yet. Please look at the marked fields." in words(page)
    assert 'value="陈律师"' in page.content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', page.content.decode()) == ["legal", "photo"]
    assert Volunteer.objects.count() == 0


def test_stations_are_chosen_under_their_county(client, stranger, station):
    make_station(name="暖驿二号", status="withdrawn")
    client.force_login(stranger)

    page = client.get(PROFILE).content.decode()

    assert '<optgroup label="杭州市拱墅区">' in page
    assert "石门社区服务驿站" in page
    assert "暖驿二号" not in page


def test_a_declined_document_shows_the_reason_and_the_way_to_send_it_again(client, newcomer):
    make_credential(volunteer=newcomer, status=Credential.Status.DECLINED, reason="照片看不清")
    newcomer.services = ["legal"]
    newcomer.save()
    client.force_login(newcomer.person)

    profile, welcome = client.get(PROFILE), client.get("/volunteer/")

    assert "We could not approve it yet, for this reason: 照片看不清" in words(profile)
    assert "Please look again: Lawyer's licence" in words(welcome)
    assert ADD in links(profile)
    assert ADD in links(welcome)


def test_of_several_uploads_the_approved_one_counts_until_the_newer_is_decided(client, volunteer):
    make_credential(volunteer=volunteer, number="13301201810999999")
    client.force_login(volunteer.person)

    page = client.get(PROFILE)

    assert "Approved The newer one that you sent is being looked at." in words(page)
    assert "…3456" in words(page)


# The first page


def test_a_stranger_reads_what_volunteers_do_and_what_it_needs(client):
    page = client.get("/volunteer/")

    assert "Legal advice Needs: Lawyer's licence Counselling Needs: Counsellor's qualification" in words(page)
    assert "Free haircut No document is needed" in words(page)
    assert {"/accounts/signup/?next=/volunteer/", "/accounts/login/?next=/volunteer/"} <= set(links(page))


def test_who_has_an_account_only_is_asked_what_she_can_do(client, stranger):
    client.force_login(stranger)

    assert "Tell us what you can do" in words(client.get("/volunteer/"))


@pytest.mark.parametrize(
    ("status", "last_day", "card"),
    [
        (Credential.Status.PENDING, None, "We are looking at your document: Lawyer's licence"),
        (Credential.Status.APPROVED, -1, "Your document has expired: Lawyer's licence"),
    ],
)
def test_the_card_says_how_the_document_stands(client, status, last_day, card):
    valid_to = timezone.localdate() + timedelta(days=last_day) if last_day else None
    volunteer = make_volunteer(services=["legal"])
    make_credential(volunteer=volunteer, status=status, valid_to=valid_to)
    client.force_login(volunteer.person)

    assert card in words(client.get("/volunteer/"))


def test_an_approved_volunteer_sees_the_three_shifts_that_need_her_most(client, volunteer):
    lacking = {n: make_shift(kind="helper", places=n, starts_at=at_hour(8, days=n)) for n in (1, 2, 3, 4)}
    make_shift(kind="clinic", places=9)
    make_shift(places=9, taken=9)
    mine = make_signup(volunteer=volunteer, shift=make_shift(places=9)).shift
    make_shift(places=9, starts_at=mine.starts_at + timedelta(hours=1))
    client.force_login(volunteer.person)

    page = client.get("/volunteer/")

    assert shifts_on(page) == [each.pk for each in (lacking[4], lacking[3], lacking[2], mine)]


def test_a_shift_that_is_full_or_after_the_licence_ends_is_not_offered(client):
    volunteer = make_volunteer(services=["legal"])
    last_day = timezone.localdate() + timedelta(days=5)
    make_credential(volunteer=volunteer, status=Credential.Status.APPROVED, valid_to=last_day)
    good = make_shift(kind="legal", starts_at=at_hour(14, days=5))
    make_shift(kind="legal", starts_at=at_hour(14, days=6))
    make_shift(kind="legal", starts_at=at_hour(14, days=4), taken=2)
    client.force_login(volunteer.person)

    page = client.get("/volunteer/")

    assert shifts_on(page) == [good.pk]


# Promises of every page


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_first_page_asks_the_database_as_often_for_three_shifts(
    client, volunteer, django_assert_num_queries, how_many
):
    for day in range(how_many):
        make_shift(starts_at=at_hour(9, days=day + 1))
        make_signup(shift=make_shift(starts_at=at_hour(15, days=day + 1)), volunteer=volunteer)
    client.force_login(volunteer.person)
    client.get("/volunteer/")

    with django_assert_num_queries(7):  # one of them: whether there is a way to the workplace to show
        page = client.get("/volunteer/")

    assert len(shifts_on(page)) == 2 * how_many


def test_every_page_has_one_heading(client, volunteer):
    shift = make_signup(volunteer=volunteer).shift
    pages = ["/volunteer/", PROFILE, ADD, "/volunteer/shifts/", shift.get_absolute_url()]
    client.force_login(volunteer.person)

    headings = {page: client.get(page).content.decode().count("<h1") for page in pages}

    assert headings == dict.fromkeys(pages, 1)
