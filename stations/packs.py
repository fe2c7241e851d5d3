"""The station pack: every listed station in a few small files that browsers keep for ever.

A pair of files for each prefecture, or for each county of a prefecture with very many stations. `points`
holds what filters and the map need (see `stations.pack_columns`), `names` codes and names in the same
order. Their own content names them, so they never change; the manifest names the present ones, and
`static/stations/pack.js` reads them. What changes by itself (open or not, free slots) is in the small
`status`, which is old after a minute.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from whitenoise.compress import Compressor

from stations import changes, hours, pack_columns
from stations.models import (
    MEETS,
    Division,
    FacilityKind,
    Fault,
    Occupation,
    OpeningException,
    Station,
    StationFacility,
    SwapCabinet,
)
from stations.models.questions import ALWAYS

URL = "/stations/pack/"
FOLDER = settings.VAR / "pack"
BUILT = settings.VAR / "pack.json"
ENDINGS = (".bin", ".json")
LARGEST = 4_000  # stations in one part: about 50 KB to load, half a second to make
FACILITIES = {kind.value: 1 << place for place, kind in enumerate(FacilityKind)}
PUBLIC = ("code", "name", "count", "bounds", "points", "names")
TTL = 60  # seconds


# The manifest, and what is known only now


def manifest() -> dict:
    """What there is to load: version, counts, and each part's two files."""
    known = built()
    parts = [{key: part[key] for key in PUBLIC} for part in known["parts"]]
    return {
        "version": known["version"],
        "built_at": known["built_at"],
        "count": known["count"],
        "facilities": list(FACILITIES),
        "needs": {need: sum(FACILITIES[kind] for kind in kinds) for need, kinds in MEETS.items()},
        "always": ALWAYS,
        "occupations": Occupation.values,
        "tiers": pack_columns.TIERS,
        "counties": dict(Division.objects.values_list("code", "name")),
        "parts": parts,
    }


def status() -> dict:
    """When the hours of the pack are open this week (UNIX minutes; null: unknown), and free slots."""
    now = timezone.now()
    texts = {text for part in built()["parts"] for text in part["hours"]}
    cabinets = SwapCabinet.objects.filter(valid_until__gte=now).select_related("station")
    return {
        "at": int(now.timestamp()),
        "ttl": TTL,
        "hours": {text: minutes(hours.week(text, timezone.localdate())) for text in sorted(texts)},
        "cabinets": [
            [each.station.code, each.charged, each.free, int(each.valid_until.timestamp())]
            for each in cabinets
        ],
    }


def minutes(week) -> list | None:
    """[[opens, closes], …] without a seam at midnight; None where a day of the week is unknown."""
    found = []
    for _day, spans in week:
        if spans is None:
            return None
        for start, end in spans:
            start, end = (int(moment.timestamp()) // 60 for moment in (start, end))
            if found and found[-1][1] == start:
                found[-1][1] = end
            else:
                found.append([start, end])
    return found


# Making


def built() -> dict:
    """What was made last; made now if nobody has made it yet."""
    if not BUILT.exists():
        refresh()
    return json.loads(BUILT.read_text())


def refresh() -> bool:
    """Make anew what has changed, part by part; True where anything was made.

    Readers go on with the old files until the manifest names the new ones. Two builders at once
    make the same files twice, nothing worse.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    old = json.loads(BUILT.read_text()) if BUILT.exists() else {"fingerprint": None, "parts": []}
    fingerprint = changes.fingerprint(Station.objects.all())
    if fingerprint == old["fingerprint"]:
        return False
    known = {part["code"]: part for part in old["parts"]}
    parts = [made for area in areas() if (made := part(*area, known.get(area[0].code)))]
    files = "".join(made[kind]["url"] for made in parts for kind in ("points", "names"))
    content = {
        "version": hashlib.sha256(files.encode()).hexdigest()[:12],
        "built_at": timezone.now().isoformat(timespec="seconds"),
        "count": sum(made["count"] for made in parts),
        "fingerprint": fingerprint,
        "parts": parts,
    }
    replace(BUILT, json.dumps(content, ensure_ascii=False).encode())
    return True


def areas() -> list[tuple[Division, QuerySet]]:
    """What one part of the pack holds: a prefecture, or its counties where they are many stations."""
    counted = dict(Station.objects.order_by().values_list("division").annotate(Count("pk")))
    found = []
    for _name, group in groupby(Division.objects.all(), key=lambda division: division.prefecture):
        group = list(group)
        if sum(counted.get(division.code, 0) for division in group) > LARGEST:
            found += [(division, Station.objects.filter(division=division)) for division in group]
        else:
            found.append((group[0], Station.objects.filter(division__in=group)))
    return found


def part(division, stations, known) -> dict | None:
    """The manifest's lines about one part; None where it has no stations."""
    fingerprint = changes.fingerprint(stations)
    if known and known["fingerprint"] == fingerprint:
        return known
    rows = read(stations.listed())
    if not rows:
        return None
    latitudes, longitudes = [row["latitude"] for row in rows], [row["longitude"] for row in rows]
    return {
        "code": division.code,
        "name": division.name,
        "fingerprint": fingerprint,
        "count": len(rows),
        "bounds": [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]],
        "hours": sorted({row["opening_hours"] for row in rows}),
        "points": keep(f"{division.code}-points", "bin", pack_columns.points(rows)),
        "names": keep(f"{division.code}-names", "json", pack_columns.names(rows)),
    }


# Reading


def read(stations) -> list[dict]:
    """The stations as plain rows, neighbours beside each other."""
    fields = ("pk", "code", "name", "latitude", "longitude", "occupations", "opening_hours")
    rows = list(
        stations.order_by().values(*fields, "tier", "access", "status", "position", county=F("division"))
    )
    facilities, exceptions = defaultdict(int), defaultdict(list)
    working = StationFacility.objects.filter(station__in=stations, state=StationFacility.State.WORKING)
    for station, kind in working.order_by().values_list("station", "kind"):
        facilities[station] |= FACILITIES[kind]
    for exception in OpeningException.objects.filter(station__in=stations, ends_on__gte=timezone.localdate()):
        exceptions[exception.station_id].append(exception)
    faulty = set(Fault.objects.open().filter(station__in=stations).values_list("station", flat=True))
    for row in rows:
        row["facilities"] = facilities[row["pk"]]
        row["is_faulty"] = row["pk"] in faulty
        if row["pk"] in exceptions:
            row["opening_hours"] = hours.with_exceptions(row["opening_hours"], exceptions[row["pk"]])
    return sorted(rows, key=lambda row: (pack_columns.nearby(row), row["code"]))


def keep(name, ending, content) -> dict:
    """Write a file under the name of its content, with its compressed forms beside it."""
    path = FOLDER / f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    if not path.exists():
        replace(path, content)
        for _path in Compressor(quiet=True).compress(str(path)):
            pass
    brotli = path.with_name(path.name + ".br")
    size = (brotli if brotli.exists() else path).stat().st_size
    return {"url": URL + path.name, "bytes": size}


def replace(path: Path, content: bytes):
    """No reader ever sees half a file."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(content)
    part.replace(path)
