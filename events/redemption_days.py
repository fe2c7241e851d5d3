"""On which dates a station redeems points: days of week and month, dated exceptions, all in Asia/Shanghai."""

from datetime import date, timedelta

from django.db.models import Exists, Q, Subquery
from django.db.models.functions import Coalesce

from events.models import RedemptionDay, RedemptionDayException
from stations.models import Station

HORIZON = 60  # days to look ahead for the next one


def between(station, first: date, last: date) -> list[date]:
    """The station's redemption dates from `first` to `last`, both included. Two queries."""
    rules = set(RedemptionDay.objects.filter(station=station).values_list("weekday", "day_of_month"))
    exceptions = dict(
        RedemptionDayException.objects.filter(station=station, date__range=(first, last)).values_list(
            "date", "is_open"
        )
    )
    return [day for day in dates(first, last) if exceptions.get(day, bool(rules & keys(day)))]


def keys(day: date) -> set[tuple]:
    """(weekday, day of month) of the rules that make it a redemption day."""
    return {(day.weekday(), None), (None, day.day)}


def dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_one(station, day: date) -> bool:
    return bool(between(station, day, day))


def as_condition(station, day, weekday, day_of_month) -> Coalesce:
    """The same for a query: `station` is a value or an OuterRef, the others belong to one date."""
    rules = RedemptionDay.objects.filter(Q(weekday=weekday) | Q(day_of_month=day_of_month), station=station)
    exceptions = RedemptionDayException.objects.filter(station=station, date=day)
    return Coalesce(Subquery(exceptions.values("is_open")[:1]), Exists(rules))


def next_one(station, after: date) -> date | None:
    """The first redemption date later than `after`, or None within two months."""
    days = between(station, after + timedelta(days=1), after + timedelta(days=HORIZON))
    return days[0] if days else None


def calendar(first: date, last: date) -> list[tuple[date, list[Station]]]:
    """Each date from `first` to `last` with the stations that redeem points on it. Three queries."""
    rules = set(RedemptionDay.objects.values_list("station", "weekday", "day_of_month"))
    exceptions = {
        (e.station_id, e.date): e.is_open
        for e in RedemptionDayException.objects.filter(date__range=(first, last))
    }
    pks = {pk for pk, *_rule in rules} | {pk for pk, _date in exceptions}
    stations = list(Station.objects.listed().filter(pk__in=pks).select_related("division"))

    def is_open(station, day):
        by_rule = any((station.pk, *key) in rules for key in keys(day))
        return exceptions.get((station.pk, day), by_rule)

    open_on = {day: [s for s in stations if is_open(s, day)] for day in dates(first, last)}
    return [(day, here) for day, here in open_on.items() if here]
