"""The week at a glance: who comes, where people are missing, and how to reach them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from events.tests.factories import at_hour
from stations.models import ExportJob, HistoryLine
from stations.tests.factories import make_station, make_user
from volunteers import roster
from volunteers.models import Credential, ServiceKind, Shift, Signup
from volunteers.tests.factories import (
    make_credential,
    make_offer,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.tests.reading import reader, words

ROSTER, EXPORT = "/admin/roster/", "/admin/roster/export.xlsx"


@pytest.fixture(autouse=True)
def on_a_monday():
    """So that tomorrow, when the factories' shifts are, lies in this week."""
    with time_machine.travel("2026-11-23 08:00 +0800", tick=False):
        yield


@pytest.fixture
def english():
    return reader()


def helper(name="陈阿姨", phone="+8613900001111", **kw):
    return make_volunteer(person=make_user(name=name, phone=phone), **kw)


def sheet_of(client, query=""):
    answer = client.get(EXPORT + query)
    return [list(row) for row in load_workbook(BytesIO(b"".join(answer))).active.iter_rows(values_only=True)]


# What it shows


def test_a_gap_is_said_in_words_and_leads_to_those_who_could_fill_it(english, manager, station):
    shift = make_shift(station=station, places=4, needed=3)
    make_signup(shift=shift)
    english.force_login(manager)

    page = english.get(ROSTER)

    assert "▲ 2 people are missing" in words(page)
    assert "1 of 4 places taken, 3 needed" in words(page)
    assert reverse("admin:volunteers_shift_invite", args=[shift.pk]) in page.content.decode()


def test_who_comes_is_one_tap_from_a_call(english, manager, station):
    make_signup(shift=make_shift(station=station), volunteer=helper())
    english.force_login(manager)

    page = english.get(ROSTER).content.decode()

    assert "陈阿姨" in page
    assert 'href="tel:+8613900001111"' in page


def test_it_says_who_waits_looks_for_a_stand_in_or_has_an_offer(english, manager, station):
    shift = make_shift(station=station, places=2)
    make_signup(shift=shift, stand_in_wanted_at=timezone.now())
    make_offer(shift=shift)
    make_signup(shift=shift, status=Signup.Status.WAITLISTED)
    english.force_login(manager)

    page = words(english.get(ROSTER))

    assert "looks for a stand-in" in page
    assert "a place is offered, no answer yet" in page
    assert "1 is waiting" in page


@pytest.mark.parametrize(("valid_to", "lacks"), [(date(2026, 11, 23), True), (date(2026, 11, 24), False)])
def test_who_has_no_document_valid_to_the_end_stands_out(english, manager, station, valid_to, lacks):
    lawyer = helper(services=[ServiceKind.LEGAL.value])
    make_credential(volunteer=lawyer, status=Credential.Status.APPROVED, valid_to=valid_to)
    make_signup(shift=make_shift(station=station, kind=ServiceKind.LEGAL), volunteer=lawyer)
    english.force_login(manager)

    assert ("no valid document" in words(english.get(ROSTER))) == lacks


def test_a_cancelled_shift_has_no_gap(english, manager, station):
    make_shift(station=station, status=Shift.Status.CANCELLED)
    english.force_login(manager)

    page = words(english.get(ROSTER))

    assert "Cancelled by organiser" in page
    assert "missing" not in page and "Invite" not in page


def test_it_goes_from_monday_to_sunday(manager, client, station):
    monday, sunday = at_hour(0, days=0), at_hour(23, days=6)
    inside = [make_shift(station=station, starts_at=at) for at in (monday, sunday)]
    before = make_shift(station=station, starts_at=monday - timedelta(minutes=1))
    after = make_shift(station=station, starts_at=monday + timedelta(days=7))
    client.force_login(manager)

    def shown(week):
        at_stations = client.get(ROSTER, {"week": week}).context["roster"]
        return [line.shift for at in at_stations for line in at.lines]

    assert shown("") == shown("2026-11-29") == inside
    assert (shown("2026-11-22"), shown("2026-11-30")) == ([before], [after])


