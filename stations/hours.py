"""Opening hours: OpenStreetMap strings, the State Council's calendar, Asia/Shanghai.

What cannot be known (no text, or a holiday rule in a year whose calendar is not
published yet) is unknown, never open.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from opening_hours import OpeningHours, ParserError, State

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN, CLOSED, SHUT, UNKNOWN = "open", "closed", "shut", "unknown"
HOLIDAYS = re.compile(r"\bPH\b")
LOOK_AHEAD = timedelta(days=15)


@dataclass(frozen=True)
class Opening:
    """One answer to "is it open?": a state and the moment it changes (None: not within two weeks)."""

    state: str
    until: datetime | None = None

    @property
    def is_open(self):
        return self.state == OPEN


def validate(text):
    """Accept an OSM opening_hours string, or raise a ValidationError that shows how to write one."""
    try:
        parse(written_out(text, [date(2026, 10, 1)]))
    except (ParserError, NotImplementedError) as error:
        raise ValidationError(
            _("“%(text)s” cannot be read as opening hours. Write for example Mo-Su 08:00-20:00 or 24/7."),
            params={"text": text},
            code="hours",
        ) from error


def opening(text, at):
    if not text:
        return Opening(UNKNOWN)
    local = at.astimezone(SHANGHAI)
    try:
        rule = rule_around(text, local.date())
    except NotImplementedError:
        return Opening(UNKNOWN)
    state = {State.OPEN: OPEN, State.CLOSED: CLOSED}.get(rule.state(local)[0], UNKNOWN)
    change = rule.next_change(local)
    if change is None or change - local > LOOK_AHEAD:
        return Opening(state)
    if HOLIDAYS.search(text) and change.date() > last_known_day(local.date()):
        return Opening(state)
    return Opening(state, change)


def week(text, first_day):
    """Seven (date, [(start, end), …] or None where unknown) from `first_day` on."""
    days = [first_day + timedelta(days=n) for n in range(7)]
    try:
        rule = rule_around(text, first_day) if text else None
        known = last_known_day(first_day) if HOLIDAYS.search(text) else days[-1]
    except NotImplementedError:
        rule = None
    return [(day, spans(rule, day) if rule and day <= known else None) for day in days]


def spans(rule, day):
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    parts = rule.intervals(start, start + timedelta(days=1))
    return [(begin, end) for begin, end, state, *_rest in parts if state == State.OPEN]


@lru_cache(maxsize=4096)
def rule_around(text, day):
    """The rule with `PH` written out as the public holidays around a day.

    The library knows one day per Chinese holiday; the State Council gives several.
    Raises NotImplementedError in years without a published calendar.
    """
    if not HOLIDAYS.search(text):
        return parse(text)
    days = [day + timedelta(days=n) for n in range(-1, (last_known_day(day) - day).days + 1)]
    return parse(written_out(text, [d for d in days if is_public_holiday(d)]))


def written_out(text, holidays):
    """The rules with dates in place of `PH`, which the syntax wants in a rule of their own.

    Raises NotImplementedError where `PH` stands anywhere but among the days of a rule.
    """
    dates = ",".join(f"{d:%Y %b %d}" for d in holidays)
    rules = []
    for rule in text.split(";"):
        if not HOLIDAYS.search(rule):
            rules.append(rule)
            continue
        days, _space, times = re.sub(r"\s*,\s*", ",", rule.strip()).partition(" ")
        weekdays = ",".join(name for name in days.split(",") if name != "PH")
        if HOLIDAYS.search(f"{weekdays} {times}"):
            raise NotImplementedError(rule)
        rules += [f"{when} {times}" for when in (weekdays, dates) if when]
    return ";".join(rules) or "off"


def last_known_day(day: date):
    """The last day of the look-ahead that the published calendar covers, from `day` on."""
    is_public_holiday(day)
    end = day + LOOK_AHEAD
    try:
        is_public_holiday(end)
    except NotImplementedError:
        return date(day.year, 12, 31)
    return end


def is_public_holiday(day: date):
    is_free, name = chinese_calendar.get_holiday_detail(day)
    return is_free and name is not None


@lru_cache(maxsize=4096)
def parse(text):
    return OpeningHours(text, timezone=SHANGHAI, auto_country=False, auto_timezone=False)
