"""The lists of the workplace: what narrows them, what leads on, and what they say when they are empty."""

import pytest
from django.contrib import admin as workplace
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from events.tests.factories import make_hazard, make_service_day, make_worker_pass
from stations import organisations
from stations.admin.upkeep import FaultAdmin
from stations.models import Posting, Station
from stations.pagination import BoundedPaginator
from stations.tests.factories import make_division, make_posting, make_report, make_station, make_user
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

LISTS = [
    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in workplace.site._registry
]


@pytest.fixture
def opened(client):
    """The list behind a name, as whoever is signed in finds it."""
    return lambda name, **filters: client.get(reverse(name), filters)


def choices(response, title):
    """The choices of a filter, without "All"; nothing where the filter is not shown."""
    changelist = response.context["cl"]
    found = [spec for spec in changelist.filter_specs if str(spec.title) == title]
    return [str(each["display"]) for spec in found for each in spec.choices(changelist)][1:]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_searches_and_costs_the_same_for_three_as_for_one(client, admin, station, name):
    client.force_login(admin)
    fill(station)
    client.get(reverse(name))
    one = cost(client, name)
    for _each in range(2):
        fill(station)

    assert cost(client, name) == one
    assert one <= 20
    assert client.get(reverse(name), {"q": "石门 0042"}).status_code == 200


def fill(station):
    volunteer = make_volunteer(person=make_user(name="周小渔"), home_station=station)
    make_credential(volunteer=volunteer)
    make_signup(volunteer=volunteer, shift=make_shift(station=station))
    make_worker_pass(station=station)
    make_service_day(station=station)
    make_hazard(station=station)
    make_report(station=station, kind="" if station.faults.exists() else "water")
    make_posting(volunteer.person, station)


def cost(client, name):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name)).status_code == 200
    return len(queries)


def test_filters_offer_only_places_in_reach(client, db, opened):
    hangzhou = make_division()
    make_division(code="330300", name="温州市", prefecture="温州市")
    make_division(code="330100", name="杭州市", prefecture="杭州市")
    make_division(code="330106", name="西湖区")
    moderator = make_user()
    make_posting(moderator, organisations.of(hangzhou.__class__.objects.get(pk="330100")), role="staff")
    make_station(name="温州站", division=hangzhou.__class__.objects.get(pk="330300"))
    ours = make_station(name="拱墅站", division=hangzhou)
    client.force_login(moderator)

    page = opened("admin:stations_station_changelist")
    narrowed = opened("admin:stations_station_changelist", place="330106")
    beyond = opened("admin:stations_station_changelist", place="330300")

    assert choices(page, gettext("county")) == ["杭州市", "杭州市拱墅区", "杭州市西湖区"]
    assert "温州" not in page.content.decode()
    assert list(page.context["cl"].result_list) == [ours]
    assert [list(each.context["cl"].result_list) for each in (narrowed, beyond)] == [[], []]


def test_whoever_runs_several_stations_chooses_among_those(client, manager, station, opened):
    second = make_station(name="第二站")
    make_station(name="别人的站")
    make_posting(manager, second)
    shift, other = make_shift(station=station), make_shift(station=second)
    client.force_login(manager)

    page = opened("admin:volunteers_shift_changelist")
    narrowed = opened("admin:volunteers_shift_changelist", station__id__exact=second.pk)

    assert choices(page, "站点") == [str(station), str(second)]
    assert set(page.context["cl"].result_list) == {shift, other}
    assert list(narrowed.context["cl"].result_list) == [other]


def test_a_filter_by_somebody_elses_station_shows_neither_rows_nor_its_name(
    client, manager, station, other_station, opened
):
    make_shift(station=other_station)
    client.force_login(manager)

    page = opened("admin:volunteers_shift_changelist", station__id__exact=other_station.pk)

    assert list(page.context["cl"].result_list) == []
    assert other_station.name not in page.content.decode()


@pytest.mark.parametrize("value", ["abc", "", "-1", "99999999999999999999", "1,2"])
def test_a_filter_that_means_nothing_breaks_nothing(client, manager, station, value):
    client.force_login(manager)
    address = reverse("admin:volunteers_shift_changelist")

    answer = client.get(address, {"station__id__exact": value, "place": value}, follow=True)

    assert answer.status_code == 200


