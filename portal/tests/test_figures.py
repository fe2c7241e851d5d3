"""The charts of the first page say what the lists behind them hold, and nothing of others."""

from datetime import datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone, translation

from events.models import PointsEntry
from events.tests.factories import make_worker_pass
from portal import desk, figures
from stations import hours, organisations, reach
from stations.tests.factories import make_division, make_posting, make_station, make_user
from volunteers.models import HoursEntry
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

WEDNESDAY = datetime(2026, 9, 9, 10, 20, tzinfo=hours.SHANGHAI)
KINDS = {
    "earn_shift": ("issued", 1),
    "grant": ("issued", 1),
    "redeem": ("goods", -1),
    "reverse": ("goods", 1),
}


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def moderator(station):
    """Of the county in which `station` lies."""
    person = make_user(name="县区审核员")
    make_posting(person, organisations.of(station.division), role="moderator")
    return person


@pytest.fixture
def province(station):
    """Twelve weeks and more at `station`, beside it in its county, and in another county."""
    elsewhere = make_division(code="330302", name="鹿城区", prefecture="温州市")
    places = [station, make_station(), make_station(division=elsewhere)]
    random = Random(8)
    for number in range(90):
        make_week_of(random, places[number % 3], number)


def make_week_of(random, station, number):
    """A shift with hours, and an entry of the ledger, on any day of sixteen weeks."""
    moment = WEDNESDAY - timedelta(minutes=random.randrange(16 * 7 * 24 * 60))
    shift = make_shift(
        station=station, starts_at=moment, served=random.choice([None, 0, random.randrange(80)])
    )
    volunteer = make_volunteer(home_station=station)
    HoursEntry.objects.create(
        volunteer=volunteer,
        signup=make_signup(shift=shift, volunteer=volunteer, attendance="came"),
        minutes=random.randrange(30, 400),
        confirmed_by=volunteer.person,
        confirmed_at=moment + timedelta(hours=2) if number % 2 else moment,
    )
    kind = random.choice(list(KINDS))
    counterpart, sign = KINDS[kind]
    PointsEntry.objects.create(
        account=make_worker_pass(station=station, points=90).account,
        counterpart=counterpart,
        kind=kind,
        points=sign * random.randrange(5, 90),
        key=f"test-figures:{number}",
        reason="测试",
        station=station,
        created_at=moment,
    )


RECOUNTED = {
    "hours": (Sum("minutes"), 1),
    "served": (Sum("served"), 1),
    "issued": (Sum("points"), 1),
    "redeemed": (Sum("points"), -1),
}


@pytest.mark.parametrize("who", ["admin", "moderator", "manager"])
def test_each_figure_is_the_sum_over_the_list_it_leads_to(request, client, province, who):
    person = request.getfixturevalue(who)
    client.force_login(person)

    charts = {chart.key: chart for chart in figures.charts(reach.of(person))}

    for key, (total, sign) in RECOUNTED.items():
        cells = [row.cells[0] for row in charts[key].rows]
        recounted = [
            sign * (client.get(cell.address).context["cl"].queryset.aggregate(total=total)["total"] or 0)
            for cell in cells
        ]
        assert [cell.value for cell in cells] == recounted
        assert any(recounted)


def test_whoever_reaches_less_counts_less(admin, moderator, manager, province):
    totals = [
        sum(row.value for row in chart_of("hours", person).rows) for person in (admin, moderator, manager)
    ]

    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 3


def test_a_week_begins_on_monday_in_shanghai(manager, station):
    monday = datetime(2026, 9, 7, tzinfo=hours.SHANGHAI)
    make_shift(station=station, starts_at=monday - timedelta(minutes=1), served=3)
    make_shift(station=station, starts_at=monday, served=5)

    rows = chart_of("served", manager).rows

    assert [row.value for row in rows] == [0] * 10 + [3, 5]
    assert (rows[0].label, rows[-1].label) == ("06月22日", "09月7日")


