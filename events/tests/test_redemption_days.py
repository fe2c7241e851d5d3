from datetime import date

import pytest

from events import redemption_days
from events.tests.factories import make_redemption_day, make_redemption_exception
from stations.models import Station

FRIDAY, SATURDAY, MONDAY = 4, 5, 0


@pytest.fixture
def fridays(station):
    return make_redemption_day(station=station, weekday=FRIDAY)


def november(station, first=1, last=30):
    days = redemption_days.between(station, date(2026, 11, first), date(2026, 11, last))
    return [day.day for day in days]


def test_a_station_redeems_on_its_weekday(station, fridays):
    assert november(station) == [6, 13, 20, 27]


def test_a_station_may_have_several_weekdays(station, fridays):
    make_redemption_day(station=station, weekday=MONDAY)

    assert november(station, 1, 13) == [2, 6, 9, 13]


def test_a_station_without_a_weekday_never_redeems(station, other_station, fridays):
    assert november(other_station) == []
    assert redemption_days.next_one(other_station, date(2026, 11, 1)) is None


def test_a_dated_exception_opens_or_closes_a_day(station, fridays):
    make_redemption_exception(station=station, date=date(2026, 11, 13), is_open=False)
    make_redemption_exception(station=station, date=date(2026, 11, 14), is_open=True)

    assert november(station) == [6, 14, 20, 27]


def test_an_exception_of_one_station_is_not_one_of_another(station, other_station, fridays):
    make_redemption_day(station=other_station, weekday=FRIDAY)
    make_redemption_exception(station=other_station, date=date(2026, 11, 13), is_open=False)

    assert november(station) == [6, 13, 20, 27]


def test_both_ends_are_included(station, fridays):
    assert november(station, 6, 13) == [6, 13]
    assert redemption_days.is_one(station, date(2026, 11, 6)) is True
    assert redemption_days.is_one(station, date(2026, 11, 7)) is False


def test_the_next_one_is_later_than_today(station, fridays):
    assert redemption_days.next_one(station, date(2026, 11, 6)) == date(2026, 11, 13)
    assert redemption_days.next_one(station, date(2026, 11, 5)) == date(2026, 11, 6)


def test_the_next_one_skips_days_that_an_exception_closes(station, fridays):
    make_redemption_exception(station=station, date=date(2026, 11, 13), is_open=False)

    assert redemption_days.next_one(station, date(2026, 11, 6)) == date(2026, 11, 20)


def test_more_than_two_months_ahead_is_not_soon(station, db):
    make_redemption_exception(station=station, date=date(2027, 1, 5), is_open=True)

    assert redemption_days.next_one(station, date(2026, 11, 6)) == date(2027, 1, 5)
    assert redemption_days.next_one(station, date(2026, 11, 5)) is None


def test_the_calendar_of_all_stations_agrees_with_each_of_them(
    station, other_station, fridays, django_assert_num_queries
):
    make_redemption_day(station=other_station, weekday=SATURDAY)
    make_redemption_exception(station=station, date=date(2026, 11, 13), is_open=False)
    make_redemption_exception(station=station, date=date(2026, 11, 14), is_open=True)
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    with django_assert_num_queries(3):
        calendar = redemption_days.calendar(first, last)

    for one in (station, other_station):
        assert [day for day, here in calendar if one in here] == redemption_days.between(one, first, last)
    assert [day.day for day, here in calendar if len(here) == 2] == [14]


def test_the_calendar_leaves_out_withdrawn_stations(station, fridays):
    Station.objects.update(status=Station.Status.WITHDRAWN)

    assert redemption_days.calendar(date(2026, 11, 1), date(2026, 11, 30)) == []