def test_a_station_leads_to_all_that_hangs_on_it_and_each_list_shows_only_that(client, admin, station):
    fill(station)
    fill(make_station())
    client.force_login(admin)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()
    volunteers = client.get(f"/admin/volunteers/volunteer/?home_station__id__exact={station.pk}")
    signups = client.get(f"/admin/volunteers/signup/?shift__station__id__exact={station.pk}")

    for address in ("volunteers/volunteer/?home_station", "volunteers/signup/?shift__station"):
        assert f"/admin/{address}__id__exact={station.pk}" in page
    assert len(volunteers.context["cl"].result_list) == 1
    assert [signup.shift.station for signup in signups.context["cl"].result_list] == [station]


def test_a_volunteer_leads_to_documents_places_and_hours(client, manager, station):
    volunteer = make_volunteer(home_station=station)
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_volunteer_change", args=[volunteer.pk])).content.decode()

    led = [
        f"/admin/volunteers/{name}/?volunteer__id__exact={volunteer.pk}"
        for name in ("credential", "signup", "hoursentry")
    ]
    assert [address in page for address in led] == [True] * 3


def test_what_the_reader_may_not_list_is_no_neighbour(client, manager, station):
    client.force_login(manager)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()

    assert "/admin/stations/sitesuggestion/?" not in page


def test_a_volunteer_from_elsewhere_has_a_name_in_the_roster_and_no_page(
    client, manager, station, other_station, volunteer, opened
):
    shift = make_shift(station=station)
    make_signup(volunteer=volunteer, shift=shift)
    guest = make_volunteer(person=make_user(name="远客"), home_station=other_station)
    make_signup(volunteer=guest, shift=shift)
    client.force_login(manager)

    page = opened("admin:volunteers_signup_changelist").content.decode()

    assert "远客" in page
    assert reverse("admin:volunteers_volunteer_change", args=[volunteer.pk]) in page
    assert reverse("admin:volunteers_volunteer_change", args=[guest.pk]) not in page


def test_an_empty_list_says_what_to_do_and_a_narrowed_one_how_to_see_all(client, manager, station, opened):
    client.force_login(manager)

    empty = opened("admin:stations_fault_changelist").content.decode()
    first = opened("admin:events_serviceday_changelist").content.decode()
    make_report(station=station)
    narrowed = opened("admin:stations_fault_changelist", state="fixed").content.decode()

    assert str(FaultAdmin.first_step) in empty
    assert reverse("admin:events_serviceday_add") in first
    assert gettext("Show the whole list") in narrowed
    assert str(FaultAdmin.first_step) not in narrowed


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("admin:stations_station", "八有"),
        ("admin:events_serviceday", "周周服务日"),
        ("admin:events_redemptionday", "积分兑换日"),
        ("admin:volunteers_credential", "志愿服务条例"),
    ],
)
def test_a_governed_list_explains_its_rule(client, admin, opened, name, words):
    client.force_login(admin)

    assert words in opened(f"{name}_changelist").content.decode()


def test_a_list_counts_no_further_than_anybody_leafs(client, admin, station, opened, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "MOST", 2)
    make_station()
    client.force_login(admin)
    all_of_them = opened("admin:stations_station_changelist")
    make_station()

    page = opened("admin:stations_station_changelist")

    assert [each.context["cl"].paginator.is_cut for each in (all_of_them, page)] == [False, True]
    assert page.context["cl"].result_count == 2
    assert [each.content.decode().count('class="help cut"') for each in (all_of_them, page)] == [0, 1]
    assert Station.objects.count() == 3


def test_postings_are_chosen_by_whether_they_count_today(client, admin, station, opened):
    client.force_login(admin)
    person = make_user()
    now = make_posting(person, station)
    over = make_posting(person, station, starts_on="2020-01-01", ends_on="2020-02-01")
    coming = make_posting(person, station, starts_on="2999-01-01")

    found = [
        list(opened("admin:stations_posting_changelist", today=when).context["cl"].result_list)
        for when in ("now", "over", "coming")
    ]

    assert found == [[now], [over], [coming]]
    assert Posting.objects.count() == 3