def test_what_was_given_back_counts_against_what_was_redeemed(manager, station):
    account = make_worker_pass(station=station, points=50).account
    for number, (kind, points) in enumerate([("redeem", -30), ("redeem", -20), ("reverse", 30)]):
        PointsEntry.objects.create(
            account=account, counterpart="goods", kind=kind, points=points, key=str(number), station=station
        )

    with translation.override("en"):
        chart = chart_of("redeemed", manager)

    assert chart.rows[-1].value == 20
    assert chart.summary == "20 in the last 12 weeks, 20 this week so far."


def test_a_posting_that_ends_leads_to_other_figures_at_once(manager, station):
    make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3), served=7)
    before = chart_of("served", manager).rows

    manager.postings.update(starts_on=timezone.localdate() + timedelta(days=1))
    make_posting(manager, make_station())

    assert [row.value for row in before][-1] == 7
    assert chart_of("served", manager).rows == []


def test_figures_are_kept_for_ten_minutes_and_say_when_they_were_counted(manager, station):
    make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3), served=7)
    chart_of("served", manager)
    make_shift(station=station, starts_at=timezone.now() - timedelta(hours=5), served=10)

    with time_machine.travel(WEDNESDAY + timedelta(minutes=9), tick=False):
        kept = chart_of("served", manager)
    with time_machine.travel(WEDNESDAY + timedelta(minutes=11), tick=False):
        afresh = chart_of("served", manager)

    assert (kept.rows[-1].value, kept.counted_at) == (7, WEDNESDAY)
    assert (afresh.rows[-1].value, afresh.counted_at) == (17, WEDNESDAY + timedelta(minutes=11))


def test_counting_takes_two_questions_and_none_within_the_minute(admin, province, django_assert_num_queries):
    reached = reach.of(admin)

    with django_assert_num_queries(2):
        figures.charts(reached)
    with django_assert_num_queries(0):
        figures.charts(reached)


@pytest.mark.parametrize("who", ["admin", "moderator", "manager"])
def test_what_waits_is_told_by_age_and_leads_to_these_items(request, client, station, who):
    person = request.getfixturevalue(who)
    elsewhere = make_station(division=make_division(code="330302", name="鹿城区", prefecture="温州市"))
    for place in (station, make_station(), elsewhere):
        for days in (0.1, 0.9, 2, 2.9, 4, 40, 41):
            licence = make_credential(volunteer=make_volunteer(home_station=place))
            submitted_at = timezone.now() - timedelta(days=days)
            type(licence).objects.filter(pk=licence.pk).update(submitted_at=submitted_at)
    client.force_login(person)

    rows = {row.label: row for row in chart_of("waiting", person).rows}

    places = {"admin": 3, "moderator": 2, "manager": 1}[who]
    licences = next(queue for queue in desk.QUEUES.values() if queue.model is licence.__class__)
    row = rows[str(licences.name)]
    assert [cell.value for cell in row.cells] == [2 * places, 2 * places, 3 * places]
    assert [len(client.get(cell.address).context["items"]) for cell in row.cells] == [
        cell.value for cell in row.cells
    ]


def test_the_first_page_shows_each_chart_with_its_table(client, manager, province):
    client.force_login(manager)

    page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()

    charts = figures.charts(reach.of(manager))
    assert [page.count(f'id="chart-{chart.key}"') for chart in charts] == [1] * len(charts)
    assert page.count("As a table") == sum(bool(chart.rows) for chart in charts)
    assert page.count("Counted at 10:20") == len(charts)


def test_an_empty_chart_says_how_its_first_row_comes_about(manager):
    with translation.override("en"):
        chart = chart_of("hours", manager)

    assert chart.rows == []
    assert chart.counted_at == WEDNESDAY
    assert str(chart.summary) == "Hours appear here as soon as somebody marks who came to a shift."


def chart_of(key, person):
    return next(chart for chart in figures.charts(reach.of(person)) if chart.key == key)


def test_figures_of_one_reach_are_never_shown_to_another(manager, moderator, admin):
    reaches = [reach.of(person) for person in (manager, moderator, admin)]

    assert len({figures.fingerprint(reached) for reached in reaches}) == 3
