"""The ledger of hours: only ever added to, and points follow it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import points
from events.models import Message, PointsEntry
from stations.refusals import Refusal
from stations.tests.factories import make_user
from stations.tests.races import at_once, many_sessions  # noqa: F401 (a fixture)
from volunteers import attendance, hours
from volunteers.models import HoursEntry
from volunteers.tests.factories import make_shift, make_signup

MINUTE = timedelta(minutes=1)


def over(**kw):
    """A place on a shift of two hours that is over."""
    shift = make_shift(starts_at=timezone.now() - timedelta(hours=4), station=kw.pop("station", None))
    return make_signup(shift=shift, **kw)


@pytest.fixture
def served(newcomer, station):
    return over(volunteer=newcomer, station=station)


@pytest.fixture
def confirmed(served, manager):
    attendance.mark_came(served, by=manager)
    return served


def lines(signup):
    return [(line.kind, line.version, line.minutes) for line in signup.hours.order_by("pk")]


def balance(signup):
    return points.account_of(signup.volunteer.person).balance


def refusal(verb, *args, **kw):
    with pytest.raises(Refusal) as refused:
        verb(*args, **kw)
    return refused.value.code


@pytest.mark.parametrize(("came", "went", "minutes"), [(0, 90, 90), (-20, 125, 145), (5, 119, 114)])
def test_hours_are_what_lies_between_check_in_and_check_out(served, manager, came, went, minutes):
    start = served.shift.starts_at
    served.checked_in_at, served.checked_out_at = start + came * MINUTE, start + went * MINUTE

    assert attendance.mark_came(served, by=manager).minutes == minutes


def test_who_forgot_to_check_out_has_the_hours_of_the_shift(served, manager):
    served.checked_in_at = served.shift.starts_at

    assert attendance.mark_came(served, by=manager).minutes == 120


def test_at_most_two_hours_more_than_planned_are_counted(served, manager):
    served.checked_in_at = served.shift.starts_at - 30 * MINUTE
    served.checked_out_at = served.shift.ends_at + 120 * MINUTE

    assert attendance.mark_came(served, by=manager).minutes == 240


def test_who_went_within_the_minute_has_no_time_to_confirm(served, manager):
    served.checked_in_at = served.checked_out_at = served.shift.starts_at

    assert refusal(attendance.check_times, served) == "minutes"
    assert refusal(attendance.mark_came, served, by=manager) == "minutes"


def test_a_correction_writes_the_opposite_and_a_new_line(confirmed, manager):
    entry = hours.correct(confirmed, 90, by=manager, reason="提前离开")

    assert lines(confirmed) == [("service", 1, 120), ("undone", 1, -120), ("service", 2, 90)]
    assert (entry.version, entry.reason, entry.confirmed_by) == (2, "提前离开", manager)
    assert balance(confirmed) == 15


def test_a_correction_to_nothing_leaves_no_hours_and_no_points(confirmed, manager):
    assert hours.correct(confirmed, 0, by=manager, reason="记错人了") is None

    assert lines(confirmed) == [("service", 1, 120), ("undone", 1, -120)]
    assert balance(confirmed) == 0


def test_more_hours_earn_the_difference(confirmed, manager):
    hours.correct(confirmed, 180, by=manager, reason="加班")

    assert [entry.points for entry in PointsEntry.objects.order_by("pk")] == [20, 10]
    assert balance(confirmed) == 30


def test_points_that_are_spent_are_not_taken_back_and_not_given_twice(confirmed, manager):
    PointsEntry.objects.create(
        account=points.account_of(confirmed.volunteer.person),
        points=-15,
        kind="redeem",
        counterpart="goods",
        key="redeem:1",
        reason="肥皂",
    )

    hours.correct(confirmed, 0, by=manager, reason="记错人了")
    assert balance(confirmed) == 0  # 20 earned, 15 spent: 5 were left to take
    hours.correct(confirmed, 120, by=manager, reason="没有记错")

    assert balance(confirmed) == 5


@pytest.mark.parametrize("corrected_before", [False, True])
def test_after_an_upheld_complaint_hours_stay_and_earn_nothing_any_more(confirmed, manager, corrected_before):
    if corrected_before:
        hours.correct(confirmed, 150, by=manager, reason="加班")
    entry = PointsEntry.objects.latest("pk")
    points.forfeit(entry, by=manager, reason="投诉属实")
    stands, left = hours.standing(confirmed)[0].minutes, balance(confirmed)
    count = PointsEntry.objects.count()

    for minutes in (240, 60, 0, 120):
        hours.correct(confirmed, minutes, by=manager, reason="再核对")
        assert confirmed.hours.aggregate(n=Sum("minutes"))["n"] == minutes

    assert (stands, left) == ((150, 20) if corrected_before else (120, 0))
    assert (balance(confirmed), PointsEntry.objects.count()) == (left, count)


def test_a_complaint_about_one_service_leaves_the_others_alone(confirmed, newcomer, station, manager):
    points.forfeit(PointsEntry.objects.get(), by=manager, reason="投诉属实")
    other = make_signup(
        volunteer=newcomer,
        shift=make_shift(starts_at=timezone.now() - timedelta(hours=9), station=station),
    )

    attendance.mark_came(other, by=manager)
    hours.correct(other, 90, by=manager, reason="提前离开")

    assert balance(confirmed) == 15


def test_the_volunteer_reads_what_was_corrected_and_why(confirmed, manager):
    confirmed.volunteer.person.language = "en"
    confirmed.volunteer.person.save()

    hours.correct(confirmed, 90, by=manager, reason="You left early.")

    letter = Message.objects.get(key__startswith="corrected:")
    assert "Before: 120 minutes. Now: 90 minutes." in letter.body
    assert "You left early." in letter.body


def test_the_same_minutes_again_change_nothing(confirmed, manager):
    hours.correct(confirmed, 120, by=manager, reason="再看一次")

    assert lines(confirmed) == [("service", 1, 120)]
    assert not Message.objects.filter(key__startswith="corrected:").exists()


@pytest.mark.parametrize(
    ("minutes", "reason", "code"), [(241, "多", "minutes"), (-1, "少", "minutes"), (60, " ", "reason_needed")]
)
def test_a_correction_that_cannot_be_is_refused(confirmed, manager, minutes, reason, code):
    assert refusal(hours.correct, confirmed, minutes, by=manager, reason=reason) == code
    assert lines(confirmed) == [("service", 1, 120)]


def test_what_was_never_confirmed_is_not_corrected(served, manager):
    assert refusal(hours.correct, served, 60, by=manager, reason="漏记") == "not_confirmed"


# What the database itself refuses


@pytest.mark.parametrize("change", [{"minutes": 1}, {"reason": "x"}, {"kind": "undone"}, {"version": 9}])
def test_no_line_is_ever_changed(confirmed, change):
    with pytest.raises(IntegrityError, match="hours_are_append_only"), transaction.atomic():
        confirmed.hours.update(**change)

    assert lines(confirmed) == [("service", 1, 120)]


def test_no_line_is_ever_deleted(confirmed):
    with pytest.raises(IntegrityError, match="hours_are_append_only"), transaction.atomic():
        confirmed.hours.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM volunteers_hoursentry")

    assert lines(confirmed) == [("service", 1, 120)]


def test_the_day_of_the_export_is_filled_in_once(confirmed):
    first = timezone.now()
    confirmed.hours.update(synced_to_national_at=first)

    with pytest.raises(IntegrityError), transaction.atomic():
        confirmed.hours.update(synced_to_national_at=None)

    assert confirmed.hours.get().synced_to_national_at == first


def test_there_are_no_hours_but_those_of_a_shift(newcomer, manager):
    with pytest.raises(IntegrityError), transaction.atomic():
        HoursEntry.objects.create(volunteer=newcomer, minutes=60, confirmed_by=manager)


# Whatever the order


steps = st.lists(st.tuples(st.sampled_from(["confirm", "correct"]), st.integers(0, 240)), max_size=8)


class TheLedger(TestCase):
    @given(steps)
    @settings(max_examples=40, deadline=None, database=None)
    def test_the_lines_add_up_to_what_was_last_confirmed_and_so_do_points(self, steps):
        signup, manager = over(attendance="came"), make_user()
        stands = 0

        for action, minutes in steps:
            if action == "correct":
                hours.correct(signup, minutes, by=manager, reason="测试")
                stands = minutes
            elif minutes and not stands:
                stands = hours.confirm(signup, minutes, by=manager).minutes
            elif minutes:
                hours.confirm(signup, minutes, by=manager)

            assert signup.hours.aggregate(n=Sum("minutes", default=0))["n"] == stands
            assert balance(signup) == stands * 10 // 60


# Races


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_sessions")
def test_of_two_corrections_at_one_moment_one_stands(confirmed, manager):
    answers = at_once(
        *(lambda n=n: hours.correct(confirmed, n, by=manager, reason="同时") for n in (60, 90, 100, 110))
    )

    stands, version = hours.standing(confirmed)
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} <= {"meanwhile"}
    assert confirmed.hours.aggregate(n=Sum("minutes"))["n"] == stands.minutes
    assert confirmed.hours.filter(kind="undone").count() == version - 1
    assert balance(confirmed) == stands.minutes * 10 // 60


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_sessions")
def test_hours_are_confirmed_once_by_ten_at_one_moment(served, manager):
    at_once(*[lambda: attendance.mark_came(served, by=manager)] * 10)

    assert lines(served) == [("service", 1, 120)]
    assert balance(served) == 20
