"""A labelled synthetic province for trying things at scale: `make` is the verb.

The n-th station is the same on every machine and in every run, so a larger province begins with the smaller
one. Counties get stations by population; within a county they crowd around a few towns.
"""

from bisect import bisect
from collections import Counter
from itertools import accumulate, count
from math import cos, pi, radians, sin, sqrt
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from stations import divisions, organisations
from stations.directory import metres
from stations.imports import register
from stations.models import Division, FacilityKind, Occupation, Role, Station, StationFacility
from stations.refusals import Refusal

BRAND = "演示驿站"
BATCH = 2000
GOLDEN = (sqrt(5) - 1) / 2  # its multiples fill the space between 0 and 1 evenly, however many there are
DEGREE = 111_195  # metres, of latitude

SOURCE = Path(__file__).parent / "data" / "synthetic_words.txt"
WORDS = {name: words for name, *words in map(str.split, SOURCE.read_text(encoding="utf-8").splitlines())}
VENUES, KINDS = WORDS["venues"], WORDS["kinds"]
NAMES = len(VENUES) * len(KINDS)
STRIDE = 197  # shares no factor with NAMES, so that every name of a town comes once

DAYS = ["Mo-Su {}", "Mo-Fr {}; PH off", "Mo-Fr {}", "Mo-Su {}; PH off", "Mo-Sa {}; PH off", "Mo-Sa {}"]
HOURS = ["24/7", "", *(days.format(times) for times in WORDS["times"] for days in DAYS)]
OFTEN = [18, 3, *(40 / (10 + place) for place in range(len(HOURS) - 2))]

BASICS = [
    FacilityKind.TABLE,
    FacilityKind.WATER,
    FacilityKind.MICROWAVE,
    FacilityKind.FIRST_AID,
    FacilityKind.PHONE_CHARGING,
]
OTHERS = [  # from common to rare
    FacilityKind.AIR_CONDITIONING,
    FacilityKind.TOILET,
    FacilityKind.WIFI,
    FacilityKind.RAIN_GEAR,
    FacilityKind.HEATER,
    FacilityKind.BIKE_PARKING,
    FacilityKind.TOOLS,
    FacilityKind.FRIDGE,
    FacilityKind.WHEELCHAIR,
    FacilityKind.READING,
    FacilityKind.EBIKE_CHARGING,
    FacilityKind.TYRE_PUMP,
    FacilityKind.BLOOD_PRESSURE,
    FacilityKind.BATTERY_SWAP,
    FacilityKind.VENDING,
    FacilityKind.CALL_BUTTON,
    FacilityKind.BABY_ROOM,
]
# Of a hundred stations of a tier: how many have a basic facility, how many the most common of the others.
EQUIPPED = {
    Station.Tier.BASIC: (92, 36),
    Station.Tier.BENCHMARK: (99, 90),
    Station.Tier.SMART: (97, 80),
    Station.Tier.MICRO: (60, 10),
}


def make(wanted, *, progress=None) -> int:
    """Fill the synthetic province up to `wanted` stations; how many are new. Refuses in production.

    After every batch, each a transaction of its own, `progress(stations there, wanted)` is called.
    """
    if settings.PRODUCTION:
        raise Refusal("production", _("Synthetic stations are not for production."))
    if not Division.objects.exists():
        divisions.load()
    organisations.load()
    there = Station.objects.filter(brand=BRAND, is_demo=True).count()
    if there >= wanted:
        return 0
    sites, codes = Sites(skip=there), Codes()
    for start in range(there, wanted, BATCH):
        end = min(start + BATCH, wanted)
        write([station(number, *sites.next(), codes) for number in range(start, end)])
        if progress:
            progress(end, wanted)
    for model in (
        Station,
        StationFacility,
    ):  # the planner knows the new sizes at once, not some minutes later
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    return wanted - there


@transaction.atomic
def write(made):
    stations = Station.objects.bulk_create([station for station, _facilities in made])
    Station.history.bulk_history_create(stations)
    StationFacility.objects.bulk_create(
        [
            StationFacility(station_id=station.pk, kind=kind, state=state)
            for station, facilities in made
            for kind, state in facilities
        ]
    )


