"""Series of shifts: made ahead once, changed and ended without dropping anybody who signed up."""

from datetime import date, time, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events.models import Message
from stations.models import HistoryLine
from stations.refusals import Refusal
from stations.tests.factories import make_station, make_user
from stations.tests.test_reach import form_of
from volunteers import rules, series, shifts, signups
from volunteers.models import Series, Shift, Signup
from volunteers.rules import DAYS
from volunteers.tests.factories import make_series, make_shift, make_signup, make_volunteer

TWO_HOURS = timedelta(hours=2)


def every(*days):
    return f"FREQ=WEEKLY;BYDAY={','.join(days)}"


def on(*numbers):
    """The weekdays that are so many days from today."""
    return every(*(list(DAYS)[(timezone.localdate().weekday() + number) % 7] for number in numbers))


def in_days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def weekly(station):
    """Every week from tomorrow on; its shifts are made."""
    row = make_series(station=station, rule=on(1))
    series.generate()
    return row


def writes(verb, *args):
    with CaptureQueriesContext(connection) as queries:
        verb(*args)
    return [q["sql"] for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]


def held(shift, volunteer):
    return Signup.objects.get(shift=shift, volunteer=volunteer)


# Making


def test_shifts_are_made_eight_weeks_ahead_and_only_once(weekly):
    made = list(weekly.shifts.order_by("starts_at"))

    assert [shift.series_day for shift in made] == [in_days(1 + 7 * n) for n in range(8)]
    assert {timezone.localtime(shift.starts_at).time() for shift in made} == {time(14)}
    assert {shift.ends_at - shift.starts_at for shift in made} == {TWO_HOURS}
    assert writes(series.generate) == []
    assert writes(call_command, "generate_shifts") == []


def test_a_shift_belongs_to_the_service_day_it_begins_in(station, service_day):
    begins = timezone.localtime(service_day.starts_at)
    row = make_series(station=station, rule=on(1), starts_at=begins.time())

    series.generate()

    assert row.shifts.order_by("starts_at").first().service_day == service_day


def test_what_was_moved_or_cancelled_by_hand_is_not_made_again(weekly, manager):
    moved, cancelled, *_others = weekly.shifts.order_by("starts_at")
    day = timedelta(days=1)
    shifts.change(moved, {"starts_at": moved.starts_at + day, "ends_at": moved.ends_at + day}, by=manager)
    shifts.cancel(cancelled, by=manager, reason="停电")

    assert writes(series.generate) == []
    assert weekly.shifts.count() == 8


def test_a_shift_planned_by_hand_stands_for_the_day(station):
    row = make_series(station=station, rule=on(1))
    by_hand = make_shift(station=station, starts_at=series.times(row, in_days(1))[0])

    series.generate()

    assert row.shifts.count() == 7
    assert Shift.objects.get(pk=by_hand.pk).series is None
    assert writes(series.generate) == []


def test_shifts_over_midnight_and_back_to_back_are_made(station):
    night = make_series(station=station, rule="FREQ=DAILY", starts_at=time(22), minutes=8 * 60)
    all_day = make_series(station=station, rule="FREQ=DAILY", kind="photo", minutes=24 * 60)

    series.generate(in_days(3))

    first = night.shifts.order_by("starts_at").first()
    assert timezone.localtime(first.ends_at).hour == 6
    assert timezone.localdate(first.ends_at) == first.series_day + timedelta(days=1)
    times = list(all_day.shifts.order_by("starts_at").values_list("starts_at", "ends_at"))
    assert [end for _begin, end in times[:-1]] == [begin for begin, _end in times[1:]]


@pytest.mark.parametrize("ended", [{"is_active": False}, {"ends_on": date(2020, 1, 3)}])
def test_an_ended_series_makes_nothing(station, ended):
    make_series(station=station, starts_on=date(2020, 1, 1), **ended)

    assert series.generate()["made"] == 0


def test_nobody_makes_shifts_for_years(db):
    with pytest.raises(Refusal) as refusal:
        series.generate(in_days(800))

    assert refusal.value.code == "too_far"


# Changing


def test_a_new_time_moves_the_shifts_and_tells_who_is_on_them(weekly, newcomer, manager):
    first = weekly.shifts.order_by("starts_at").first()
    signup = signups.sign_up(newcomer, first)

    changed = series.change(weekly, {"starts_at": time(15)}, by=manager, reason="天热")

    signup.refresh_from_db()
    assert (changed.changed, changed.made, changed.removed, changed.kept) == (8, 0, 0, [])
    assert (signup.status, timezone.localtime(signup.starts_at).hour) == ("confirmed", 15)
    assert Message.objects.filter(key=f"moved:{signup.pk}:1").exists()
    assert HistoryLine.objects.get(model="volunteers.series", reason="天热").person == manager


def test_another_day_keeps_the_shift_somebody_is_on(weekly, newcomer, manager):
    first = weekly.shifts.order_by("starts_at").first()
    signups.sign_up(newcomer, first)

    changed = series.change(weekly, {"rule": on(2)}, by=manager)

    assert (changed.removed, changed.made) == (7, 8)
    assert [(shift, bool(why)) for shift, why in changed.kept] == [(first, True)]
    assert held(first, newcomer).status == "confirmed"
    assert writes(series.generate) == []


def test_another_service_keeps_what_people_said_yes_to(weekly, newcomer, manager):
    first = weekly.shifts.order_by("starts_at").first()
    signups.sign_up(newcomer, first)

    changed = series.change(weekly, {"kind": "photo"}, by=manager)

    first.refresh_from_db()
    assert (changed.changed, first.kind, len(changed.kept)) == (7, "helper", 1)


