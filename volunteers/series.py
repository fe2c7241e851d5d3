"""Series of shifts: generated ahead by their rule, and changed without dropping anybody who signed up."""

from collections import Counter, defaultdict
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import ServiceDay
from stations import history
from stations.refusals import Refusal
from volunteers import rules, shifts
from volunteers.locks import lock_people
from volunteers.models import Series, Shift, Signup
from volunteers.models.shifts import Duty

BATCH = 500
DUTY = [each.name for each in Duty._meta.local_fields]
# What somebody said yes to: with another of these it is another shift.
PROMISED = {"station", "kind", "role", "extra_credential", "agree_for", "risks"}
FARTHEST = timedelta(days=366)


def horizon() -> date:
    return timezone.localdate() + settings.SERIES_AHEAD


def days(series: Series, until: date) -> list[date]:
    """Today and on, until and with that day; none of a series that has ended."""
    first = max(series.starts_on, timezone.localdate())
    last = min(until, series.ends_on or until)
    if not series.is_active or last < first:
        return []
    return rules.days(series.rule, series.starts_on, first, last)


def times(series, day) -> tuple[datetime, datetime]:
    starts_at = timezone.make_aware(datetime.combine(day, series.starts_at))
    return starts_at, starts_at + timedelta(minutes=series.minutes)


# Generating ahead


def generate(until: date | None = None, *, progress=None) -> Counter:
    """Write the shifts of all series until that day; what is there already is left alone.

    A day that a shift was made for once is never made again, wherever the shift has gone since. A shift
    of the same service, role and time at the station that somebody planned by hand stands for the day,
    and stays theirs. No history is written: who planned these shifts and when is that of the series.
    """
    until, counts, last = until or horizon(), Counter(series=0, made=0), 0
    if until > timezone.localdate() + FARTHEST:
        raise Refusal("too_far", _("Shifts are made for a year ahead at most."))
    rows = Series.objects.filter(is_active=True).exclude(ends_on__lt=timezone.localdate()).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        counts.update(series=len(batch), made=fill(batch, until))
        last = batch[-1].pk
        if progress:
            progress(counts)
    return counts


def fill(batch: list[Series], until: date) -> int:
    """Make what is missing of these series, read anew behind their locks: a rule may have changed."""
    if not missing(batch, until):
        return 0
    with transaction.atomic():
        locked = Series.objects.select_for_update(no_key=True).filter(pk__in=[row.pk for row in batch])
        made = missing(list(locked.order_by("pk")), until)
        Shift.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    return len(made)