class County:
    """A county with its towns: the middle first, which is the largest, the others around it."""

    def __init__(self, division, counties):
        random = Random(division.code)
        gaps = (apart(division, other) for other in counties if other is not division)
        space = min(gaps, default=30_000)
        self.division = division
        self.scatter = min(1_200, space * 0.12)  # metres
        size = 4 + min((division.population or 0) // 100_000, 12)
        away = [min(space * 0.4, 14_000) * sqrt(random.random()) for _n in range(size)]
        self.towns = [(random.uniform(0, 2 * pi), far if town else 0) for town, far in enumerate(away)]
        self.streets = random.sample(WORDS["streets"], size)
        self.shares = shares(1 / (1 + place) for place in range(size))
        self.suffix = "街道" if division.name.endswith("区") else "镇"

    def position(self, town, random):
        angle, away = self.towns[town]
        north = away * sin(angle) + random.gauss(0, self.scatter)
        east = away * cos(angle) + random.gauss(0, self.scatter)
        latitude = self.division.latitude + north / DEGREE
        longitude = self.division.longitude + east / DEGREE / cos(radians(latitude))
        return round(latitude, 6), round(longitude, 6)


def apart(one, other):
    return metres(one.latitude, one.longitude, other.latitude, other.longitude)


def shares(weights):
    """Where each weight ends between 0 and 1."""
    sums = list(accumulate(weights))
    return [part / sums[-1] for part in sums[:-1]]


class Sites:
    """County, town and name of one station after another, the same in every run."""

    def __init__(self, *, skip):
        there = Division.objects.select_related("union")
        divisions = [division for division in there if not division.is_prefecture]
        self.counties = [County(division, divisions) for division in divisions]
        self.shares = shares(division.population or 1 for division in divisions)
        self.numbers, self.in_county, self.in_town = count(), Counter(), Counter()
        for _n in range(skip):
            self.step()
        self.taken = set(Station.objects.values_list("division", "name").iterator())

    def step(self):
        county = self.counties[bisect(self.shares, next(self.numbers) * GOLDEN % 1)]
        code = county.division.code
        town = bisect(county.shares, self.in_county[code] * GOLDEN % 1)
        place = self.in_town[code, town]
        self.in_county[code] += 1
        self.in_town[code, town] += 1
        return county, town, place

    def next(self):
        county, town, place = self.step()
        names = (self.name(county, town, each) for each in count(place, NAMES))
        name = next(name for name in names if (county.division.code, name) not in self.taken)
        self.taken.add((county.division.code, name))
        return county, town, name

    def name(self, county, town, place):
        again, place = divmod(place, NAMES)
        kind, venue = divmod(place * STRIDE % NAMES, len(VENUES))
        number = f"{again + 1}号站" if again else ""
        return f"{county.streets[town]}{county.suffix}{VENUES[venue]}{KINDS[kind]}{number}"


class Codes:
    """`331002-T-0001` and so on, after the highest number that a county has given already."""

    def __init__(self):
        numbered = Station.objects.filter(code__regex=rf"^{register.NUMBERED.pattern}$").order_by()
        county = numbered.annotate(county=Substr("code", 1, 6)).values_list("county")
        number = Cast(Substr("code", len("331002-T-") + 1), BigIntegerField())
        self.last = Counter(dict(county.annotate(last=Max(number))))

    def next(self, division):
        self.last[division.code] += 1
        return f"{division.code}-T-{self.last[division.code]:04}"


def station(number, county, town, name, codes):
    """The station and its facilities as (kind, state)."""
    random = Random(number)
    tier = random.choices(list(EQUIPPED), [68, 10, 15, 7])[0]
    is_smart = tier == Station.Tier.SMART
    latitude, longitude = county.position(town, random)
    street = f"{county.streets[town]}{county.suffix}"
    new = Station(
        code=codes.next(county.division),
        name=name,
        brand=BRAND,
        division=county.division,
        organisation=county.division.union,
        address=f"{street}{random.choice(WORDS['roads'])}{random.randint(1, 400)}号",
        latitude=latitude,
        longitude=longitude,
        opening_hours="24/7" if is_smart and random.random() < 0.9 else random.choices(HOURS, OFTEN)[0],
        status=random.choices(Station.Status.values, [965, 15, 10, 10])[0],
        access=random.choices(Station.Access.values, [5, 45, 30, 20] if is_smart else [88, 12, 0, 0])[0],
        tier=tier,
        host=f"{county.division.name}总工会",
        occupations=random.sample(Occupation.values, random.choice([0, 0, 1, 2, 3])),
        roles=[Role.REST],
        phone="12351",
        is_demo=True,
    )
    return new, facilities(tier, random)


def facilities(tier, random):
    basic, other = EQUIPPED[tier]
    often = {kind: basic for kind in BASICS}
    often |= {kind: other * (1 - place / len(OTHERS)) for place, kind in enumerate(OTHERS)}
    states = random.choices(StationFacility.State.values, [96, 3, 1], k=len(often))
    there = (random.random() * 100 < share for share in often.values())
    return [(kind, state) for kind, state, is_there in zip(often, states, there, strict=True) if is_there]
