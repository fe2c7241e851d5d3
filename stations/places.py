"""Places by name: where a typed text lies, counties to choose from, names behind the map."""

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.fields import BooleanField
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from stations.directory import parse_point
from stations.divisions import Gazetteer
from stations.models import Division, Station
from stations.refusals import Refusal
from stations.search import words

HOUSE = re.compile(r"\d+\s*[号弄幢].*$")


@dataclass(frozen=True)
class Place:
    """A point (WGS-84) and what it is called."""

    latitude: float
    longitude: float
    name: str

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude


def locate(text) -> Place | None:
    """Where a typed place is: `LAT,LNG`, a county, or the best station of that name or address.

    None for an empty text. Refuses what may be several counties, or is not known at all.
    """
    text = text.replace("\0", "").strip()
    if not text:
        return None
    with suppress(ValueError):
        return Place(*parse_point(text), text)
    gazetteer = Gazetteer(Division.objects.all())
    try:
        return middle(gazetteer.find(text))
    except Refusal as refusal:
        if refusal.code == "ambiguous":
            raise
    county, rest = after_county(gazetteer, text)
    found = beside_station(county, rest) or beside_station(county, HOUSE.sub("", rest))
    if not found and not county:
        why = _("“%(text)s” was not found. Try a county, a street, or the name of a station.")
        raise Refusal("unknown", why % {"text": text})
    return found or middle(county)


def middle(division) -> Place:
    return Place(division.latitude, division.longitude, str(division))


def after_county(gazetteer, text):
    """The county or prefecture that an address begins with, or None, and what follows it."""
    text = "".join(text.split())
    for end in range(len(text) - 1, 1, -1):
        found = gazetteer.by_name.get(text[:end], [])
        if len(found) == 1:
            return found[0], text[end:]
    return None, text


def beside_station(county, text) -> Place | None:
    """The place of the listed station that fits best: by its name, then by the shortest address."""
    stations = Station.objects.listed()
    if not (asked := words(text)):
        return None
    for word in asked:
        stations = stations.filter(search__contains=word)
    if county:
        stations = stations.in_division(county.pk)
    is_named = ExpressionWrapper(Q(name__icontains=text), BooleanField())
    best = stations.select_related("division").order_by(is_named.desc(), Length("address"), "code").first()
    return best and Place(best.latitude, best.longitude, best.place)


def by_prefecture() -> list[tuple[str, list[Division]]]:
    """Divisions with stations under their prefecture, which stands first among them, for a select."""
    here = Exists(Station.objects.listed().filter(division=OuterRef("pk")))
    divisions = Division.objects.annotate(has_stations=here)
    groups = [(name, list(group)) for name, group in groupby(divisions, key=lambda d: d.prefecture)]
    return [
        (name, [each for each in group if each.has_stations or each.is_prefecture])
        for name, group in groups
        if any(each.has_stations for each in group)
    ]


def labels() -> list[list]:
    """[latitude, longitude, name, is a prefecture] of every division, for the map without tiles."""
    return [[d.latitude, d.longitude, d.name, d.is_prefecture] for d in Division.objects.all()]
