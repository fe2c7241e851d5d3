"""Opening hours: OpenStreetMap strings, the State Council's calendar, Asia/Shanghai.

What cannot be known (no text, or a holiday rule in a year whose calendar is not
published yet) is unknown, never open. `stations.hour_calendar` writes out what the
library cannot know before it reads a text.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from opening_hours import ParserError, State

from stations import hour_calendar
from stations.hour_calendar import written_range

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN, CLOSED, SHUT, UNKNOWN = "open", "closed", "shut", "unknown"
STATES = {State.OPEN: OPEN, State.CLOSED: CLOSED, State.UNKNOWN: UNKNOWN}
LOOK_AHEAD = timedelta(days=15)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
# A date that does not exist is a ValueError, a PH or comment that we cannot write out a NotImplementedError.
UNREADABLE = (ParserError, NotImplementedError, ValueError)


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
        hour_calendar.days_and_nights(text, hour_calendar.LAST_YEAR)
    except UNREADABLE as error:
        raise ValidationError(
            _("“%(text)s” cannot be read as opening hours. Write for example Mo-Su 08:00-20:00 or 24/7."),
            params={"text": text},
            code="hours",
        ) from error


def validate_times(text):
    """Accept the times of an exception, such as 09:00-12:00,13:00-17:00, in any width of digits."""
    times = plain_times(text)
    try:
        if not hour_calendar.TIMES.fullmatch(times):
            raise ValueError(times)
        hour_calendar.parse(times)
    except UNREADABLE as error:
        raise ValidationError(
            _("“%(text)s” cannot be read as times. Write for example 09:00-12:00,13:00-17:00."),
            params={"text": text},
            code="times",
        ) from error


def plain_times(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def with_exceptions(text: str, exceptions) -> str:
    """The text with other hours and closures (`starts_on`, `ends_on`, `times`) behind it as dated rules.

    Where the hours are unknown, only the days of an exception are known.
    """
    rules = [f"{written_range(e.starts_on, e.ends_on)} {plain_times(e.times) or 'off'}" for e in exceptions]
    return "; ".join([text or "unknown", *rules]) if rules else text


def opening(text: str, at: datetime) -> Opening:
    local = at.astimezone(SHANGHAI)
    around = pieces(text, monday_of(local.date()))
    index = next(n for n, (_begin, end, _state) in enumerate(around) if local < end)
    _begin, end, state = around[index]
    following = around[index + 1][2] if index + 1 < len(around) else UNKNOWN
    # What becomes unknown (the calendar's last day) or lies too far off is no promise.
    if UNKNOWN in (state, following) or end - local > LOOK_AHEAD:
        return Opening(state)
    return Opening(state, end)


def week(text: str, first_day: date):
    """Seven (date, [(start, end), …] or None where unknown) from `first_day` on."""
    around = pieces(text, monday_of(first_day))
    return [(day, spans(around, day)) for day in (first_day + n * A_DAY for n in range(7))]


def spans(around, day):
    first, last = midnight(day), midnight(day + A_DAY)
    today = [piece for piece in around if piece[0] < last and first < piece[1]]
    if any(state == UNKNOWN for _begin, _end, state in today):
        return None
    return [(max(begin, first), min(end, last)) for begin, end, state in today if state == OPEN]


@lru_cache(maxsize=4096)
def pieces(text, monday):
    """The week from `monday` on and the look-ahead behind it, cut where the state changes.

    As (start, end, state), each state unlike the one before. A night belongs to the day
    on which it begins, so what is past midnight is read one day later; see `hour_calendar`.
    """
    first, last = midnight(monday), midnight(monday + A_WEEK + LOOK_AHEAD + A_DAY)
    try:
        days, nights = hour_calendar.days_and_nights(text or "unknown", monday.year)
    except UNREADABLE:
        return ((first, last, UNKNOWN),)
    if nights is None:
        return tuple(cut(days, first, last))
    late = [
        (begin + A_DAY, end + A_DAY, state) for begin, end, state in cut(nights, first - A_DAY, last - A_DAY)
    ]
    return tuple(joined(cut(days, first, last) + late))


def cut(rule, first, last):
    return [(begin, end, STATES[state]) for begin, end, state, _comment in rule.intervals(first, last)]


def joined(read):
    """One row of pieces out of two that lie above each other: open outdoes unknown, unknown closed."""
    edges = sorted({moment for begin, end, _state in read for moment in (begin, end)})
    parts = [(begin, end, state_between(read, begin)) for begin, end in pairwise(edges)]
    for state, same in groupby(parts, key=lambda part: part[2]):
        same = list(same)
        yield same[0][0], same[-1][1], state


def state_between(read, moment):
    states = {state for begin, end, state in read if begin <= moment < end}
    return next(state for state in (OPEN, UNKNOWN, CLOSED) if state in states)


def midnight(day) -> datetime:
    """The moment at which a day begins in Zhejiang."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def monday_of(day):
    return day - day.weekday() * A_DAY
