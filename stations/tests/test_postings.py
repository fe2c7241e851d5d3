"""Postings are given and ended from above, and count from the holder's next click on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from stations import organisations, postings, reach
from stations.models import HistoryLine, Posting
from stations.refusals import Refusal
from stations.tests.factories import (
    make_division,
    make_organisation,
    make_posting,
    make_station,
    make_user,
    province,
)

Role = Posting.Role
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def federal(db):
    """Staff of the province."""
    person = make_user(name="省工会", email="federal@example.com")
    make_posting(person, province(), role=Role.STAFF)
    return person


def refused(verb, *args, **kwargs):
    with pytest.raises(Refusal) as refusal:
        verb(*args, **kwargs)
    return refusal.value.code


def far_station():
    return make_station(
        name="椒江驿站", division=make_division(code="331002", name="椒江区", prefecture="台州市")
    )


# Who appoints whom


GIVEN = {
    Role.MANAGER: ["moderator", "staff", "federal", "admin"],
    Role.AUDITOR: ["moderator", "staff", "federal", "admin"],
    Role.MODERATOR: ["staff", "federal", "admin"],
    Role.STAFF: ["admin"],
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("who", ["manager", "moderator", "staff", "auditor", "federal", "admin"])
def test_each_role_is_given_from_above(request, station, stranger, role, who):
    by = request.getfixturevalue(who)
    place = {"station": station} if role == Role.MANAGER else {"organisation": station.organisation}

    code = ""
    try:
        postings.appoint(stranger, role=role, **place, by=by)
    except Refusal as refusal:
        code = refusal.code

    assert code == ("" if who in GIVEN[role] else "role")
    assert [each.role for each in stranger.postings.all()] == ([role] if who in GIVEN[role] else [])


def test_nobody_appoints_outside_their_own_reach(station, stranger, moderator, staff):
    far = far_station()

    assert refused(postings.appoint, stranger, role=Role.MANAGER, station=far, by=moderator) == "reach"
    above = station.organisation.parent
    assert refused(postings.appoint, stranger, role=Role.AUDITOR, organisation=above, by=moderator) == "reach"
    away = far.organisation
    assert refused(postings.appoint, stranger, role=Role.MODERATOR, organisation=away, by=staff) == "reach"
    assert not stranger.postings.exists()


def test_nobody_appoints_or_ends_themselves(station, moderator, admin):
    assert refused(postings.appoint, moderator, role=Role.MANAGER, station=station, by=moderator) == "oneself"
    assert refused(postings.appoint, admin, role=Role.MANAGER, station=station, by=admin) == "oneself"
    own = moderator.postings.get()
    assert refused(postings.end, own, on=timezone.localdate(), by=moderator) == "oneself"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.STAFF])
def test_the_roles_above_the_counter_belong_to_organisations(station, stranger, admin, role):
    assert refused(postings.appoint, stranger, role=role, station=station, by=admin) == "station"


def test_a_posting_is_at_one_place(station, stranger, admin):
    both = {"station": station, "organisation": station.organisation}

    assert refused(postings.appoint, stranger, role=Role.MANAGER, by=admin) == "place"
    assert refused(postings.appoint, stranger, role=Role.MANAGER, **both, by=admin) == "place"


def test_the_same_posting_is_not_given_twice_for_the_same_days(station, stranger, moderator):
    today = timezone.localdate()
    give = {"role": Role.MANAGER, "station": station, "by": moderator}
    first = postings.appoint(stranger, ends_on=today + timedelta(days=9), **give)

    later = {"starts_on": today + timedelta(days=9)}
    assert refused(postings.appoint, stranger, **later, **give) == "twice"
    next_one = postings.appoint(stranger, starts_on=today + timedelta(days=10), **give)

    assert list(stranger.postings.order_by("starts_on")) == [first, next_one]


# Ending


def test_who_gave_a_posting_could_end_it_and_the_history_says_who(station, stranger, moderator):
    last_day = timezone.localdate() + timedelta(days=5)
    given = postings.appoint(stranger, role=Role.MANAGER, station=station, by=moderator)

    postings.end(given, on=last_day, by=moderator)

    given.refresh_from_db()
    assert given.ends_on == last_day
    lines = HistoryLine.objects.filter(model="stations.posting", object_id=given.pk).order_by("pk")
    assert [(line.action, line.person, line.station) for line in lines] == [
        ("+", moderator, station),
        ("~", moderator, station),
    ]
    assert lines[1].changes == [["ends_on", None, str(last_day)]]


def test_only_the_future_of_a_posting_is_changed(station, stranger, moderator):
    today = timezone.localdate()
    begun = today - timedelta(days=30)
    given = make_posting(stranger, station, starts_on=begun, ends_on=today + timedelta(days=3))

    assert refused(postings.end, given, on=begun - timedelta(days=1), by=moderator) == "past"
    assert refused(postings.end, given, on=today - timedelta(days=2), by=moderator) == "past"
    assert refused(postings.end, given, on=today + timedelta(days=4), by=moderator) == "longer"
    postings.end(given, on=today - timedelta(days=1), by=moderator)
    assert refused(postings.end, given, on=today, by=moderator) == "over"


@pytest.mark.parametrize("days_ahead", [0, 9])
def test_a_posting_that_has_not_lasted_a_day_is_taken_back_and_the_history_stays(
    client, station, stranger, moderator, days_ahead
):
    today = timezone.localdate()
    begins = today + timedelta(days=days_ahead)
    given = postings.appoint(stranger, role=Role.MANAGER, station=station, starts_on=begins, by=moderator)
    address = reverse("admin:stations_posting_change", args=[given.pk])
    client.force_login(moderator)
    mark = client.get(address).context["history_mark"]

    answer = client.post(address, {"ends_on": str(today - timedelta(days=1)), "history_mark": mark})

    assert (answer.status_code, stranger.postings.count()) == (302, 0)
    assert not reach.of(stranger).may(reach.EVERYBODY)
    lines = HistoryLine.objects.filter(model="stations.posting", object_id=given.pk).order_by("pk")
    assert [(line.action, line.person, line.station) for line in lines] == [
        ("+", moderator, station),
        ("-", moderator, station),
    ]
    postings.appoint(stranger, role=Role.MANAGER, station=station, by=moderator)  # by mistake, once more


def test_who_may_not_end_a_posting_of_today_does_not_take_it_back(station, stranger, manager, moderator):
    given = make_posting(stranger, station)
    yesterday = timezone.localdate() - timedelta(days=1)

    assert refused(postings.end, given, on=yesterday, by=manager) == "role"
    assert refused(postings.end, given, on=yesterday, by=stranger) == "oneself"
    assert list(stranger.postings.all()) == [given]


def test_nobody_deletes_a_posting_past_its_verb(client, station, stranger, admin):
    given = make_posting(stranger, station)
    client.force_login(admin)

    answer = client.post(reverse("admin:stations_posting_delete", args=[given.pk]), {"post": "yes"})

    assert (answer.status_code, stranger.postings.count()) == (403, 1)


def test_a_manager_ends_nobody(station, manager, stranger):
    other = make_posting(stranger, station)

    assert refused(postings.end, other, on=timezone.localdate(), by=manager) == "role"


# Midnight


def test_a_posting_ends_at_midnight_in_zhejiang_at_the_holders_next_click(client, station, stranger):
    make_posting(stranger, station, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
    address = reverse("admin:stations_station_change", args=[station.pk])
    client.force_login(stranger)

    with time_machine.travel(datetime(2026, 11, 30, 23, 59, 50, tzinfo=SHANGHAI), tick=False):
        last = client.get(address).status_code
    with time_machine.travel(datetime(2026, 12, 1, 0, 0, 0, tzinfo=SHANGHAI), tick=False):
        after = client.get(address, follow=True).status_code

    assert (last, after) == (200, 403)


def test_a_posting_ended_as_of_yesterday_shuts_the_open_session_out(client, station, stranger, moderator):
    today = timezone.localdate()
    given = make_posting(stranger, station, starts_on=today - timedelta(days=30))
    client.force_login(stranger)
    assert client.get(reverse("admin:stations_kiosk_add")).status_code == 200

    postings.end(given, on=today - timedelta(days=1), by=moderator)

    form = {"station": station.pk, "label": "前台"}
    assert client.post(reverse("admin:stations_kiosk_add"), form, follow=True).status_code == 403
    assert not station.kiosks.exists()


def test_a_posting_begins_with_its_first_day(station, stranger):
    make_posting(stranger, station, starts_on=date(2026, 12, 1))

    with time_machine.travel(datetime(2026, 11, 30, 23, 59, 50, tzinfo=SHANGHAI), tick=False):
        before = list(reach.of(stranger).stations(reach.EVERYBODY))
    with time_machine.travel(datetime(2026, 12, 1, 0, 0, 1, tzinfo=SHANGHAI), tick=False):
        after = list(reach.of(stranger).stations(reach.EVERYBODY))

    assert (before, after) == ([], [station])


# The page

ADD = "admin:stations_posting_add"


def filled(place, login="stranger@example.com", **changes):
    return {"login": login, "role": "manager", "starts_on": "2026-11-23", "ends_on": "", **place, **changes}


@pytest.mark.parametrize(
    "login", [" Stranger@Example.com ", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"]
)
def test_a_moderator_appoints_by_the_login_that_somebody_told_her(
    client, station, stranger, moderator, login
):
    stranger.phone = "+8613800138000"
    stranger.save()
    client.force_login(moderator)

    answer = client.post(reverse(ADD), filled({"station": station.pk}, login))

    assert answer.status_code == 302
    given = stranger.postings.get()
    assert (given.role, given.station, given.organisation, given.ends_on) == ("manager", station, None, None)


def test_an_unknown_login_says_what_to_do(client, station, moderator):
    client.force_login(moderator)

    page = client.post(reverse(ADD), filled({"station": station.pk}, "nobody@example.com"))

    assert list(page.context["adminform"].form.errors) == ["login"]
    assert not Posting.objects.filter(station=station).exists()


def test_people_are_neither_listed_nor_completed(client, station, stranger, moderator):
    client.force_login(moderator)

    page = client.get(reverse(ADD)).content.decode()
    field = {"app_label": "stations", "model_name": "posting", "field_name": "person"}
    completed = client.get(reverse("admin:autocomplete"), {"term": "路", **field})

    assert stranger.name not in page
    assert completed.status_code == 403


def test_a_moderator_is_offered_the_roles_that_she_may_give(client, moderator):
    client.force_login(moderator)

    form = client.get(reverse(ADD)).context["adminform"].form

    assert {value for value, _label in form.fields["role"].choices if value} == {"manager", "auditor"}


def test_a_role_or_a_place_slipped_into_the_form_is_refused(client, station, stranger, moderator):
    far = far_station()
    client.force_login(moderator)

    answers = [
        client.post(reverse(ADD), filled({"station": far.pk})),
        client.post(reverse(ADD), filled({"organisation": far.organisation.pk}, role="auditor")),
        client.post(reverse(ADD), filled({"organisation": station.organisation.pk}, role="moderator")),
        client.post(reverse(ADD), filled({"station": station.pk}, "moderator@example.com")),
    ]

    assert [bool(answer.context["adminform"].form.errors) for answer in answers] == [True] * 4
    assert Posting.objects.count() == 1


def test_a_posting_is_ended_in_the_form_and_nothing_else_is_changed(client, station, stranger, moderator):
    today = timezone.localdate()
    given = make_posting(stranger, station, starts_on=today - timedelta(days=9))
    address = reverse("admin:stations_posting_change", args=[given.pk])
    client.force_login(moderator)
    page = client.get(address)
    mark = page.context.get("history_mark", "")

    slipped = {
        "role": "staff",
        "station": "",
        "organisation": station.organisation.pk,
        "person": moderator.pk,
    }
    client.post(address, {"ends_on": str(today), "history_mark": mark, **slipped})

    given.refresh_from_db()
    assert (given.ends_on, given.role, given.station, given.person) == (today, "manager", station, stranger)
    assert list(page.context["adminform"].form.fields) == ["ends_on"]


def test_ones_own_posting_and_those_from_above_are_only_read(client, station, moderator, staff):
    make_posting(make_user(), station.organisation, role=Role.MODERATOR)
    client.force_login(moderator)

    forms = [
        client.get(reverse("admin:stations_posting_change", args=[posting.pk])).context["adminform"].form
        for posting in Posting.objects.filter(organisation=station.organisation)
    ]

    assert [list(form.fields) for form in forms] == [[], []]


def test_two_who_appoint_the_same_person_do_not_both_succeed(station, stranger, moderator, admin):
    postings.appoint(stranger, role=Role.MANAGER, station=station, by=moderator)

    assert refused(postings.appoint, stranger, role=Role.MANAGER, station=station, by=admin) == "twice"
    assert stranger.postings.count() == 1


def test_a_union_of_industry_appoints_for_what_lies_below_it(stranger, federal):
    industry = make_organisation()
    place = make_station(organisation=industry)
    person = make_user()
    make_posting(person, industry, role=Role.MODERATOR)

    postings.appoint(stranger, role=Role.MANAGER, station=place, by=person)

    assert list(reach.of(stranger).stations(reach.AT_THE_COUNTER)) == [place]
    assert organisations.of(place.division).stations.count() == 0
