"""Opening hours as HSDS schedules: weekly RFC 5545 rules where the text is as simple as that.

HSDS knows no exceptions (its issue 168), so the whole text stands in `description`, and whatever
is not a plain week (months, single dates, holidays with hours of their own) is told by it alone.
"""

import re
from functools import lru_cache
from uuid import UUID, uuid5

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
DAY = f"(?:{'|'.join(DAYS)})"
TIME = r"(?:[01]\d|2[0-4]):[0-5]\d"
SPAN = f"{TIME}-{TIME}"
RULE = re.compile(
    f"(?:(?P<days>{DAY}(?:-{DAY})?(?:,{DAY}(?:-{DAY})?)*) )?(?P<times>{SPAN}(?:,{SPAN})*|off|closed)"
)
ALWAYS = "24/7"
HOLIDAYS_OFF = {"PH off", "PH closed"}
ZONE = "+08:00"


def schedules(station, *, service_at_location_id) -> list[dict]:
    """None for unknown hours; one for each group of days with the same times."""
    text = station.hours_in_force
    if not text:
        return []
    shared = {"service_at_location_id": service_at_location_id, "description": text}
    found = [{**shared, **rule} for rule in weekly(text)] or [shared]
    space = UUID(service_at_location_id)
    return [{"id": str(uuid5(space, f"schedule {place}")), **each} for place, each in enumerate(found)]


@lru_cache(maxsize=4096)
def weekly(text) -> tuple[dict, ...]:
    """The rules of a plain week; none for a text that says more than that, or nothing."""
    week = week_of(text)
    if week is None:
        return ()
    days = {}
    for day, spans in zip(DAYS, week, strict=True):
        for span in spans:
            days.setdefault(span, []).append(day.upper())
    return tuple(
        {"freq": "WEEKLY", "wkst": "MO", "byday": ",".join(names), "opens_at": opens, "closes_at": closes}
        for (opens, closes), names in days.items()
    )


def week_of(text) -> list | None:
    """Seven lists of (opens, closes), later rules taking the place of earlier ones as in OSM."""
    if text.strip() == ALWAYS:
        text = "Mo-Su 00:00-24:00"
    week = [[] for _day in DAYS]
    for rule in (part.strip() for part in text.split(";")):
        if rule in HOLIDAYS_OFF or not rule:
            continue
        match = RULE.fullmatch(re.sub(r"\s*,\s*", ",", rule))
        if not match:
            return None
        times = match["times"]
        spans = [] if times in ("off", "closed") else [clock(span) for span in times.split(",")]
        for day in days_of(match["days"] or "Mo-Su"):
            week[day] = spans
    return week


def days_of(text):
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        start = DAYS.index(first)
        for step in range((DAYS.index(last or first) - start) % 7 + 1):
            yield (start + step) % 7


def clock(span) -> tuple[str, str]:
    """With the offset that HSDS asks for. A day ends at 23:59: 24:00 is no time of day there."""
    opens, closes = span.split("-")
    return opens + ZONE, ("23:59" if closes.startswith("24") else closes) + ZONE
