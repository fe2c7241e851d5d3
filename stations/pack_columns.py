"""The bytes of the pack: rows of stations as columns.

A `points` file: four bytes with the length of a JSON head (little-endian), the head, then planes of n bytes
each, lowest first: latitude and longitude (3 planes each: steps of 0.00001° from station to station, zigzag,
the first from the head's `origin`), working facilities (3), occupations (2), opening hours (2, place in the
head's `hours`), county (1, place in the head's `counties`), traits (1, see `traits`). Stations that are
neighbours stand beside each other. A `names` file: two JSON lists, codes and names.
"""

import json

from stations.models import Station

STEP = 1e-5  # degrees, about a metre
TIERS = [tier.value for tier in Station.Tier]
UNATTENDED, SHUT, APPROXIMATE, FAULTY = 8, 16, 32, 64


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


def grid(row) -> tuple[int, int]:
    return round(row["latitude"] / STEP), round(row["longitude"] / STEP)


def nearby(row) -> int:
    """The Morton code of a place: sorted by it, neighbours stand beside each other, and steps are small."""
    y, x = grid(row)
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
