"""Finding stations: what is wanted lives in the address bar; by code, or nearest first."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import asin, cos, degrees, inf, pi, radians, sin, sqrt

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.models import Division, FacilityKind, Need, Occupation, Station, StationQuerySet

EARTH_RADIUS = 6_371_008.8  # metres, mean
# How `nearest` looks around: metres at first, times more at each step at most, and how many stations more
# than wanted it measures in a crowd.
FIRST_STEP, GROWTH, SPARE = 1_000, 2, 200


@dataclass(frozen=True)
class Found:
    """A station with its distance in metres (None where the searcher's place is unknown) and its opening."""

    station: Station
    opening: object
    distance: float | None = None

    @property
    def far(self) -> str:
        """The distance in words, to ten metres; nothing where it is unknown."""
        if self.distance is None:
            return ""
        if self.distance < 995:
            return _("%(n)d m") % {"n": round(self.distance, -1)}
        return _("%(n).1f km") % {"n": self.distance / 1000}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty fields want nothing. `near` is (latitude, longitude), WGS-84."""

    need: str = ""
    facility: tuple[str, ...] = ()
    open_now: bool = False
    always: bool = False
    unattended: bool = False
    tier: str = ""
    county: str = ""
    occupation: str = ""
    q: str = ""
    place: str = ""
    near: tuple[float, float] | None = None
    within: int | None = None

    @classmethod
    def read(cls, query) -> "Wanted":
        """From an address (a QueryDict). What is not known there is not wanted: old links go on working."""
        # PostgreSQL takes no NUL in a text, and no search means one.
        texts = {name: ",".join(query.getlist(name)).replace("\0", "").strip() for name in query}
        asked = texts.get
        return cls(
            need=known(Need, asked("need")),
            facility=tuple(kind for kind in FacilityKind.values if kind in asked("facility", "").split(",")),
            open_now=asked("open_now") in ("1", "true"),
            always=asked("always") in ("1", "true"),
            unattended=asked("unattended") in ("1", "true"),
            tier=known(Station.Tier, asked("tier")),
            county=county(asked("county", "")),
            occupation=known(Occupation, asked("occupation")),
            q=asked("q", ""),
            place=asked("place", ""),
            near=point(asked("near", "")),
            within=whole(asked("within", "")),
        )


def known(kind, text) -> str:
    return text if text in kind.values else ""


def county(text) -> str:
    return text if text and Division.objects.filter(pk=text).exists() else ""


def point(text) -> tuple[float, float] | None:
    with suppress(ValueError):
        return parse_point(text)
    return None


def whole(text) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 and int(text) else None


def parse_point(text: str) -> tuple[float, float]:
    """`LAT,LNG` in degrees, WGS-84; a ValueError with a sentence for anything else."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    except ValueError:
        pass
    raise ValueError(_("Please write a place as LAT,LNG in degrees, for example 30.25,120.17."))


def metres(latitude, longitude, other_latitude, other_longitude) -> float:
    """Great-circle distance between two WGS-84 points."""
    phi, psi = radians(latitude), radians(other_latitude)
    half = sin((psi - phi) / 2) ** 2
    half += cos(phi) * cos(psi) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1, sqrt(half)))  # rounding may lead past the other side of the world


@dataclass(frozen=True)
class Box:
    """Latitudes and longitudes between which something lies, in degrees."""

    south: float
    north: float
    west: float
    east: float

    def covers(self, other) -> bool:
        across = self.west <= other.west and other.east <= self.east
        return across and self.south <= other.south and other.north <= self.north

    def closest(self, latitude, longitude) -> tuple[float, float]:
        """The point itself, or where the box begins on the way to it."""
        return min(max(latitude, self.south), self.north), min(max(longitude, self.west), self.east)


PROVINCE = Box(27, 31.5, 117.5, 123.5)  # the table of stations takes no others
MIDDLE = (PROVINCE.west + PROVINCE.east) / 2


