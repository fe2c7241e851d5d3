"""What the opening hours library does not know, written out in a text before it reads it.

- `PH` is every day of the State Council's holidays; the library knows one day of each.
- A text that mentions `PH` follows the State Council's calendar altogether, so a Saturday or
  Sunday that is a make-up workday (调休) has the hours of Monday to Friday. Which weekday it stands
  for is not published, so where the five differ the day is unknown.
- A year whose calendar is not published is unknown, but for dated rules behind the last `PH`.
- A night belongs to the day on which it begins, so a text is read twice: up to midnight, and the
  hours past midnight as those of the day before. The library would end Friday's night where
  Saturday has hours of its own, and let a closed day's night run. Only a dated closure
  ends the night before it: closed days are closed from their first minute.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar
from opening_hours import OpeningHours

FIRST_YEAR, LAST_YEAR = min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year
A_DAY = timedelta(days=1)
MIDNIGHT = 24 * 60  # minutes

WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
MO_TO_FR = frozenset(WEEKDAYS[:5])
DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
DAYS = rf"\b{DAY}(?:-{DAY})?(?:\s*,\s*{DAY}(?:-{DAY})?)*\b"
SPAN = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
TIMES = re.compile(rf"{SPAN}(?:\s*,\s*{SPAN})*")
TIMES_AND_STATE = re.compile(rf"({TIMES.pattern})(\s+(?:open|off|closed|unknown)\b)?")
STATE = re.compile(r"24/7|\b(?:open|off|closed|unknown)\b")
HOLIDAYS = re.compile(r"\bPH\b")
DATE = r"\d{4} [A-Z][a-z]{2} \d{1,2}\b"
RULE = re.compile(
    rf"(?P<season>.*?)(?P<days>{DAYS})?\s*(?P<times>(?:24/7|\d{{1,2}}:|sun|dawn|dusk|\(|{STATE.pattern}|\[).*|)"
)
TOO_MUCH_FOR_NIGHTS = re.compile(r"\|\||:\d\d\s*,\s*[A-Za-z]|:\d\d\s+(?:off|closed)\b")
SEVERAL_RULES = re.compile(rf"\|\||\[|{DAY}\b|:\d\d\s*,\s*[A-Za-z]")


class Calendar(NamedTuple):
    """The days around a year that are unlike others."""

    holidays: list
    make_ups: list
    unpublished: list


@lru_cache(maxsize=4096)
def days_and_nights(text: str, year: int):
    """A text as two of the library's rules for a year: up to midnight, and past it, a day early (or None).

    Raises ParserError, NotImplementedError or ValueError where it cannot be read.
    """
    if '"' in text:
        raise NotImplementedError("a comment may say anything, “by appointment” too")
    rules = written_out([rule.strip() for rule in text.split(";")], year)
    days, nights = ("; ".join(map(part, rules)) for part in (up_to_midnight, past_midnight))
    has_nights = ":" in nights
    if has_nights and TOO_MUCH_FOR_NIGHTS.search(days):
        raise NotImplementedError("hours past midnight and a rule for part of a day")
    return parse(days), parse(nights) if has_nights else None


@lru_cache(maxsize=4096)
def parse(text):
    zone = ZoneInfo("Asia/Shanghai")
    return OpeningHours(text, timezone=zone, auto_country=False, auto_timezone=False)


# The State Council's calendar


@lru_cache(maxsize=64)
def calendar(year) -> Calendar:
    """With the night before the year, and enough of the next one to look ahead."""
    found = Calendar([], [], [])
    day = date(year - 1, 12, 31)
    while day <= date(year + 1, 1, 31):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            found.unpublished.append(day)
        elif (detail := chinese_calendar.get_holiday_detail(day))[1]:
            (found.holidays if detail[0] else found.make_ups).append(day)
        day += A_DAY
    return found


def written_out(rules, year):
    """The rules with dates in place of `PH`, make-up workdays and unpublished days."""
    mentions = [n for n, rule in enumerate(rules) if HOLIDAYS.search(rule)]
    if not mentions:
        return rules
    known = calendar(year)
    weekly, written = [], []
    for rule in rules:
        own, on_holidays = apart(rule)
        weekly += own
        written += own
        if known.holidays:
            written += [f"{written_days(known.holidays)} {times}" for times in on_holidays]
    for day in known.make_ups:
        written += as_workday(day, weekly)
    if known.unpublished:
        written.append(f"{written_days(known.unpublished)} unknown")
        written += [rule for rule in rules[mentions[-1] + 1 :] if is_dated(rule)]
    return written or ["off"]


def apart(rule):
    """([the rule without `PH`], [the times of `PH`]), as the syntax wants dates in a rule of their own.

    Raises NotImplementedError where `PH` stands anywhere but among the days of a rule.
    """
    if not HOLIDAYS.search(rule):
        return [rule], []
    days, _space, times = re.sub(r"\s*,\s*", ",", rule).partition(" ")
    weekdays = ",".join(name for name in days.split(",") if name != "PH")
    if HOLIDAYS.search(f"{weekdays} {times}"):
        raise NotImplementedError(rule)
    return [f"{weekdays} {times}"] if weekdays else [], [times]


def as_workday(day, rules):
    """What a make-up workday adds to rules of which some name weekdays."""
    parts = [RULE.fullmatch(rule) for rule in rules]
    if not any(part["days"] for part in parts):
        return []
    found = [times for part in parts if (times := workday_times(day, part))]
    return [f"{day:%Y %b %d} {times}" for times in found or ["off"]]


def workday_times(day, part):
    """The times of a rule on a make-up workday, "unknown", or None where it is not in force."""
    season, noon = part["season"].strip(": "), datetime.combine(day, time(12))
    if season and not parse(f"{season} 00:00-24:00").is_open(noon):
        return None
    if SEVERAL_RULES.search(part["times"]):
        return "unknown"
    if part["days"]:
        weekdays = named(part["days"])
        if not weekdays & MO_TO_FR:
            return None
        if not weekdays >= MO_TO_FR:
            return "unknown"
    return part["times"].replace("24/7", "00:00-24:00") or "open"


def named(days):
    """{"Mo", "Tu"} for "Mo-Tu"; a range may run past Sunday."""
    found = set()
    for part in re.sub(r"\s", "", days).split(","):
        first, last = (WEEKDAYS.index(name) for name in (part[:2], part[-2:]))
        found |= {WEEKDAYS[n % 7] for n in range(first, last + 1 if first <= last else last + 8)}
    return found


def written_days(days) -> str:
    """Sorted days as the syntax writes them; days that follow each other as one range."""
    starts = [days[0]] + [day for before, day in pairwise(days) if day - before > A_DAY]
    ends = [before for before, day in pairwise(days) if day - before > A_DAY] + [days[-1]]
    return ",".join(map(written_range, starts, ends))


def written_range(first, last) -> str:
    return f"{first:%Y %b %d}" if first == last else f"{first:%Y %b %d}-{last:%Y %b %d}"


def is_dated(rule):
    return re.match(DATE, rule) and not re.search(DAYS, rule)


# Nights


def minutes(match):
    """[(start, end), …] in minutes of the day on which they start; an end may lie past midnight."""
    clocks = [int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d+):(\d+)", match[1])]
    pairs = zip(clocks[::2], clocks[1::2], strict=True)
    return [(start, end if start < end else end + MIDNIGHT) for start, end in pairs]


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def up_to_midnight(rule):
    def shorten(match):
        times = [f"{clock(start)}-{clock(min(end, MIDNIGHT))}" for start, end in minutes(match)]
        return ",".join(times) + (match[2] or "")

    return TIMES_AND_STATE.sub(shorten, rule)


def past_midnight(rule):
    """The rule with the part of its times that lies past midnight, or with "off"."""

    def remainder(match):
        ends = [end - MIDNIGHT for _start, end in minutes(match) if end > MIDNIGHT]
        return f"00:00-{clock(max(ends))}" + (match[2] or "") if ends else "off"

    if TIMES.search(rule):
        return TIMES_AND_STATE.sub(remainder, rule)
    days = STATE.sub("", rule).strip()
    if is_dated(rule) and "open" not in rule:
        days = re.sub(rf"(?<!-){DATE}", the_day_before_too, days)
    return f"{days} off".strip()


def the_day_before_too(match):
    day = datetime.strptime(match[0], "%Y %b %d").date()  # noqa: DTZ007 - a date
    return f"{day - A_DAY:%Y %b %d},{match[0]}"
