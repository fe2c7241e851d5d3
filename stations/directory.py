"""Finding stations: filters that live in the address bar, nearest first."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from django.utils import timezone
from django.utils.translation import gettext as _

from stations.models import Need, Station

EARTH_RADIUS = 6_371_008.8  # metres, mean


@dataclass(frozen=True)
class Found:
    """A station with its distance in metres (None where the searcher's place is unknown) and its opening."""

    station: Station
    opening: object
    distance: float | None = None


def metres(latitude, longitude, other_latitude, other_longitude) -> float:
    """Great-circle distance between two WGS-84 points."""
    phi, psi = radians(latitude), radians(other_latitude)
    half = sin((psi - phi) / 2) ** 2
    half += cos(phi) * cos(psi) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(half))


def parse_point(text: str) -> tuple[float, float]:
    """`LAT,LNG` in degrees, WGS-84; a ValueError with a sentence for anything else."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    except ValueError:
        pass
    raise ValueError(_("Please write a place as LAT,LNG in degrees, for example 30.25,120.17."))


def find(stations, *, near=None, need="", open_now=False) -> list[Found]:
    """Listed stations that fit, nearest first when `near` (latitude, longitude) is given, else by code."""
    now = timezone.now()
    if need in Need.values:
        stations = stations.meeting(need)
    found = []
    for station in stations.with_details():
        distance = near and metres(*near, station.latitude, station.longitude)
        found.append(Found(station, station.opening(now), distance))
    if open_now:
        found = [f for f in found if f.opening.is_open]
    if near:
        found.sort(key=lambda f: f.distance)
    return found
