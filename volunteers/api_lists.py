"""The coming shifts as the API lists them: what may be asked, which fit, and a page of them.

Rows are read as plain values: a page is what a program asks for again and again.
"""

from datetime import datetime, time, timedelta

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from stations import directory
from stations.api import Point
from stations.models import Station
from volunteers.models import CONFIDENTIAL, REQUIRED_CREDENTIAL, CredentialKind, ServiceKind, Shift

USUAL, MOST = 50, 100
DAY = timedelta(days=1)
YEARS = range(2000, 2100)
COLUMNS = {
    name: name
    for name in (
        "id",
        "kind",
        "role",
        "starts_at",
        "ends_at",
        "places",
        "needed",
        "bring",
        "risks",
        "extra_credential",
        "taken",
        "waiting",
        "station_id",
    )
} | {"station": "station__code", "station_name": "station__name"}


class Moment(serializers.CharField):
    """A day, or a day and time, local unless it says otherwise; of a day its beginning or its end."""

    def __init__(self, *, day_ends=False, **kwargs):
        self.day_ends = day_ends
        super().__init__(**kwargs)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        try:
            day, moment = parse_date(text), parse_datetime(text)
        except ValueError:
            day = moment = None
        if day:
            moment = datetime.combine(day, time())
        if moment is None or moment.year not in YEARS:
            raise ValidationError(
                _("“%(text)s” is no date, such as 2026-09-01 or 2026-09-01T08:00.") % {"text": text}
            )
        moment += DAY if day and self.day_ends else timedelta(0)
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class StationCode(serializers.CharField):
    def to_internal_value(self, data):
        code = super().to_internal_value(data)
        if not Station.objects.filter(code=code).exists():
            raise ValidationError(_("“%(text)s” is not the code of a station.") % {"text": code})
        return code


class Question(serializers.Serializer):
    """What may be asked of the list."""

    to = Moment(day_ends=True, required=False, help_text="Only shifts that begin earlier; a day counts whole")
    service = serializers.ChoiceField(ServiceKind, required=False)
    station = StationCode(required=False, help_text="Its code")
    open = serializers.BooleanField(default=False, help_text="Only those with room that have not begun")
    near = Point(required=False, help_text="LAT,LNG in degrees (WGS-84): nearest first, with `distance`")
    limit = serializers.IntegerField(
        default=USUAL, min_value=1, help_text=f"{USUAL} unless told, at most {MOST}"
    )
    after = serializers.IntegerField(
        required=False, min_value=1, max_value=10**9, help_text="Given by `Link`: what was read already"
    )

    def get_fields(self):
        begin = Moment(required=False, help_text="Only shifts that begin then or later: a day, or ISO 8601")
        return {"from": begin, **super().get_fields()}


class ShiftSerializer(serializers.Serializer):
    """For the documentation: `told` writes it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(ServiceKind)
    role = serializers.CharField(allow_blank=True)
    station = serializers.CharField(help_text="Its code")
    station_name = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    places = serializers.IntegerField()
    places_left = serializers.IntegerField(allow_null=True, help_text="null where it is confidential")
    needed = serializers.IntegerField(help_text="With fewer people it cannot take place")
    open = serializers.BooleanField(help_text="It has room and has not begun")
    waiting_list = serializers.IntegerField(allow_null=True, help_text="How many wait; null as above")
    required_credential = serializers.ChoiceField(CredentialKind, allow_null=True)
    bring = serializers.CharField(allow_blank=True)
    risks = serializers.CharField(allow_blank=True)
    distance = serializers.IntegerField(allow_null=True, help_text="Metres; only with `near`")


def page(asked, limit) -> tuple[list[dict], dict]:
    """A page of shifts, and what the address of the next one says; nothing at the end."""
    now = timezone.now()
    shifts = fitting(asked, now)
    if "near" in asked:
        return nearest_page(shifts, asked["near"], asked.get("after", 0), limit, now)
    if "after" in asked and "from" in asked:
        shifts = shifts.filter(Q(starts_at__gt=asked["from"]) | Q(pk__gt=asked["after"]))
    rows = rows_of(shifts, limit + 1)  # one row more than fit, if there is one: so nobody counts
    found = [told(row, now) for row in rows[:limit]]
    return found, {"from": found[-1]["starts_at"], "after": found[-1]["id"]} if len(rows) > limit else {}


def fitting(asked, now):
    """Soonest first."""
    shifts = Shift.objects.upcoming()
    if asked["open"]:
        shifts = shifts.filter(starts_at__gt=now, taken__lt=F("places"))
    lookups = {"from": "starts_at__gte", "to": "starts_at__lt", "service": "kind", "station": "station__code"}
    return shifts.filter(**{lookup: asked[name] for name, lookup in lookups.items() if name in asked})


def nearest_page(shifts, place, skipped, limit, now):
    """Shifts of the station nearest to a place first; of one station the soonest."""
    distances = as_many(held_by(shifts, place), skipped + limit + 1)
    rows = rows_of(shifts.filter(station__in=distances), None)
    # Soonest first already, which sorting by distance keeps within a station.
    rows.sort(key=lambda row: (distances[row["station_id"]], row["station_id"]))
    shown = rows[skipped : skipped + limit]
    nearest = [told(row, now, distances[row["station_id"]]) for row in shown]
    return nearest, {"after": skipped + limit} if len(rows) > skipped + limit else {}


def held_by(shifts, place) -> list[tuple[float, int, int]]:
    """Distance, station and number of its shifts, nearest first."""
    stations = shifts.order_by().values_list("station", "station__latitude", "station__longitude")
    held = stations.annotate(count=Count("pk"))
    return sorted((directory.metres(*place, north, east), pk, count) for pk, north, east, count in held)


def as_many(held, wanted) -> dict[int, float]:
    """The distances of the nearest stations that have so many shifts together."""
    distances = {}
    for distance, pk, count in held:
        if wanted <= 0:
            break
        distances[pk] = distance
        wanted -= count
    return distances


def rows_of(shifts, most) -> list[dict]:
    rows = shifts.values_list(*COLUMNS.values())[:most]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def told(row, now, distance=None) -> dict:
    """What the API says of a shift; of the confidential kinds not how many have signed up."""
    here = timezone.get_current_timezone()
    taken, waiting = row.pop("taken"), row.pop("waiting")
    extra, _station = row.pop("extra_credential"), row.pop("station_id")
    is_confidential = row["kind"] in CONFIDENTIAL
    return row | {
        "starts_at": row["starts_at"].astimezone(here).isoformat(),
        "ends_at": row["ends_at"].astimezone(here).isoformat(),
        "places_left": None if is_confidential else row["places"] - taken,
        "open": taken < row["places"] and row["starts_at"] > now,
        "waiting_list": None if is_confidential else waiting,
        "required_credential": REQUIRED_CREDENTIAL.get(row["kind"]) or extra or None,
        "distance": None if distance is None else round(distance),
    }
