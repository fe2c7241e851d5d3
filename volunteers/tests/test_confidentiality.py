"""Who gives legal advice or counselling, and where, is known at the counter of that station only."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from events.models import PointsEntry
from events.tests.factories import at_hour
from stations.models import HistoryLine, Posting
from stations.tests.factories import make_posting, make_user
from volunteers import agreements, attendance, signups
from volunteers.models import Agreement, Appeal, HoursEntry, Invitation, ServiceKind, Signup, UsedCode
from volunteers.tests.factories import make_shift, make_signup, make_team, make_volunteer

NAME = "欧阳闻道"
PHONE = "+8613900007788"
EVERYBODY = ["nobody", "stranger", "leader", "other_manager", "auditor", "county_auditor"]


@pytest.fixture
def lawyer(station):
    person = make_user(name=NAME, phone=PHONE)
    lawyer = make_volunteer(person=person, home_station=station, services=[ServiceKind.LEGAL.value])
    # That somebody is a volunteer at all is no secret; what remains speaks of shifts.
    HistoryLine.objects.filter(model="volunteers.volunteer").delete()
    return lawyer


@pytest.fixture
def nobody():
    return None


@pytest.fixture
def leader(station, lawyer):
    """Leads the team in which the lawyer goes along."""
    leading = make_volunteer(person=make_user(name="队长"), home_station=station)
    make_team(leading, lawyer, station=station)
    return leading.person


@pytest.fixture
def county_auditor(station):
    person = make_user(name="县审计")
    make_posting(person, station.organisation, role=Posting.Role.AUDITOR)
    return person


@pytest.fixture
def shifts(station, lawyer, manager):
    """One over, whose hours are confirmed, one to come, and one of the other kind, given back."""
    advice, counselling = ServiceKind.LEGAL, ServiceKind.COUNSELLING
    over = make_shift(station=station, kind=advice, starts_at=timezone.now() - timedelta(hours=5))
    attendance.mark_came(make_signup(shift=over, volunteer=lawyer), by=manager)
    coming = make_shift(station=station, kind=advice)
    left = make_shift(station=station, kind=counselling, starts_at=at_hour(9, days=3))
    make_signup(shift=coming, volunteer=lawyer)
    make_signup(shift=left, volunteer=lawyer)
    signups.cancel(lawyer, left)
    agreements.sign(lawyer, coming, text=f"{NAME} · 协议", name=NAME)
    Appeal.objects.create(signup=over.signups.get(), about="hours", minutes=90, words=f"我是{NAME}")
    return [over, coming, left]


def of_model(row, *pages):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return [reverse(f"{name}_{page}", args=[row.pk]) for page in pages]


def walk(shifts, lawyer):
    """Every address that speaks of these shifts, and every way to ask for the lawyer among them."""
    for model in (Signup, HoursEntry, PointsEntry, HistoryLine, Agreement, Appeal, Invitation, UsedCode):
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        narrowed = ["", f"?q={NAME}", "?q=7788", "?o=1", "?o=-1", f"?volunteer__id__exact={lawyer.pk}"]
        narrowed += [f"?person={lawyer.person_id}", f"?account__id__exact={lawyer.person_id}"]
        for query in narrowed:
            yield reverse(f"{address}_changelist") + query
            yield reverse(f"{address}_export", args=["csv"]) + query
        for row in model.objects.all():
            yield from of_model(row, "change", "history")
    for shift in shifts:
        yield from of_model(shift, "change", "history")
        yield shift.get_absolute_url()
    yield from of_model(shifts[0].station, "change", "history")
    yield reverse("admin:volunteers_shift_changelist") + "?when=all"
    yield reverse("admin:volunteers_shift_changelist") + f"?when=all&q={NAME}"
    yield reverse("admin:portal_decision_changelist")
    for day in (shift.starts_at for shift in shifts):
        yield reverse("admin:roster") + f"?week={timezone.localdate(day)}"
        yield reverse("admin:roster_export") + f"?week={timezone.localdate(day)}"
    yield from (reverse("admin:volunteers_shift_invite", args=[shift.pk]) for shift in shifts)
    yield reverse("volunteers:shifts")
    yield reverse("volunteers:welcome")
    yield reverse("stations:detail", args=[shifts[0].station.code])
    yield reverse("api:shifts-list")
    yield reverse("me")


def read(answer):
    content = b"".join(answer)
    if "spreadsheet" not in answer.headers.get("Content-Type", ""):
        # What the reader has typed stands in the box again; it tells nothing.
        return content.decode("utf-8", "replace").replace(f'value="{NAME}"', "").replace(f"q={NAME}", "")
    rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    return " ".join(str(value) for row in rows for value in row)


def telling(client, shifts, lawyer):
    pages = {url: read(client.get(url)) for url in walk(shifts, lawyer)}
    return {url for url, page in pages.items() if NAME in page or PHONE in page}


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_else_reads_who_gives_it(request, client, shifts, lawyer, who):
    person = request.getfixturevalue(who)
    if person:
        client.force_login(person)

    assert telling(client, shifts, lawyer) == set()


def test_the_list_of_volunteers_is_not_asked_whose_a_sign_up_is(client, auditor, shifts, caplog):
    """It names people, and may not be narrowed by rows of which they are kept back."""
    signup, entry = Signup.objects.first(), HoursEntry.objects.first()
    client.force_login(auditor)

    asked = [f"signups={signup.pk}", f"signups__id__exact={signup.pk}", f"hours={entry.pk}"]
    address = reverse("admin:volunteers_volunteer_changelist")
    answers = [client.get(f"{address}?{each}").status_code for each in asked]

    assert answers == [400] * 3
    caplog.clear()  # each is noted


def test_at_the_counter_the_names_are_there(client, shifts, lawyer, manager):
    """Without this the walk above could pass on empty pages."""
    client.force_login(manager)

    told = telling(client, shifts, lawyer)

    places = ["signup/", "hoursentry/", "pointsentry/", "historyline/", "shift/", "roster/"]
    places += ["agreement/", "appeal/"]
    assert {place for place in places if any(place in url for url in told)} == set(places)
    assert any("roster/export" in url for url in told)
    assert any("export.csv" in url for url in told)
    assert any(f"signup/?q={NAME}" in url for url in told)


def test_of_other_services_an_auditor_reads_the_names(client, auditor, station, lawyer):
    """Only what the law keeps secret is hidden."""
    make_signup(shift=make_shift(station=station), volunteer=lawyer)
    client.force_login(auditor)

    page = client.get(reverse("admin:volunteers_signup_changelist") + f"?q={NAME}")

    assert [signup.volunteer for signup in page.context["cl"].result_list] == [lawyer]


def test_an_auditor_still_sees_that_something_is_arranged(client, auditor, shifts):
    client.force_login(auditor)
    client.cookies["django_language"] = "en"

    page = client.get(reverse("admin:volunteers_signup_changelist"))

    assert {signup.shift for signup in page.context["cl"].result_list} == set(shifts)
    assert page.content.decode().count('<td class="field-when') == 3
    assert ">Arranged<" in page.content.decode()


def test_a_manager_who_audits_the_county_knows_the_people_of_the_own_station_only(
    client, county_auditor, other_station, shifts, lawyer
):
    """Each posting counts for its own place."""
    make_posting(county_auditor, other_station)
    own = make_shift(station=other_station, kind=ServiceKind.LEGAL, starts_at=at_hour(9, days=5))
    signup = make_signup(shift=own, volunteer=lawyer)
    client.force_login(county_auditor)

    listed = client.get(reverse("admin:volunteers_signup_changelist")).context["cl"].result_list
    found = client.get(reverse("admin:volunteers_signup_changelist") + f"?q={NAME}").context["cl"].result_list

    assert {row.pk for row in listed if not row.is_hidden} == {signup.pk}
    assert [row.pk for row in found] == [signup.pk]
    assert len(listed) == 4


@pytest.mark.parametrize("taken", [0, 1])
def test_the_public_page_says_whether_there_is_room_and_no_number(client, station, taken):
    shift = make_shift(station=station, kind=ServiceKind.COUNSELLING, places=3)
    for _each in range(taken):
        make_signup(shift=shift)
    client.cookies["django_language"] = "en"

    addresses = [shift.get_absolute_url(), reverse("volunteers:shifts"), reverse("home")]
    pages = [client.get(address) for address in addresses]

    for page in pages:
        assert "People are still needed" in page.content.decode()
        assert "more people" not in page.content.decode()
        assert "icon taken" not in page.content.decode()
