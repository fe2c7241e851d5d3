"""GCJ-02 against figures published elsewhere, and at every county of Zhejiang."""

import csv
from pathlib import Path

import pytest

from stations import datum
from stations.directory import metres

DIVISIONS = Path(__file__).parent.parent / "data" / "zhejiang_divisions.csv"
CENTIMETRE = 1e-7  # degrees


@pytest.fixture(scope="module")
def centres():
    with DIVISIONS.open(encoding="utf-8-sig", newline="") as file:
        return [(float(row["lat"]), float(row["lng"])) for row in csv.DictReader(file)]


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


def test_there_and_back_comes_home_within_a_decimetre_in_every_county(centres):
    strays = []
    for centre in centres:
        gcj02 = datum.gcj02_from_wgs84(*centre)
        bd09 = datum.bd09_from_gcj02(*gcj02)
        strays.append(metres(*centre, *datum.to_wgs84(*gcj02, datum.Datum.GCJ02)))
        strays.append(metres(*centre, *datum.to_wgs84(*bd09, datum.Datum.BD09)))

    assert len(strays) == 2 * 101
    assert [stray for stray in strays if stray >= 0.1] == []


def test_mistaking_one_datum_for_another_is_an_error_of_half_a_kilometre_or_more(centres):
    gcj02 = [datum.gcj02_from_wgs84(*centre) for centre in centres]
    bd09 = [datum.bd09_from_gcj02(*point) for point in gcj02]

    off_by = [metres(*centre, *point) for centre, point in zip(centres, gcj02, strict=True)]
    baidu_off_by = [metres(*centre, *point) for centre, point in zip(centres, bd09, strict=True)]

    assert (round(min(off_by)), round(max(off_by))) == (478, 608)
    assert (round(min(baidu_off_by)), round(max(baidu_off_by))) == (1066, 1199)


def test_wgs84_stays_as_it_is():
    assert datum.to_wgs84(30.25, 120.17, datum.Datum.WGS84) == (30.25, 120.17)
