"""Other hours and temporary closures, in front of the usual hours."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from stations import hours
from stations.models import OpeningException, Station
from stations.tests.factories import make_station
from stations.tests.test_hours import at

TUESDAY, WEDNESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 27)
USUAL = "Mo-Su 08:00-20:00"
NIGHTS = "Mo-Su 20:00-06:00"


def exception(times="", first=WEDNESDAY, last=WEDNESDAY):
    return OpeningException(starts_on=first, ends_on=last, times=times)


def state(text, *exceptions, moment):
    return hours.opening(hours.with_exceptions(text, exceptions), at(moment)).state


def test_exceptions_are_written_behind_the_hours_as_rules_of_openstreetmap():
    closure, other_hours = exception(last=FRIDAY), exception("10:00-14:00")

    assert hours.with_exceptions(USUAL, []) == USUAL
    assert hours.with_exceptions(USUAL, [closure]) == "Mo-Su 08:00-20:00; 2026 Nov 25-2026 Nov 27 off"
    assert hours.with_exceptions(USUAL, [other_hours]) == "Mo-Su 08:00-20:00; 2026 Nov 25 10:00-14:00"
    hours.validate(hours.with_exceptions(USUAL, [closure, other_hours]))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 10:00", "open"),
        ("2026-11-25 08:00", "closed"),
        ("2026-11-27 19:59", "closed"),
        ("2026-11-28 08:00", "open"),
    ],
)
def test_a_closure_counts_from_its_first_day_to_its_last(moment, expected):
    assert state(USUAL, exception(last=FRIDAY), moment=moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-25 09:59", "closed"),
        ("2026-11-25 10:00", "open"),
        ("2026-11-25 14:00", "closed"),
        ("2026-11-26 14:00", "open"),
    ],
)
def test_other_hours_take_the_place_of_the_usual_ones(moment, expected):
    assert state(USUAL, exception("10:00-14:00"), moment=moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 23:59", "open"),
        ("2026-11-25 00:00", "closed"),
        ("2026-11-27 21:00", "closed"),
        ("2026-11-28 05:00", "closed"),
        ("2026-11-28 20:00", "open"),
    ],
)
def test_a_closure_ends_the_night_before_at_midnight_and_keeps_its_own_last_night(moment, expected):
    assert state(NIGHTS, exception(last=FRIDAY), moment=moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-25 05:59", "open"),
        ("2026-11-25 21:00", "closed"),
        ("2026-11-25 22:00", "open"),
        ("2026-11-26 03:59", "open"),
        ("2026-11-26 05:00", "closed"),
    ],
)
def test_other_hours_leave_the_night_before_alone_and_may_run_past_midnight_themselves(moment, expected):
    assert state(NIGHTS, exception("22:00-04:00"), moment=moment) == expected


def test_of_unknown_hours_only_the_days_of_an_exception_are_known():
    text = hours.with_exceptions("", [exception("10:00-14:00"), exception("", FRIDAY, FRIDAY)])

    week = hours.week(text, TUESDAY)

    assert [spans and [f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans] for _day, spans in week] == [
        None,
        ["10:00-14:00"],
        None,
        [],
        None,
        None,
        None,
    ]
    assert hours.opening(text, at("2026-11-25 11:00")) == hours.Opening(hours.OPEN, at("2026-11-25 14:00"))
    assert hours.opening(text, at("2026-11-25 15:00")) == hours.Opening(hours.CLOSED)
    assert hours.opening(text, at("2026-11-24 11:00")) == hours.Opening(hours.UNKNOWN)


def test_an_exception_is_known_even_where_the_holidays_are_not_published_yet():
    text = hours.with_exceptions(
        "Mo-Fr 09:00-17:00; PH off", [exception("", date(2040, 3, 7), date(2040, 3, 7))]
    )

    assert [spans for _day, spans in hours.week(text, date(2040, 3, 6))] == [None, []] + [None] * 5


def test_an_exception_outdoes_holidays_and_make_up_workdays():
    opened = exception("09:00-12:00", date(2026, 10, 1), date(2026, 10, 1))
    closed = exception("", date(2026, 10, 10), date(2026, 10, 10))

    assert state("Mo-Fr 09:00-17:00; PH off", opened, closed, moment="2026-10-01 10:00") == "open"
    assert state("Mo-Fr 09:00-17:00; PH off", opened, closed, moment="2026-10-02 10:00") == "closed"
    assert state("Mo-Fr 09:00-17:00; PH off", opened, closed, moment="2026-10-10 10:00") == "closed"


def test_a_closure_may_run_into_the_next_year():
    closure = exception("", date(2026, 12, 30), date(2027, 1, 2))

    days = [f"2026-12-{day}" for day in (29, 30, 31)] + [f"2027-01-0{day}" for day in (1, 2, 3)]

    assert [state(USUAL, closure, moment=f"{day} 10:00") for day in days] == ["open"] + ["closed"] * 4 + [
        "open"
    ]


@pytest.mark.django_db
def test_a_station_is_open_by_its_exceptions_whether_or_not_they_are_at_hand(django_assert_num_queries):
    station = make_station(opening_hours=USUAL)
    station.exceptions.create(starts_on=WEDNESDAY, ends_on=WEDNESDAY, times="10：00-14：00", reason="培训")
    station.exceptions.create(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 23), reason="停电")

    with time_machine.travel(at("2026-11-25 15:00"), tick=False):
        assert station.hours_in_force == "Mo-Su 08:00-20:00; 2026 Nov 25 10:00-14:00"
        assert station.opening() == hours.Opening(hours.CLOSED, at("2026-11-26 08:00"))
        [prefetched] = Station.objects.with_details()
        with django_assert_num_queries(0):
            assert not prefetched.opening().is_open


@pytest.mark.django_db
def test_yesterdays_exception_counts_until_its_night_is_over():
    station = make_station(opening_hours=USUAL)
    station.exceptions.create(starts_on=WEDNESDAY, ends_on=WEDNESDAY, times="20:00-02:00")

    with time_machine.travel(at("2026-11-26 01:00"), tick=False):
        assert station.opening() == hours.Opening(hours.OPEN, at("2026-11-26 02:00"))
    with time_machine.travel(at("2026-11-27 01:00"), tick=False):
        assert station.hours_in_force == USUAL


@pytest.mark.parametrize(
    "times",
    ["09:00-16:00", "09:00-12:00,13:00-17:00", "22:00-06:00", "09：00-12：00，13：00-17：00", "9:00-16:00"],
)
def test_times_of_a_day_are_accepted_in_full_width_as_well(times):
    hours.validate_times(times)
    hours.validate(hours.with_exceptions("", [exception(times)]))


@pytest.mark.parametrize(
    "times", ["Mo 09:00-16:00", "off", "9-16", "25:00-26:00", "09:00-16:00; Mo off", "上午", "24/7", "09:00"]
)
def test_anything_but_times_is_refused_with_an_example(times):
    with pytest.raises(ValidationError) as refused:
        OpeningException._meta.get_field("times").run_validators(times)

    assert (refused.value.error_list[0].code, refused.value.error_list[0].params) == (
        "times",
        {"text": times},
    )


def test_no_distance_of_days_between_two_closures_opens_what_is_closed():
    for gap in range(1, 4):
        second = WEDNESDAY + timedelta(days=gap)
        closures = [exception(), exception("", second, second)]

        assert state(NIGHTS, *closures, moment=f"{second} 03:00") == "closed"
        assert state(NIGHTS, *closures, moment=f"{second} 21:00") == "closed"
