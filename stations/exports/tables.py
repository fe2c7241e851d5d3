"""CSV and XLSX with the headings and words that `stations.imports` reads: a copy brings back every value.

What follows from other values (the doubt about a position, the time of the last change) is left out.
"""

import csv
from contextlib import contextmanager

from django.db.models import CharField, TextField
from openpyxl import Workbook

from stations.datum import Datum
from stations.exports.words import word
from stations.imports import spellings
from stations.map_entries import harmless
from stations.models import FacilityKind, Occupation, Role, Station, StationFacility

FIELDS = list(spellings.HEADINGS)
CHOICES = {
    "source_datum": Datum,
    "position": Station.Position,
    "status": Station.Status,
    "access": Station.Access,
    "tier": Station.Tier,
    "build_mode": Station.BuildMode,
}
LISTS = {"occupations": Occupation, "roles": Role}
TEXTS = [
    field.name
    for field in Station._meta.concrete_fields
    if isinstance(field, CharField | TextField) and field.name in FIELDS and field.name not in CHOICES
]


def headings() -> list[str]:
    """The first Chinese word for each column."""
    words = [spellings.HEADINGS[field].split() for field in FIELDS]
    return [next((word for word in known if not word.isascii()), known[0]) for known in words]


@contextmanager
def writing(folder):
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("站点")
    sheet.freeze_panes = "A2"
    sheet.append(headings())
    # Excel takes UTF-8 for what it is only with a byte order mark.
    with (folder / "stations.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings())

        def add(station):
            values = row(station)
            writer.writerow([harmless(str(value)) for value in values])
            sheet.append([cell(value) or None for value in values])  # no empty cells: half the time

        yield add
    workbook.save(folder / "stations.xlsx")


def cell(value):
    """Texts stay texts in a workbook; only what begins with = would become a formula."""
    if not isinstance(value, str):
        return value
    text = "".join(sign for sign in value if sign >= " " or sign in "\t\n")  # XML knows no others
    return harmless(text) if text.startswith("=") else text


def row(station) -> list[str | float]:
    """One cell for each of `FIELDS`; an empty one for what is not known."""
    values = {field: getattr(station, field) or "" for field in TEXTS}
    values |= {field: one(kind, getattr(station, field)) for field, kind in CHOICES.items()}
    values |= {field: several(kind, getattr(station, field)) for field, kind in LISTS.items()}
    values |= {
        "division_code": station.division_id,
        "division": str(station.division),
        "latitude": round(station.latitude, 7),
        "longitude": round(station.longitude, 7),
        "coordinates_in": Datum.WGS84.label,
        "is_street_facing": answer(station.is_street_facing),
        "is_demo": answer(station.is_demo),
        "map_checked_on": station.map_checked_on.isoformat() if station.map_checked_on else "",
        "facilities": "；".join(facility_of(facility) for facility in station.facilities.all()),
    }
    return [values[field] for field in FIELDS]


def one(kind, value) -> str:
    return word(kind, value) if value else ""


def several(kind, values) -> str:
    return "；".join(word(kind, value) for value in values)


def answer(known) -> str:
    return "" if known is None else word(spellings.Answer, "yes" if known else "no")


def facility_of(facility) -> str:
    """饮水机, or 微波炉（待维修）"""
    kind = word(FacilityKind, facility.kind)
    if facility.state == StationFacility.State.WORKING:
        return kind
    return f"{kind}（{word(StationFacility.State, facility.state)}）"