def around(latitude, longitude, reach) -> Box:
    """A box that holds every point of the province that is at most `reach` metres away."""
    angle = reach / EARTH_RADIUS * (1 + 1e-9) + 1e-9  # a few millimetres more, for what rounding takes
    south, north = latitude - degrees(angle), latitude + degrees(angle)
    if south <= -90 or north >= 90 or angle >= pi / 2:  # a pole lies within: any longitude may
        return Box(south, north, -999, 999)
    side = degrees(asin(sin(angle) / cos(radians(latitude))))
    # Counted from the province's side of the world, so that no box of up to 90° wraps around.
    longitude = (longitude - MIDDLE + 180) % 360 - 180 + MIDDLE
    return Box(south, north, longitude - side, longitude + side)


def nearest(stations, place, *, most=None, within=None, open_at=None) -> list[tuple[float, str, int]]:
    """The `most` stations nearest to a place as (metres, code, pk), nearest first, equals by code.

    Looks into boxes around the place until the circle in one of them holds enough: what lies outside a box
    is farther away than all within its circle. So a search costs by what it finds, not by all there is.
    """
    away = metres(*place, *PROVINCE.closest(*place))
    step = FIRST_STEP if most else inf
    while True:
        reach = min(away + step, within or inf)
        box = around(*place, reach)
        is_last = reach == within or box.covers(PROVINCE)
        limit = (within or inf) if is_last else reach
        found = measured(stations.inside(box), place, open_at, most and most + SPARE)
        if most and len(found) == most + SPARE:
            # A crowd, of which these are not all: none of the nearest is farther than the last of these.
            limit, is_last = min(sorted(found)[most - 1][0], within or inf), True
            found = measured(stations.inside(around(*place, limit)), place, open_at)
        found = sorted(each for each in found if each[0] <= limit)
        if is_last or len(found) >= most:
            return found[:most]
        step *= min(max(1.3 * sqrt(most / max(len(found), 1)), 1.5), GROWTH)


def measured(stations, place, open_at, most=None) -> list[tuple[float, str, int]]:
    """Stations with their distance; of more than `most` about the nearest, as on a flat map."""
    stations = stations.open_at(open_at) if open_at else stations
    north, east = F("latitude") - place[0], (F("longitude") - place[1]) * cos(radians(place[0]))
    rows = stations.order_by(north * north + east * east) if most else stations.order_by()
    rows = rows.values_list("latitude", "longitude", "code", "pk")[:most]
    return [(metres(*place, latitude, longitude), code, pk) for latitude, longitude, code, pk in rows]


def find(wanted: Wanted, *, near=None) -> "Finding":
    """Listed stations that fit: nearest first from `near` (or the address's own), else by code."""
    return Finding(fitting(wanted), wanted, near or wanted.near, timezone.now())


def fitting(wanted) -> StationQuerySet:
    """Listed stations that fit, whether open or not and wherever."""
    stations = Station.objects.listed().matching(wanted.q).equipped(wanted.facility)
    if wanted.need:
        stations = stations.meeting(wanted.need)
    if wanted.always:
        stations = stations.always_open()
    if wanted.unattended:
        stations = stations.unattended()
    if wanted.tier:
        stations = stations.filter(tier=wanted.tier)
    if wanted.county:
        stations = stations.in_division(wanted.county)
    if wanted.occupation:
        stations = stations.serving(wanted.occupation)
    return stations


@dataclass(frozen=True)
class Finding:
    """What was found: a part of it is read when it is sliced, so that a Paginator costs one page."""

    stations: StationQuerySet
    wanted: Wanted
    near: tuple[float, float] | None
    now: datetime

    @property
    def open_at(self):
        return self.now if self.wanted.open_now else None

    @cached_property
    def all(self) -> StationQuerySet:
        """Those that fit, still wherever."""
        return self.stations.open_at(self.now) if self.open_at else self.stations

    def count(self) -> int:
        if self.near and self.wanted.within:
            return len(self.nearest())
        return self.all.count()

    def __getitem__(self, part: slice) -> list[Found]:
        if not self.near:
            return [Found(each, each.opening(self.now)) for each in self.all.with_details()[part]]
        distances = {pk: distance for distance, _code, pk in self.nearest(part.stop)[part.start :]}
        stations = Station.objects.with_details().in_bulk(distances)
        return [
            Found(stations[pk], stations[pk].opening(self.now), distance)
            for pk, distance in distances.items()
        ]

    def nearest(self, most=None):
        within = self.wanted.within
        return nearest(self.stations, self.near, most=most, within=within, open_at=self.open_at)