def missing(batch, until) -> list[Shift]:
    known = Shift.objects.filter(series__in=batch, series_day__gte=timezone.localdate())
    known = set(known.values_list("series_id", "series_day"))
    wanted = [
        (series, day, *times(series, day))
        for series in batch
        for day in days(series, until)
        if (series.pk, day) not in known
    ]
    wanted = [each for each in wanted if each[2] > timezone.now()]
    if not wanted:
        return []
    first, last = min(each[2] for each in wanted), max(each[2] for each in wanted)
    stations = {series.station_id for series, *_when in wanted}
    beside = Shift.objects.filter(station__in=stations, starts_at__range=(first, last))
    taken = set(beside.values_list("station_id", "kind", "role", "starts_at"))
    held, made = service_days(stations, first, last), []
    for series, day, starts_at, ends_at in wanted:
        key = (series.station_id, series.kind, series.role, starts_at)
        if key not in taken:
            taken.add(key)
            made.append(
                Shift(
                    **{name: getattr(series, name) for name in DUTY},
                    station_id=series.station_id,
                    service_day_id=covering(held[series.station_id], starts_at),
                    series=series,
                    series_day=day,
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
            )
    return made


def service_days(stations, first, last) -> dict[int, list[tuple]]:
    """(begin, end, key) of the service days in that time, by station, the first to begin first."""
    found = defaultdict(list)
    rows = ServiceDay.objects.filter(station__in=stations, starts_at__lte=last, ends_at__gt=first)
    for station, *rest in rows.order_by("starts_at").values_list("station_id", "starts_at", "ends_at", "pk"):
        found[station].append(rest)
    return found


def covering(held, moment) -> int | None:
    return next((pk for begins, ends, pk in held if begins <= moment < ends), None)


def service_day_at(station, moment) -> ServiceDay | None:
    return (
        station.service_days.filter(starts_at__lte=moment, ends_at__gt=moment).order_by("starts_at").first()
    )


# Planning


@dataclass
class Changed:
    """What became of the coming shifts; `kept` are those that could not follow, each with why."""

    made: int = 0
    changed: int = 0
    removed: int = 0
    kept: list[tuple[Shift, str]] = field(default_factory=list)


@transaction.atomic
def begin(series: Series, *, by) -> Changed:
    """Keep a new series, and make its shifts."""
    series.rule = rules.plain(series.rule)
    rules.check(series.rule, series.starts_on)
    with history.acting(by, why=history.why()):
        series.save()
    return Changed(made=fill([series], horizon()))


@transaction.atomic
def change(series: Series, fields: dict, *, by, reason: str = "") -> Changed:
    """Write these fields of a series; its coming shifts follow where that harms nobody.

    What was changed by hand on a single shift stays. A shift on which somebody is, or waits, keeps its
    day, service and station: time and places follow through `shifts.change`, which tells them.
    Locks: the series, then all people, then all shifts, so that nobody waits for this in a circle.
    """
    series = Series.objects.select_for_update(no_key=True, of=("self",)).get(pk=series.pk)
    before = {name: getattr(series, name) for name in fields if getattr(series, name) != fields[name]}
    if not before:
        return Changed()
    old = copy(series)
    for name in before:
        setattr(series, name, fields[name])
    rules.check(series.rule, series.starts_on)
    Series.objects.filter(pk=series.pk).update(**{name: fields[name] for name in before})
    history.note(series, by=by, before=before, reason=reason)
    coming = lock_coming(series)
    until = max([horizon(), *(shift.series_day for shift in coming)])
    wanted, result = set(days(series, until)), Changed()
    with history.acting(by, why=reason or history.why()):
        for shift in coming:
            bring_in_line(shift, old, series, wanted, result, by)
    result.made = fill([series], until)
    return result


def lock_coming(series) -> list[Shift]:
    """Those of today's days and later: what was moved here from a day that is past is planned by hand."""
    coming = series.shifts.filter(series_day__gte=timezone.localdate(), starts_at__gt=timezone.now())
    active = Signup.objects.active().filter(shift__in=coming).select_related("volunteer")
    lock_people([signup.volunteer for signup in active])
    coming = coming.exclude(status=Shift.Status.CANCELLED).select_related("station").order_by("pk")
    return list(coming.select_for_update(no_key=True, of=("self",)))


def bring_in_line(shift, old, series, wanted, result, by):
    has_people = bool(shift.taken or shift.waiting)
    fields = what_follows(shift, old, series)
    try:
        with transaction.atomic():
            if shift.series_day not in wanted:
                check_nobody_is_on(shift)
                remove(shift, by)
                result.removed += 1
            elif fields:
                if has_people and not PROMISED.isdisjoint(fields):
                    check_nobody_is_on(shift)
                shifts.change(shift, fields, by=by)
                result.changed += 1
    except Refusal as refusal:
        result.kept.append((shift, str(refusal)))
    except IntegrityError:
        result.kept.append((shift, _("There is another such shift at that time.")))


def check_nobody_is_on(shift):
    if shift.taken or shift.waiting:
        raise Refusal("has_signups", _("People have signed up. Please speak with them, or cancel it."))


def remove(shift, by):
    """A shift that somebody once was on, was invited to or agreed about is cancelled: that is kept."""
    try:
        with transaction.atomic():
            shift.delete()
    except ProtectedError:
        shifts.cancel(shift, by=by, reason=_("The series of shifts has changed."))


def what_follows(shift, old, series) -> dict:
    """The new values of what has changed in the series and is, on the shift, still as the series had it."""
    names = [*DUTY, "station"]
    fields = {
        name: getattr(series, name)
        for name in names
        if getattr(old, name) != getattr(series, name) and getattr(shift, name) == getattr(old, name)
    }
    planned, then = times(series, shift.series_day), times(old, shift.series_day)
    if planned != then and (shift.starts_at, shift.ends_at) == then:
        fields["starts_at"], fields["ends_at"] = planned
    if not {"starts_at", "station"}.isdisjoint(fields):
        station, starts_at = fields.get("station", shift.station), fields.get("starts_at", shift.starts_at)
        fields["service_day"] = service_day_at(station, starts_at)
    if "places" in fields or "needed" in fields:
        needed, places = (fields.get(name, getattr(shift, name)) for name in ("needed", "places"))
        fields["needed"] = min(needed, places)  # one of the two may have been set by hand
    return fields
