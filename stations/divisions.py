"""The counties and prefectures of Zhejiang: loading them, finding one by name, doubting a position."""

import csv
import re
import unicodedata
from collections import defaultdict
from math import inf
from pathlib import Path

from django.utils.translation import gettext as _

from stations.directory import metres
from stations.models import Division
from stations.refusals import Refusal

SOURCE = Path(__file__).parent / "data" / "zhejiang_divisions.csv"
KIND = re.compile(r"(畲族自治)?[市区县]$")
NEAR, FAR = 50_000, 90_000  # metres, see `Gazetteer.doubt`


def load() -> int:
    """Bring the divisions in line with the file; running it twice changes nothing."""
    divisions = read()
    Division.objects.bulk_create(
        divisions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "prefecture", "latitude", "longitude", "population", "search"],
    )
    return len(divisions)


def read() -> list[Division]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return [
            Division(
                code=row["code"],
                name=row["name"],
                prefecture=row["prefecture"],
                latitude=float(row["lat"]),
                longitude=float(row["lng"]),
                population=round(float(row["population_wan"]) * 10_000),
            )
            for row in csv.DictReader(file)
        ]


class Gazetteer:
    """Finds a division by its code or by any usual way of writing its name."""

    def __init__(self, divisions):
        self.divisions = list(divisions)
        self.counties = [division for division in self.divisions if not division.is_prefecture]
        self.by_code = {division.code: division for division in self.divisions}
        self.by_name = defaultdict(list)
        for division in self.divisions:
            for name in spellings(division):
                self.by_name[name].append(division)

    def find(self, text) -> Division:
        """`331002`, a longer code that begins with it, `椒江区`, `台州市椒江区`, `椒江` …"""
        text = "".join(unicodedata.normalize("NFKC", text).split())
        if re.fullmatch(r"\d{6}|\d{9}|\d{12}", text):
            found = [self.by_code[text[:6]]] if text[:6] in self.by_code else []
        else:
            found = self.by_name.get(text, [])
        if not found:
            raise Refusal("unknown", _("“%(text)s” is not a county of Zhejiang.") % {"text": text})
        if len(found) > 1:
            names = " / ".join(f"{division} {division.code}" for division in found)
            raise Refusal("ambiguous", _("This may be %(names)s. Please write the code.") % {"names": names})
        return found[0]

    def doubt(self, division, latitude, longitude) -> str:
        """A short sentence where a position is hard to believe, else nothing.

        Doubtful is what lies more than 50 km from the centre of its county and nearer
        to another county's, or more than 90 km away from it in any direction. Checked
        with the 90 centres: of all pairs of counties, a station of the one placed in the
        middle of the other is found in 94 of 100; the rest are neighbours. A limit
        of 35 km would find 97, but also cast doubt on real places: Zhejiang's outlying
        towns and islands lie up to some 45 km from their centre, often nearer to
        the neighbour's. A prefecture counts as all of its counties.
        """
        own = nearest(self.centres_of(division), latitude, longitude)[0]
        if own <= NEAR:
            return ""
        others = [each for each in self.counties if each not in self.centres_of(division)]
        other, other_name = nearest(others, latitude, longitude)
        words = {"km": round(own / 1000), "county": division.name, "other": other_name}
        if other < own:
            return _("%(km)d km from the middle of %(county)s, nearer to %(other)s") % words
        return _("%(km)d km from the middle of %(county)s") % words if own > FAR else ""

    def centres_of(self, division):
        if not division.is_prefecture:
            return [division]
        return [division, *(county for county in self.counties if county.prefecture == division.name)]


def nearest(divisions, latitude, longitude):
    places = [(metres(latitude, longitude, each.latitude, each.longitude), each.name) for each in divisions]
    return min(places, default=(inf, ""))


def spellings(division):
    short = KIND.sub("", division.name)
    names = {division.name, short}
    if division.name.endswith("自治县"):
        names.add(f"{short}县")
    if not division.is_prefecture:
        above = (division.prefecture, division.prefecture.removesuffix("市"))
        names |= {prefix + name for prefix in above for name in names}
    return names | {province + name for province in ("浙江省", "浙江") for name in names}
