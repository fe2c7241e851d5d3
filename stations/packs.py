"""The station pack: every listed station in a few small files that browsers keep for ever.

One pair of files for each prefecture. `points` holds what filters and the map need, as columns of
bytes; `names` holds codes and names in the same order. Their own content names them, so they never
change; the manifest names the present ones. `static/stations/pack.js` reads them. What changes by
itself (open or not, free slots) is in the small `status`, which is old after a minute.

A `points` file: four bytes with the length of a JSON head (little-endian), the head, then planes of
n bytes each, lowest first: latitude and longitude (3 planes each: steps of 0.00001° from station to
station, zigzag, the first from the head's `origin`), working facilities (3), occupations (2), opening
hours (2, place in the head's `hours`), county (1, place in the head's `counties`), traits (1, see `traits`).
"""

import hashlib
import json
import secrets
from collections import defaultdict
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from whitenoise.compress import Compressor

from stations import changes, hours
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
STEP = 1e-5  # degrees, about a metre
TIERS = [tier.value for tier in Station.Tier]
FACILITIES = {kind.value: 1 << place for place, kind in enumerate(FacilityKind)}
PUBLIC = ("code", "name", "count", "bounds", "points", "names")
TTL = 60  # seconds
UNATTENDED, SHUT, APPROXIMATE, FAULTY = 8, 16, 32, 64


# The manifest, and what is known only now


def manifest() -> dict:
    """What there is to load: version, counts, and each prefecture's two files."""
    known = built()
    parts = [{key: part[key] for key in PUBLIC} for part in known["prefectures"]]
    return {
        "version": known["version"],
        "built_at": known["built_at"],
        "count": known["count"],
        "facilities": list(FACILITIES),
        "needs": {need: sum(FACILITIES[kind] for kind in kinds) for need, kinds in MEETS.items()},
        "always": ALWAYS,
        "occupations": Occupation.values,
        "tiers": TIERS,
        "counties": dict(Division.objects.values_list("code", "name")),
        "prefectures": parts,
    }


def status() -> dict:
    """When the hours of the pack are open this week (UNIX minutes; null: unknown), and free slots."""
    now = timezone.now()
    texts = {text for part in built()["prefectures"] for text in part["hours"]}
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
    """Make anew what has changed, prefecture by prefecture; True where anything was made.

    Readers go on with the old files until the manifest names the new ones. Two builders at once
    make the same files twice, nothing worse.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    old = json.loads(BUILT.read_text()) if BUILT.exists() else {"fingerprint": None, "prefectures": []}
    fingerprint = changes.fingerprint(Station.objects.all())
    if fingerprint == old["fingerprint"]:
        return False
    known = {part["code"]: part for part in old["prefectures"]}
    parts = [made for division in prefectures() if (made := part(division, known.get(division.code)))]
    files = "".join(made[kind]["url"] for made in parts for kind in ("points", "names"))
    content = {
        "version": hashlib.sha256(files.encode()).hexdigest()[:12],
        "built_at": timezone.now().isoformat(timespec="seconds"),
        "count": sum(made["count"] for made in parts),
        "fingerprint": fingerprint,
        "prefectures": parts,
    }
    replace(BUILT, json.dumps(content, ensure_ascii=False).encode())
    return True


def prefectures():
    return [division for division in Division.objects.all() if division.is_prefecture]


def part(division, known) -> dict | None:
    """The manifest's lines about one prefecture; None where it has no stations."""
    stations = Station.objects.filter(division__code__startswith=division.code[:4])
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
        "points": keep(f"{division.code}-points", "bin", points(rows)),
        "names": keep(f"{division.code}-names", "json", names(rows)),
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
    return sorted(rows, key=lambda row: (interleaved(*grid(row)), row["code"]))


def grid(row) -> tuple[int, int]:
    return round(row["latitude"] / STEP), round(row["longitude"] / STEP)


def interleaved(y, x) -> int:
    """The Morton code: sorted by it, neighbours stand beside each other, and steps are small."""
    return spread(y) << 1 | spread(x)


def spread(value) -> int:
    """The bits of a number below 2³² with a gap behind each."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value


# Writing


def points(rows) -> bytes:
    counties = sorted({row["county"] for row in rows})
    texts = sorted({row["opening_hours"] for row in rows})
    county_place, text_place = places(counties), places(texts)
    grids = [grid(row) for row in rows]
    south, west = min(y for y, _x in grids), min(x for _y, x in grids)
    head = {"n": len(rows), "origin": [south, west], "counties": counties, "hours": texts}
    head = json.dumps(head, ensure_ascii=False).encode()
    occupation = Station._meta.get_field("occupations").get_prep_value
    columns = [
        (3, steps([y - south for y, _x in grids])),
        (3, steps([x - west for _y, x in grids])),
        (3, [row["facilities"] for row in rows]),
        (2, [occupation(row["occupations"]) for row in rows]),
        (2, [text_place[row["opening_hours"]] for row in rows]),
        (1, [county_place[row["county"]] for row in rows]),
        (1, [traits(row) for row in rows]),
    ]
    planes = [plane for width, column in columns for plane in planes_of(column, width)]
    return len(head).to_bytes(4, "little") + head + b"".join(planes)


def names(rows) -> bytes:
    """Codes, of the usual ones only what follows `331002-T-`, and names."""
    codes = [row["code"].removeprefix(f"{row['county']}-T-") for row in rows]
    return json.dumps(
        [codes, [row["name"] for row in rows]], ensure_ascii=False, separators=(",", ":")
    ).encode()


def traits(row) -> int:
    bits = TIERS.index(row["tier"])
    bits |= UNATTENDED * (row["access"] != Station.Access.STAFFED)
    bits |= SHUT * (row["status"] != Station.Status.OPEN)
    bits |= APPROXIMATE * (row["position"] == Station.Position.APPROXIMATE)
    return bits | FAULTY * row["is_faulty"]


def steps(column) -> list[int]:
    """From each number to the next, the sign in the lowest bit."""
    differences = [after - before for before, after in zip([0, *column], column, strict=False)]
    return [2 * step if step >= 0 else -2 * step - 1 for step in differences]


def planes_of(column, width) -> list[bytes]:
    return [bytes(value >> 8 * place & 255 for value in column) for place in range(width)]


def places(values) -> dict:
    return {value: place for place, value in enumerate(values)}


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
