"""Shifts over HTTP, as a program reads and takes them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.tests.factories import at_hour
from stations.tests.factories import make_station
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_offer, make_shift, make_signup, make_volunteer

LIST = "/api/v1/shifts/"


def address(shift, what="signup"):
    return f"/api/v1/shifts/{shift.pk}/{what}/"


def numbers(response):
    assert response.status_code == 200, response.json()
    return [shift["id"] for shift in response.json()]


# The list


def test_anybody_reads_the_coming_shifts_soonest_first(client, station):
    later = make_shift(station=station, starts_at=at_hour(9, days=3))
    sooner = make_shift(
        station=station,
        kind="clinic",
        role="量血压",
        starts_at=at_hour(14),
        places=3,
        needed=2,
        bring="听诊器",
        risks="要站两个小时",
    )
    make_signup(shift=sooner)
    make_shift(station=station, status=Shift.Status.DRAFT)

    shifts = client.get(LIST).json()

    assert [shift["id"] for shift in shifts] == [sooner.pk, later.pk]
    assert shifts[0] == {
        "id": sooner.pk,
        "kind": "clinic",
        "role": "量血压",
        "station": station.code,
        "station_name": "石门社区服务驿站",
        "starts_at": timezone.localtime(sooner.starts_at).isoformat(),
        "ends_at": timezone.localtime(sooner.ends_at).isoformat(),
        "places": 3,
        "places_left": 2,
        "needed": 2,
        "open": True,
        "waiting_list": 0,
        "required_credential": "medical",
        "bring": "听诊器",
        "risks": "要站两个小时",
        "distance": None,
    }
    assert shifts[1]["required_credential"] is None


@pytest.mark.parametrize("kind", ["legal", "counselling"])
def test_nobody_reads_how_many_signed_up_for_a_confidential_service(client, station, kind):
    shift = make_shift(station=station, kind=kind, places=1)
    make_signup(shift=shift)
    make_signup(shift=shift, status=Signup.Status.WAITLISTED)

    [told] = client.get(LIST).json()

    assert (told["places_left"], told["waiting_list"], told["open"]) == (None, None, False)


@pytest.mark.parametrize("query", [{}, {"near": "30.25,120.17"}, {"service": "helper", "open": "true"}])
def test_the_list_costs_as_many_questions_for_one_shift_as_for_three(client, station, query):
    asked = []
    for how_many in (1, 2):
        for _number in range(how_many):
            make_shift(station=station)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST, query)
        asked.append(len(queries))

    assert asked == ([2, 2] if "near" in query else [1, 1])


def test_each_filter_finds_the_shift_that_fits(client, station, other_station):
    tomorrow = timezone.localdate() + timedelta(days=1)
    full = make_shift(station=other_station, kind="haircut", places=1, starts_at=at_hour(9, days=2))
    make_signup(shift=full)
    wanted = make_shift(station=station, starts_at=at_hour(14, days=1))

    for query in (
        {"station": station.code},
        {"service": "helper"},
        {"open": "true"},
        {"to": f"{tomorrow}"},
        {"to": f"{tomorrow}T14:00:01"},
        {"from": f"{tomorrow}", "to": f"{tomorrow}"},
        {"from": at_hour(14, days=1).isoformat(), "to": at_hour(9, days=2).isoformat()},
        {"service": "helper", "station": "", "near": ""},
    ):
        assert numbers(client.get(LIST, query)) == [wanted.pk], query
    assert numbers(client.get(LIST, {"to": f"{tomorrow}T14:00"})) == []
    assert numbers(client.get(LIST, {"from": f"{tomorrow + timedelta(days=1)}"})) == [full.pk]


def test_a_shift_that_has_begun_is_listed_and_not_open(client, station):
    shift = make_shift(station=station, starts_at=at_hour(14))

    with time_machine.travel(at_hour(15), tick=False):
        assert numbers(client.get(LIST, {"open": "true"})) == []
        assert [(told["id"], told["open"]) for told in client.get(LIST).json()] == [(shift.pk, False)]


def test_shifts_come_nearest_first_with_their_distance_in_metres(client, db):
    near = make_station(latitude=30.2568, longitude=120.1797)
    far = make_shift(station=make_station(latitude=28.131, longitude=120.29), starts_at=at_hour(9))
    second = make_shift(station=near, starts_at=at_hour(18))
    first = make_shift(station=near, starts_at=at_hour(14))
    make_station(latitude=30.25, longitude=120.17)  # no shift

    told = client.get(LIST, {"near": "30.25,120.17"}).json()

    assert [shift["id"] for shift in told] == [first.pk, second.pk, far.pk]
    assert [shift["distance"] for shift in told[:2]] == [1200, 1200]


@pytest.mark.parametrize("place", [{}, {"near": "30.25,120.17"}])
def test_following_the_links_reads_every_shift_once(client, station, other_station, place):
    for hour in (9, 14, 18):
        for where in (station, other_station):
            make_shift(station=where, starts_at=at_hour(hour), kind="helper")
    everything = numbers(client.get(LIST, place))

    found, response = [], client.get(LIST, {**place, "limit": "4", "service": "helper"})
    while "Link" in response:
        found += numbers(response)
        response = client.get(response["Link"].partition(">")[0][1:])
    found += numbers(response)

    assert found == everything
    assert len(set(found)) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "morgen"),
        ("from", "2026-02-30"),
        ("from", "0001-01-01"),
        ("to", "9999-12-31"),
        ("to", "2026-09-01T25:00"),
        ("service", "cooking"),
        ("station", "NOWHERE"),
        ("open", "perhaps"),
        ("near", "here"),
        ("near", "95,120"),
        ("limit", "0"),
        ("limit", "many"),
        ("after", "x"),
        ("after", "99999999999999999999"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_with_its_reason(client, db, name, value):
    response = client.get(LIST, {name: value})

    assert response.status_code == 400
    assert list(response.json()) == [name]
    assert response.json()[name][0]


def test_a_full_page_of_long_texts_is_no_more_than_60_kilobytes(client, station):
    Shift.objects.bulk_create(
        Shift(
            station=station,
            kind="helper",
            role="引导",
            starts_at=at_hour(9, days=number),
            ends_at=at_hour(11, days=number),
            bring="请自带水杯和雨衣",
            risks="夏天室外较热，要站两个小时",
        )
        for number in range(1, 102)
    )

    response = client.get(LIST, {"limit": "1000"})

    assert len(response.json()) == 100
    assert len(response.content) <= 60_000


# Taking a place


def test_a_place_is_taken_once(client, newcomer):
    shift = make_shift()
    client.force_login(newcomer.person)

    first, second = client.post(address(shift)), client.post(address(shift))

    assert (first.status_code, first.json()) == (201, {"status": "confirmed", "position": None})
    assert (second.status_code, second.json()["code"]) == (409, "already_signed_up")
    assert second.json()["detail"]
    assert Signup.objects.get().volunteer == newcomer


def test_where_all_places_are_taken_one_waits_and_is_told_as_which(client, newcomer):
    shift = make_shift(places=1)
    make_signup(shift=shift)
    make_signup(shift=shift, status=Signup.Status.WAITLISTED)
    client.force_login(newcomer.person)

    answer = client.post(address(shift))

    assert (answer.status_code, answer.json()) == (201, {"status": "waitlisted", "position": 2})


@pytest.mark.parametrize(
    ("values", "code"),
    [({"kind": "legal"}, "credential_required"), ({"status": Shift.Status.CANCELLED}, None)],
)
def test_a_refusal_carries_its_code_and_changes_nothing(client, newcomer, values, code):
    shift = make_shift(**values)
    client.force_login(newcomer.person)

    answer = client.post(address(shift))

    assert (answer.status_code, answer.json().get("code")) == ((409, code) if code else (404, None))
    assert Signup.objects.count() == 0


def test_who_has_no_profile_is_told_so(client, stranger):
    shift = make_shift()
    client.force_login(stranger)

    answer = client.post(address(shift))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_profile")


def test_a_place_is_given_back_once(client, newcomer):
    shift = make_signup(volunteer=newcomer).shift
    client.force_login(newcomer.person)

    first, second = client.delete(address(shift)), client.delete(address(shift))

    shift.refresh_from_db()
    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()["code"]) == (409, "not_signed_up")
    assert shift.taken == 0


def test_without_signing_in_nobody_takes_or_gives_back_a_place(client, station):
    shift = make_shift(station=station)

    for what in ("signup", "offer"):
        assert client.post(address(shift, what)).status_code == 403
        assert client.delete(address(shift, what)).status_code == 403


# Answering an offer


def test_an_offer_is_accepted_once(client, newcomer):
    offer = make_offer(volunteer=newcomer)
    client.force_login(newcomer.person)

    first, second = (client.post(address(offer.shift, "offer")) for _time in range(2))

    assert (first.status_code, first.json()) == (201, {"status": "confirmed", "position": None})
    assert (second.status_code, second.json()["code"]) == (409, "no_offer")


def test_an_offer_that_is_declined_is_free_again(client, newcomer):
    offer = make_offer(volunteer=newcomer)
    client.force_login(newcomer.person)

    answer = client.delete(address(offer.shift, "offer"))

    offer.refresh_from_db()
    assert (answer.status_code, offer.status) == (204, Signup.Status.DECLINED)


def test_somebody_else_in_the_queue_is_not_touched_by_a_decline(client, newcomer):
    offer = make_offer(volunteer=make_volunteer())
    client.force_login(newcomer.person)

    answer = client.delete(address(offer.shift, "offer"))

    offer.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "no_offer")
    assert offer.status == Signup.Status.OFFERED
