from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
import time_machine
from django.core.exceptions import ValidationError

from stations import hour_calendar, hours
from stations.models import Station
from stations.tests.factories import make_station

OFFICE = "Mo-Fr 08:30-17:30; PH off"
EVERY_DAY = "Mo-Su 08:00-20:00; PH off"
NIGHTS = "Mo-Su 22:00-06:00; PH off"
WEEKEND_NIGHTS = "Mo-Fr 22:00-06:00; Sa,Su 20:00-04:00"
NO_CALENDAR = 2040  # the State Council publishes one year at a time


def at(text):
    """A moment in Shanghai: `2026-10-02 10:00`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=hours.SHANGHAI)


def open_days(text, first, last):
    """The dates on which a station is open at ten in the morning."""
    moments = [at(f"{first} 10:00") + timedelta(days=n) for n in range((last - first).days + 1)]
    return [moment.date() for moment in moments if hours.opening(text, moment).is_open]


def test_all_seven_days_of_the_national_holiday_are_closed():
    assert open_days(EVERY_DAY, date(2026, 9, 29), date(2026, 10, 9)) == [
        date(2026, 9, 29),
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
    ]


def test_all_nine_days_of_the_spring_festival_are_closed():
    assert open_days(EVERY_DAY, date(2026, 2, 13), date(2026, 2, 25)) == [
        date(2026, 2, 13),
        date(2026, 2, 14),
        date(2026, 2, 24),
        date(2026, 2, 25),
    ]


def test_an_ordinary_weekend_is_no_public_holiday():
    assert open_days(EVERY_DAY, date(2026, 9, 5), date(2026, 9, 6)) == [date(2026, 9, 5), date(2026, 9, 6)]


def test_a_make_up_workday_is_no_public_holiday():
    assert open_days(EVERY_DAY, date(2026, 10, 10), date(2026, 10, 10)) == [date(2026, 10, 10)]


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-09-09 08:29", hours.Opening(hours.CLOSED, at("2026-09-09 08:30"))),
        ("2026-09-09 08:30", hours.Opening(hours.OPEN, at("2026-09-09 17:30"))),
        ("2026-09-09 17:30", hours.Opening(hours.CLOSED, at("2026-09-10 08:30"))),
        ("2026-09-30 18:00", hours.Opening(hours.CLOSED, at("2026-10-08 08:30"))),
        ("2026-10-02 10:00", hours.Opening(hours.CLOSED, at("2026-10-08 08:30"))),
        ("2026-02-18 10:00", hours.Opening(hours.CLOSED, at("2026-02-24 08:30"))),
    ],
)
def test_an_office_tells_when_it_opens_and_closes_around_holidays(moment, opening):
    assert hours.opening(OFFICE, at(moment)) == opening


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-09-09 21:00", hours.Opening(hours.CLOSED, at("2026-09-09 22:00"))),
        ("2026-09-09 23:00", hours.Opening(hours.OPEN, at("2026-09-10 06:00"))),
        ("2026-09-10 05:59", hours.Opening(hours.OPEN, at("2026-09-10 06:00"))),
        ("2026-09-10 06:00", hours.Opening(hours.CLOSED, at("2026-09-10 22:00"))),
    ],
)
def test_a_night_station_stays_open_past_midnight(moment, opening):
    assert hours.opening("Mo-Su 22:00-06:00", at(moment)) == opening


def test_the_moment_counts_in_shanghai_wherever_it_was_written():
    moment = datetime.fromisoformat("2026-09-09T00:30:00+00:00")

    assert hours.opening(OFFICE, moment) == hours.Opening(hours.OPEN, at("2026-09-09 17:30"))


def test_a_station_that_never_closes_has_no_closing_time():
    assert hours.opening("24/7", at("2026-09-09 03:00")) == hours.Opening(hours.OPEN, None)


def test_a_change_more_than_two_weeks_off_is_not_told():
    assert hours.opening("Dec 08:00-20:00", at("2026-09-09 10:00")) == hours.Opening(hours.CLOSED, None)


def test_hours_that_nobody_wrote_down_are_unknown():
    assert hours.opening("", at("2026-09-09 10:00")) == hours.Opening(hours.UNKNOWN)


def test_a_holiday_rule_without_a_published_calendar_is_unknown_and_not_open():
    wednesday = at(f"{NO_CALENDAR}-03-07 10:00")

    assert hours.opening(OFFICE, wednesday) == hours.Opening(hours.UNKNOWN)
    assert hours.opening("Mo-Fr 08:30-17:30", wednesday) == hours.Opening(
        hours.OPEN, at(f"{NO_CALENDAR}-03-07 17:30")
    )


@pytest.mark.parametrize(
    ("text", "weekday", "sunday", "holiday"),
    [
        ("Mo-Su 08:00-20:00; PH,Su off", "open", "closed", "closed"),
        ("Mo-Su 08:00-20:00; Su, PH off", "open", "closed", "closed"),
        ("Mo-Fr,PH 08:00-20:00", "open", "closed", "open"),
        ("Mo-Fr 08:00-17:00; Sa,Su,PH 12:00-16:00", "open", "closed", "closed"),
        ("08:00-20:00; PH 12:00-16:00", "open", "open", "closed"),
        ("24/7; PH off", "open", "open", "closed"),
        ("PH 08:00-20:00", "closed", "closed", "open"),
    ],
)
def test_holidays_are_understood_in_every_place_among_the_days(text, weekday, sunday, holiday):
    hours.validate(text)

    assert hours.opening(text, at("2026-09-09 10:00")).state == weekday
    assert hours.opening(text, at("2026-09-06 10:00")).state == sunday
    assert hours.opening(text, at("2026-10-02 10:00")).state == holiday


def test_holidays_in_a_place_that_we_cannot_write_out_are_unknown():
    assert hours.opening("Oct PH off", at("2026-10-02 10:00")) == hours.Opening(hours.UNKNOWN)


@pytest.mark.parametrize(
    "text", ["24/7", OFFICE, "Mo-Fr 08:30-11:30,13:30-17:00", "Mo-Su 22:00-06:00", "Mo-Fr,PH 08:00-12:00"]
)
def test_hours_in_the_openstreetmap_style_are_accepted(text):
    hours.validate(text)


@pytest.mark.parametrize(
    "text",
    ["周一至周五", "8点到20点", "Mo-Fr 25:00-26:00", "Oct PH off", "Mo-Fr 08:00-17:00, PH 09:00-12:00"],
)
def test_hours_that_cannot_be_read_are_refused_with_an_example(text):
    with pytest.raises(ValidationError) as refused:
        hours.validate(text)

    assert (refused.value.code, refused.value.params) == ("hours", {"text": text})


def test_a_week_lists_each_day_with_its_spans():
    week = hours.week("Mo-Fr 08:30-11:30,13:30-17:00; PH off", date(2026, 9, 28))

    spans = [[f"{begin:%H:%M}-{end:%H:%M}" for begin, end in parts] for _day, parts in week]
    assert [day for day, _parts in week] == [date(2026, 9, 28) + timedelta(days=n) for n in range(7)]
    assert spans == [["08:30-11:30", "13:30-17:00"]] * 3 + [[]] * 4


def test_a_week_without_known_hours_says_so():
    unknown = [None] * 7

    assert [parts for _day, parts in hours.week("", date(2026, 9, 28))] == unknown
    assert [parts for _day, parts in hours.week(OFFICE, date(NO_CALENDAR, 3, 5))] == unknown


@pytest.mark.django_db
def test_only_a_station_in_use_can_be_open():
    station = make_station(opening_hours=EVERY_DAY)

    with time_machine.travel(at("2026-09-09 10:00"), tick=False):
        assert station.opening() == hours.Opening(hours.OPEN, at("2026-09-09 20:00"))
        station.status = Station.Status.RENOVATION
        assert station.opening() == hours.Opening(hours.SHUT)


def test_the_week_ends_where_the_published_calendar_does():
    last_year = max(chinese_calendar.holidays).year

    week = hours.week(OFFICE, date(last_year, 12, 29))

    assert [spans is None for _day, spans in week] == [False] * 3 + [True] * 4


@pytest.mark.parametrize("year", range(hour_calendar.FIRST_YEAR, hour_calendar.LAST_YEAR + 1))
def test_an_office_is_open_on_every_workday_of_the_state_council_and_on_no_other_day(year):
    days = [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]

    opened = [day for day in days if hours.opening(OFFICE, at(f"{day} 10:00")).is_open]
    in_weeks = [
        day
        for n in range(0, len(days), 7)
        for day, spans in hours.week(OFFICE, days[n])
        if spans and day in days
    ]

    assert opened == [day for day in days if chinese_calendar.is_workday(day)]
    assert in_weeks == opened


@pytest.mark.parametrize("year", [hour_calendar.FIRST_YEAR - 1, hour_calendar.LAST_YEAR + 1])
def test_a_year_without_a_published_calendar_is_unknown_on_every_day(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]

    assert {hours.opening(OFFICE, at(f"{day} 10:00")) for day in days} == {hours.Opening(hours.UNKNOWN)}
    assert {hours.opening(NIGHTS, at(f"{day} 03:00")) for day in days} == {hours.Opening(hours.UNKNOWN)}
    assert hours.week(OFFICE, days[9]) == [(day, None) for day in days[9:16]]


SATURDAY_WORKED = "2026-10-10"  # pays for a day of the national holiday


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mo-Fr 08:30-17:30; PH off", ["08:30-17:30"]),
        ("Mo-Fr,PH 08:30-17:30", ["08:30-17:30"]),
        ("Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off", ["08:30-17:30"]),
        ("Mo-Su 08:00-20:00; PH,Sa,Su off", ["08:00-20:00"]),
        ("May-Sep Mo-Fr 07:00-19:00; Oct-Apr Mo-Fr 08:00-18:00; PH off", ["08:00-18:00"]),
        ("Mo-Fr; Sa off; PH off", ["00:00-00:00"]),
        ("24/7; Sa off; PH off", ["00:00-00:00"]),
        ("Mo-Fr 08:00-17:00; 2026 Oct 10 off; PH off", []),
        ("Mo-Fr 08:00-17:00; PH off; 2026 Oct 10 09:00-10:00", ["09:00-10:00"]),
        ("Sa-Su 10:00-16:00; PH off", []),
        ("Mo-Th 08:00-17:00; Fr 08:00-16:00; PH off", None),
        ("Mo-Fr 08:00-12:00, We 13:00-17:00; PH off", None),
        ("Fr-We 08:00-17:00; PH off", None),
        ("Mo-Fr 08:30-17:30", []),
        ("Mo-Su 08:00-20:00; PH off", ["08:00-20:00"]),
    ],
)
def test_a_make_up_workday_has_the_hours_of_monday_to_friday_where_they_are_alike(text, spans):
    hours.validate(text)

    [(_day, found), *_rest] = hours.week(text, date.fromisoformat(SATURDAY_WORKED))

    assert (found and [f"{begin:%H:%M}-{end:%H:%M}" for begin, end in found]) == spans


@pytest.mark.parametrize(
    ("text", "moment", "opening"),
    [
        # The evening before a closed day ends at midnight, and a closed day's night is closed to its end.
        (NIGHTS, "2026-09-30 23:00", hours.Opening(hours.OPEN, at("2026-10-01 00:00"))),
        (NIGHTS, "2026-10-01 03:00", hours.Opening(hours.CLOSED, at("2026-10-08 22:00"))),
        (NIGHTS, "2026-10-07 23:00", hours.Opening(hours.CLOSED, at("2026-10-08 22:00"))),
        (NIGHTS, "2026-10-08 03:00", hours.Opening(hours.CLOSED, at("2026-10-08 22:00"))),
        (NIGHTS, "2026-10-09 03:00", hours.Opening(hours.OPEN, at("2026-10-09 06:00"))),
        # Friday's night is Friday's, whatever Saturday has.
        ("Mo-Fr 22:00-06:00", "2026-09-12 05:59", hours.Opening(hours.OPEN, at("2026-09-12 06:00"))),
        ("Mo-Fr 22:00-06:00; Sa off", "2026-09-12 03:00", hours.Opening(hours.OPEN, at("2026-09-12 06:00"))),
        (WEEKEND_NIGHTS, "2026-09-12 04:00", hours.Opening(hours.OPEN, at("2026-09-12 06:00"))),
        (WEEKEND_NIGHTS, "2026-09-12 23:00", hours.Opening(hours.OPEN, at("2026-09-13 04:00"))),
        (WEEKEND_NIGHTS, "2026-09-13 05:00", hours.Opening(hours.CLOSED, at("2026-09-13 20:00"))),
        (WEEKEND_NIGHTS, "2026-09-14 05:00", hours.Opening(hours.CLOSED, at("2026-09-14 22:00"))),
        # A holiday with hours of its own, and the night before it.
        (
            "Mo-Su 22:00-06:00; PH 20:00-04:00",
            "2026-10-01 05:00",
            hours.Opening(hours.OPEN, at("2026-10-01 06:00")),
        ),
        (
            "Mo-Su 22:00-06:00; PH 20:00-04:00",
            "2026-10-02 05:00",
            hours.Opening(hours.CLOSED, at("2026-10-02 20:00")),
        ),
        (
            "Mo-Su 22:00-06:00; PH 20:00-04:00",
            "2026-10-08 05:00",
            hours.Opening(hours.CLOSED, at("2026-10-08 22:00")),
        ),
        # A make-up Saturday is worked at night, too.
        ("Mo-Fr 22:00-06:00; PH off", "2026-10-10 03:00", hours.Opening(hours.OPEN, at("2026-10-10 06:00"))),
        ("Mo-Fr 22:00-06:00; PH off", "2026-10-11 03:00", hours.Opening(hours.OPEN, at("2026-10-11 06:00"))),
        ("20:00-26:00", "2026-09-12 01:59", hours.Opening(hours.OPEN, at("2026-09-12 02:00"))),
        ("08:00-08:00", "2026-09-12 08:00", hours.Opening(hours.OPEN)),
        ("08:00-00:00", "2026-09-12 23:59", hours.Opening(hours.OPEN, at("2026-09-13 00:00"))),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(text, moment, opening):
    hours.validate(text)

    assert hours.opening(text, at(moment)) == opening


@pytest.mark.parametrize(
    "text",
    [
        'Mo-Fr "by appointment"',
        "2026 Feb 30 off; PH off; nonsense",
        "22:00-06:00; 05:00-05:30 off",
        "Mo-Su 22:00-06:00, Sa 12:00-13:00",
    ],
)
def test_what_cannot_be_told_for_certain_is_refused_and_unknown(text):
    with pytest.raises(ValidationError):
        hours.validate(text)

    assert hours.opening(text, at("2026-09-09 10:00")) == hours.Opening(hours.UNKNOWN)


def test_a_pause_in_the_day_stays_a_pause():
    [(_day, spans), *_rest] = hours.week("Mo-Su 08:00-20:00; 12:00-13:00 off", date(2026, 9, 9))

    assert [f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans] == ["08:00-12:00", "13:00-20:00"]