def test_fewer_places_than_people_are_kept(weekly, manager):
    first = weekly.shifts.order_by("starts_at").first()
    for _n in range(2):
        make_signup(shift=first)

    changed = series.change(weekly, {"places": 1}, by=manager)

    first.refresh_from_db()
    assert (changed.changed, first.places, [shift for shift, _why in changed.kept]) == (7, 2, [first])


def test_what_was_set_by_hand_stays(weekly, manager):
    first, second, *_others = weekly.shifts.order_by("starts_at")
    shifts.change(first, {"places": 5}, by=manager)

    series.change(weekly, {"places": 3}, by=manager)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.places, second.places) == (5, 3)


def test_a_shift_moved_here_from_a_past_day_is_left_alone(weekly, manager):
    moved = weekly.shifts.order_by("starts_at").first()
    Shift.objects.filter(pk=moved.pk).update(series_day=in_days(-1))

    series.change(weekly, {"bring": "手套"}, by=manager)

    assert weekly.shifts.filter(pk=moved.pk).exists()


@pytest.mark.parametrize("end", [lambda: {"ends_on": in_days(0)}, lambda: {"is_active": False}])
def test_ending_removes_only_empty_shifts(weekly, newcomer, manager, end):
    first, second, *_others = weekly.shifts.order_by("starts_at")
    signups.sign_up(newcomer, first)
    once = signups.sign_up(make_volunteer(), second)
    Signup.objects.filter(pk=once.pk).update(status=Signup.Status.CANCELLED)

    changed = series.change(weekly, end(), by=manager)

    assert (changed.removed, [shift for shift, _why in changed.kept]) == (7, [first])
    assert held(first, newcomer).status == "confirmed"
    # Somebody once was on the second, which is kept as cancelled.
    assert dict(weekly.shifts.values_list("pk", "status")) == {first.pk: "published", second.pk: "cancelled"}


def test_a_rule_that_is_none_changes_nothing(weekly, manager):
    with pytest.raises(Refusal):
        series.change(weekly, {"rule": "FREQ=HOURLY"}, by=manager)

    weekly.refresh_from_db()
    assert (weekly.rule, weekly.shifts.count()) == (on(1), 8)


# In the workplace


def test_the_manager_begins_a_series(client, station, manager):
    client.force_login(manager)
    add = reverse("admin:volunteers_series_add")
    values = {"station": station.pk, "kind": "helper", "places": 2, "needed": 1, "is_active": "on"}
    when = {"starts_on": in_days(1).isoformat(), "starts_at": "14:00", "minutes": 120}

    refused = client.post(add, {**values, **when, "rule": "FREQ=HOURLY"})
    client.post(add, {**values, **when, "rule": f"rrule:{on(1).lower()}"})

    assert "rule" in refused.context["adminform"].form.errors
    row = Series.objects.get()
    assert (row.rule, row.shifts.count()) == (on(1), 8)
    assert HistoryLine.objects.get(model="volunteers.series").person == manager


def test_the_manager_reads_what_could_not_follow(client, weekly, newcomer, manager):
    signups.sign_up(newcomer, weekly.shifts.order_by("starts_at").first())
    client.force_login(manager)
    page = reverse("admin:volunteers_series_change", args=[weekly.pk])
    shown = client.get(page)

    answer = client.post(page, {**form_of(shown), "rule": on(2)}, follow=True)

    assert rules.in_words(on(1)) in shown.content.decode()
    assert in_days(1).isoformat() in shown.content.decode()
    levels = [message.level_tag for message in answer.context["messages"]]
    assert levels.count("warning") == 1
    assert Shift.objects.filter(series=weekly).count() == 9


def test_weekdays_are_ticked_instead_of_written(client, weekly, manager, auditor):
    page = reverse("admin:volunteers_series_change", args=[weekly.pk])
    client.force_login(manager)
    shown = form_of(client.get(page))
    empty = client.post(page, {**shown, "weekdays": [], "rule": ""})
    client.post(page, {**shown, "weekdays": ["MO", "TH"]})

    weekly.refresh_from_db()
    assert every(*shown["weekdays"]) == on(1)
    assert "weekdays" in empty.context["adminform"].form.errors
    assert weekly.rule == every("MO", "TH")
    client.force_login(auditor)
    assert "星期一、星期四" in client.get(page).content.decode()


# Whatever is planned

weekdays = st.sets(st.sampled_from(list(DAYS)), min_size=1, max_size=3).map(lambda some: every(*sorted(some)))
edits = st.one_of(
    st.fixed_dictionaries({"rule": weekdays}),
    st.fixed_dictionaries({"starts_at": st.times().map(lambda at: at.replace(second=0, microsecond=0))}),
    st.fixed_dictionaries({"minutes": st.integers(1, 24 * 60)}),
    st.fixed_dictionaries({"places": st.integers(1, 4)}),
    st.fixed_dictionaries({"kind": st.sampled_from(["helper", "photo", "haircut"])}),
    st.fixed_dictionaries({"ends_on": st.integers(0, 60).map(in_days)}),
    st.fixed_dictionaries({"is_active": st.booleans()}),
)


class AnyEdit(TestCase):
    @settings(max_examples=8, deadline=None)
    @given(weekdays, st.lists(edits, min_size=1, max_size=4), st.integers(0, 7))
    def test_nobody_is_lost_and_nothing_is_made_twice(self, rule, changes, which):
        manager, row = make_user(), make_series(station=make_station(), rule=rule)
        series.generate()
        coming = list(row.shifts.order_by("starts_at"))
        active = [make_signup(shift=coming[(which + n) % len(coming)]).pk for n in range(2)]

        for fields in changes:
            series.change(row, fields, by=manager)
            series.generate()

            assert writes(series.generate) == []
            assert Signup.objects.active().filter(pk__in=active).count() == len(active)
