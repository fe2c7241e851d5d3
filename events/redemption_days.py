"""On which dates a station redeems points: its weekdays, with dated exceptions, in Asia/Shanghai."""

from datetime import date, timedelta

from events.models import RedemptionDay, RedemptionDayException

HORIZON = 60  # days to look ahead for the next one


def between(station, first: date, last: date) -> list[date]:
    """The station's redemption dates from `first` to `last`, both included. Two queries."""
    weekdays = set(RedemptionDay.objects.filter(station=station).values_list("weekday", flat=True))
    exceptions = dict(
        RedemptionDayException.objects.filter(station=station, date__range=(first, last)).values_list(
            "date", "is_open"
        )
    )
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if exceptions.get(day, day.weekday() in weekdays)]


def is_one(station, day: date) -> bool:
    return bool(between(station, day, day))


def next_one(station, after: date) -> date | None:
    """The first redemption date later than `after`, or None within two months."""
    days = between(station, after + timedelta(days=1), after + timedelta(days=HORIZON))
    return days[0] if days else None
