"""On which dates a station redeems points: its weekdays, with dated exceptions, in Asia/Shanghai."""

from datetime import date, timedelta

from events.models import RedemptionDay, RedemptionDayException
from stations.models import Station

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


def calendar(first: date, last: date) -> list[tuple[date, list[Station]]]:
    """Each date from `first` to `last` with the stations that redeem points on it. Three queries."""
    weekdays = set(RedemptionDay.objects.values_list("station", "weekday"))
    exceptions = {
        (e.station_id, e.date): e.is_open
        for e in RedemptionDayException.objects.filter(date__range=(first, last))
    }
    pks = {pk for pk, _weekday in weekdays} | {pk for pk, _date in exceptions}
    stations = list(Station.objects.listed().filter(pk__in=pks).select_related("division"))
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_on = {
        day: [s for s in stations if exceptions.get((s.pk, day), (s.pk, day.weekday()) in weekdays)]
        for day in dates
    }
    return [(day, here) for day, here in open_on.items() if here]
