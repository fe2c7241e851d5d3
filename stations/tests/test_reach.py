"""What postings reach: the tree below an organisation, and each place by its own role."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from stations import reach
from stations.models import Organisation, Posting, StationFacility
from stations.tests.factories import (
    make_division,
    make_kiosk,
    make_organisation,
    make_posting,
    make_station,
    make_user,
    province,
)

Kind = Organisation.Kind
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def tree(db):
    """Province → prefecture → county → town, an industrial union with an enterprise beside them."""
    prefecture = make_organisation(name="杭州", kind=Kind.PREFECTURE)
    county = make_organisation(name="拱墅", kind=Kind.COUNTY, parent=prefecture)
    town = make_organisation(name="石桥街道", kind=Kind.TOWN, parent=county)
    industry = make_organisation(name="快递行业", kind=Kind.INDUSTRY)
    enterprise = make_organisation(name="某快递", kind=Kind.ENTERPRISE, parent=industry)
    return [province(), prefecture, county, town, industry, enterprise]


@pytest.fixture
def places(tree):
    """One station in the care of each organisation, all of the same county on the ground."""
    division = make_division()
    return [make_station(name=f"{each}驿站", division=division, organisation=each) for each in tree]


# In the order of `tree`: what lies in the care of each.
BELOW = [[0, 1, 2, 3, 4, 5], [1, 2, 3], [2, 3], [3], [4, 5], [5]]


@pytest.mark.parametrize(("number", "below"), list(enumerate(BELOW)))
def test_an_organisation_reaches_what_lies_below_it_and_nothing_beside(tree, places, number, below):
    person = make_user()
    make_posting(person, tree[number], role=Posting.Role.STAFF)

    reached = reach.of(person)

    organisations, stations = reached.organisations(reach.FEDERATION), reached.stations(reach.FEDERATION)
    known = {each.pk for each in tree}
    assert {each.pk for each in organisations} & known == {tree[index].pk for index in below}
    assert set(stations) == {places[index] for index in below}


def test_within_takes_several_roots_and_none(tree):
    found = Organisation.objects.within([tree[3].pk, tree[4].pk])

    assert set(found) == {tree[3], tree[4], tree[5]}
    assert list(Organisation.objects.within([])) == []


def test_the_deepest_tree_is_reached_to_its_leaves(db):
    above = province()
    for kind in Kind.values[1:]:
        above = make_organisation(kind=kind, parent=above)

    assert above in Organisation.objects.within([province().pk])


def test_a_posting_at_a_station_reaches_no_organisation(station, manager):
    reached = reach.of(manager)

    assert list(reached.stations(reach.AT_THE_COUNTER)) == [station]
    assert list(reached.organisations(reach.EVERYBODY)) == []


def test_who_is_shut_out_reaches_nothing(station, manager):
    manager.is_active = False
    manager.save()

    assert list(reach.of(manager).stations(reach.EVERYBODY)) == []


# Several postings


@pytest.fixture
def both(station, other_station):
    """Audits the prefecture, and runs `station`."""
    prefecture = make_organisation(name="杭州市总工会", kind=Kind.PREFECTURE)
    station.organisation.parent = prefecture
    station.organisation.save()
    person = make_user(name="两职")
    make_posting(person, prefecture, role=Posting.Role.AUDITOR)
    make_posting(person, station)
    return person


def form_of(page):
    """What a browser would send back, untouched."""
    forms = [page.context["adminform"].form]
    for wrapped in page.context["inline_admin_formsets"]:
        forms += [wrapped.formset.management_form, *wrapped.formset.forms]
    sent = {"history_mark": page.context.get("history_mark", "")}
    for form in forms:
        for field in form:
            value = field.value()
            sent[field.html_name] = "" if value is None else value
    return sent


def test_in_the_form_only_ones_own_station_is_changed(client, both, station, other_station):
    client.force_login(both)
    about = {}

    for place in (station, other_station):
        address = reverse("admin:stations_station_change", args=[place.pk])
        page = client.get(address)
        own = form_of(page) if place == station else {"history_mark": page.context.get("history_mark", "")}
        answer = client.post(address, {**own, "about": "改过"})
        place.refresh_from_db()
        about[place] = (page.status_code, answer.status_code, place.about)

    assert about == {station: (200, 302, "改过"), other_station: (200, 403, "")}


def test_in_an_inline_only_ones_own_station_is_changed(client, both, station, other_station):
    client.force_login(both)
    there = {place: place.facilities.count() for place in (station, other_station)}
    address = reverse("admin:stations_station_change", args=[station.pk])
    sent = form_of(client.get(address))
    number = int(sent["facilities-TOTAL_FORMS"])
    row = {"kind": "microwave", "state": "working", "station": station.pk}
    added = {f"facilities-{number}-{name}": value for name, value in row.items()}

    for place in (station, other_station):
        form = {**sent, **added, "facilities-TOTAL_FORMS": number + 1}
        client.post(reverse("admin:stations_station_change", args=[place.pk]), form)

    assert station.facilities.count() == there[station] + 1
    assert other_station.facilities.count() == there[other_station]
    assert list(StationFacility.objects.filter(kind="microwave").values_list("station", flat=True)) == [
        station.pk
    ]


def test_an_action_takes_the_rows_of_ones_own_station_only(client, both, station, other_station):
    kiosks = [make_kiosk(station=place) for place in (station, other_station)]
    client.force_login(both)
    address = reverse("admin:stations_kiosk_changelist")
    shown = {kiosk.pk for kiosk in client.get(address).context["cl"].queryset}

    client.post(address, {"action": "revoke", "_selected_action": [kiosk.pk for kiosk in kiosks]})

    for kiosk in kiosks:
        kiosk.refresh_from_db()
    assert shown == {kiosk.pk for kiosk in kiosks}
    assert [kiosk.revoked_at is not None for kiosk in kiosks] == [True, False]


# Days


def test_a_posting_that_ends_tonight_is_over_at_the_next_request_tomorrow(client, both, station):
    evening = datetime(2026, 11, 30, 23, 59, 50, tzinfo=SHANGHAI)
    address = reverse("admin:stations_kiosk_changelist")
    both.postings.update(starts_on=evening.date() - timedelta(days=9))
    both.postings.filter(role=Posting.Role.MANAGER).update(ends_on=evening.date())
    kiosk = make_kiosk(station=station)
    client.force_login(both)
    revoke = {"action": "revoke", "_selected_action": [kiosk.pk]}

    with time_machine.travel(evening + timedelta(seconds=11), tick=False):
        tomorrow = client.get(address).status_code, client.post(address, revoke).status_code
    kiosk.refresh_from_db()
    still_open = kiosk.revoked_at is None
    with time_machine.travel(evening, tick=False):
        client.post(address, revoke)
    kiosk.refresh_from_db()

    # Her other posting goes on: she reads, and changes nothing any more.
    assert (tomorrow[0], still_open, kiosk.revoked_at is not None) == (200, True, True)


def test_unions_that_stand_in_a_circle_are_reached_without_end(stranger, station):
    """No form lets them; a hand in the database might."""
    county = station.organisation
    below = make_organisation(kind=Organisation.Kind.TOWN, parent=county)
    Organisation.objects.filter(pk=county.pk).update(parent=below)
    make_posting(stranger, county, role=Posting.Role.MODERATOR)

    reached = reach.of(stranger).organisation_ids(reach.COUNTY)

    assert reached == sorted([county.pk, below.pk])
