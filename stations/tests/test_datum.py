"""GCJ-02 against figures published elsewhere, and at every county of Zhejiang."""

import csv
from itertools import product
from pathlib import Path

import pytest

from stations import datum
from stations.directory import metres
from stations.imports import importer

DIVISIONS = Path(__file__).parent.parent / "data" / "zhejiang_divisions.csv"
CENTIMETRE = 1e-7  # degrees
ACROSS = (-0.3, 0, 0.3)  # degrees: from the middle of a county to beyond its ends


@pytest.fixture(scope="module")
def centres():
    with DIVISIONS.open(encoding="utf-8-sig", newline="") as file:
        return [(float(row["lat"]), float(row["lng"])) for row in csv.DictReader(file)]


def as_shown_by(source, latitude, longitude):
    """What a map of that datum shows at a place given in WGS-84."""
    gcj02 = datum.gcj02_from_wgs84(latitude, longitude)
    shown = {"wgs84": (latitude, longitude), "gcj02": gcj02, "bd09": datum.bd09_from_gcj02(*gcj02)}
    return shown[source]


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
        ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
    ],
)
def test_gcj02_agrees_with_the_published_figures(wgs84, gcj02):
    assert datum.gcj02_from_wgs84(*wgs84) == pytest.approx(gcj02, abs=CENTIMETRE)


def test_bd09_agrees_with_the_published_figure():
    assert datum.bd09_from_gcj02(39.915, 116.404) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=CENTIMETRE
    )


def test_there_and_back_comes_home_within_a_decimetre_all_over_every_county(centres):
    strays = []
    for (latitude, longitude), north, east in product(centres, ACROSS, ACROSS):
        place = latitude + north, longitude + east
        gcj02 = datum.gcj02_from_wgs84(*place)
        bd09 = datum.bd09_from_gcj02(*gcj02)
        strays.append(metres(*place, *datum.to_wgs84(*gcj02, datum.Datum.GCJ02)))
        strays.append(metres(*place, *datum.to_wgs84(*bd09, datum.Datum.BD09)))

    assert len(strays) == 2 * 9 * 101
    assert [stray for stray in strays if stray >= 0.1] == []


@pytest.mark.parametrize("source", datum.Datum)
def test_who_stands_at_the_door_is_at_the_door_whatever_map_the_table_came_from(client, db, tmp_path, source):
    door = 30.2568, 120.1797
    latitude, longitude = as_shown_by(source, *door)
    table = tmp_path / "stations.csv"
    table.write_text(
        "name,division_code,address,lat,lng,datum,facilities\n"
        f"湖滨暖驿,330102,湖滨路1号,{latitude},{longitude},{source},water\n"
    )
    importer.import_file(table)

    (found,) = client.get("/api/v1/stations/", {"near": "30.2568,120.1797"}).json()

    # What the server measures, and what a browser or a partner is given to measure from.
    assert found["distance"] == 0
    assert metres(*door, found["latitude"], found["longitude"]) < 0.1


def test_mistaking_one_datum_for_another_is_an_error_of_half_a_kilometre_or_more(centres):
    gcj02 = [datum.gcj02_from_wgs84(*centre) for centre in centres]
    bd09 = [datum.bd09_from_gcj02(*point) for point in gcj02]

    off_by = [metres(*centre, *point) for centre, point in zip(centres, gcj02, strict=True)]
    baidu_off_by = [metres(*centre, *point) for centre, point in zip(centres, bd09, strict=True)]

    assert (round(min(off_by)), round(max(off_by))) == (478, 608)
    assert (round(min(baidu_off_by)), round(max(baidu_off_by))) == (1066, 1199)


def test_wgs84_stays_as_it_is():
    assert datum.to_wgs84(30.25, 120.17, datum.Datum.WGS84) == (30.25, 120.17)
