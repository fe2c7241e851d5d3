"""The coming week of a station: its hours, and why a day is not like the others."""

from dataclasses import dataclass
from datetime import date

from stations import holidays, hours
from stations.models import OpeningException


@dataclass(frozen=True)
class Day:
    """`spans` are (start, end) times of day, none where closed, None where nobody knows."""

    date: date
    spans: list | None
    holiday: str
    exception: OpeningException | None


def coming(station, first_day: date) -> list[Day]:
    exceptions = station.exceptions.all()
    return [
        Day(
            day,
            spans,
            holidays.name(day),
            next((e for e in exceptions if e.starts_on <= day <= e.ends_on), None),
        )
        for day, spans in hours.week(station.hours_in_force, first_day)
    ]