@pytest.mark.parametrize("week", ["x", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_week_that_makes_no_sense_is_this_one(client, manager, week):
    client.force_login(manager)

    assert client.get(ROSTER, {"week": week}).context["week"].monday == date(2026, 11, 23)


def test_it_is_narrowed_by_service_and_station(client, moderator, station):
    make_shift(station=station)
    clinic = make_shift(station=station, kind=ServiceKind.CLINIC)
    elsewhere = make_shift(station=make_station(name="河边驿站", organisation=station.organisation))
    client.force_login(moderator)

    def shown(**query):
        at_stations = client.get(ROSTER, query).context["roster"]
        return {line.shift for at in at_stations for line in at.lines}

    assert shown(service="clinic") == {clinic}
    assert shown(station="河边") == {elsewhere}
    assert len(shown(service="nonsense")) == 3
    assert shown(station="没有这个") == set()


# Who reads what


def test_another_stations_shifts_are_not_there(client, other_manager, station):
    make_signup(shift=make_shift(station=station), volunteer=helper())
    client.force_login(other_manager)

    assert client.get(ROSTER).context["roster"] == []
    assert len(sheet_of(client)) == 1


def test_an_auditor_reads_numbers_only(english, auditor, station):
    shift = make_shift(station=station, places=3, needed=3)
    make_signup(shift=shift, volunteer=helper(), stand_in_wanted_at=timezone.now())
    english.force_login(auditor)

    page = english.get(ROSTER)

    assert "2 people are missing" in words(page)
    assert "1 looks for a stand-in" in words(page)
    assert "names are known at the counter" in words(page)
    assert "陈阿姨" not in page.content.decode() and "tel:" not in page.content.decode()
    assert "Invite" not in words(page)


# Many


def fill(station, shifts):
    for hour in range(shifts):
        shift = make_shift(station=station, kind=ServiceKind.LEGAL, starts_at=at_hour(8 + 2 * hour))
        make_signup(shift=shift)
        make_signup(shift=shift, status=Signup.Status.WAITLISTED)


def questions(client):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(ROSTER).status_code == 200
    return len(asked)


def test_many_stations_and_shifts_ask_no_more_questions_than_one(client, moderator, station):
    fill(station, 1)
    client.force_login(moderator)
    client.get(ROSTER)  # what a process remembers, it asks once
    one = questions(client)

    for _each in range(2):
        fill(make_station(organisation=station.organisation), 3)

    assert questions(client) == one <= 25


def test_twenty_stations_stand_on_a_page(client, moderator, station, monkeypatch):
    monkeypatch.setattr(roster, "STATIONS_A_PAGE", 2)
    for _each in range(3):
        make_shift(station=make_station(organisation=station.organisation))
    client.force_login(moderator)

    pages = [client.get(ROSTER, {"page": page}).context["roster"] for page in (1, 2)]

    assert [len(at_stations) for at_stations in pages] == [2, 1]


# As a workbook


def test_the_workbook_has_a_row_for_each_person(client, manager, station):
    shift = make_shift(station=station, places=3, needed=3, role="=1+1")
    make_signup(shift=shift, volunteer=helper())
    make_signup(shift=shift, volunteer=helper("沈师傅", "+8613900002222"))
    make_shift(station=station, kind=ServiceKind.HAIRCUT)
    client.force_login(manager)

    _headings, *rows = sheet_of(client)

    assert [(row[1], row[7], row[11], row[12]) for row in rows] == [
        (ServiceKind.HAIRCUT.label, 1, None, None),
        (ServiceKind.HELPER.label, 1, "陈阿姨", "'+8613900001111"),
        (ServiceKind.HELPER.label, 1, "沈师傅", "'+8613900002222"),
    ]
    assert rows[1][2] == "'=1+1"  # nothing in it is calculated


def test_an_auditors_workbook_has_numbers_only(client, auditor, station):
    make_signup(shift=make_shift(station=station), volunteer=helper())
    client.force_login(auditor)

    rows = sheet_of(client)

    assert [row[8] for row in rows[1:]] == [1]
    assert "陈阿姨" not in str(rows) and "3900001111" not in str(rows)


def test_what_left_the_portal_is_noted(client, manager, station):
    make_signup(shift=make_shift(station=station))
    client.force_login(manager)

    sheet_of(client, "?week=2026-11-24")

    job = ExportJob.objects.get()
    assert (job.list, job.rows_done, job.made_by) == ("volunteers.signup", 1, manager)
    assert HistoryLine.objects.get(model="stations.exportjob").station == station
    again = client.get(reverse("admin:volunteers_signup_changelist") + f"?{job.query}")
    assert len(again.context["cl"].result_list) == 1


# The way there


def test_the_menu_leads_to_it(client, manager):
    client.force_login(manager)

    assert f'href="{ROSTER}"' in client.get(reverse("admin:index")).content.decode()
