"""CSV and XLSX: what goes out comes in again with no difference, and nothing in it is ever calculated."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from stations.exports import tables
from stations.imports import importer
from stations.models import (
    Division,
    FacilityKind,
    HistoryLine,
    Occupation,
    Organisation,
    Role,
    Station,
    StationFacility,
)
from stations.tests.factories import make_division, make_station

# In whose care a station is follows from its division, unless somebody decided otherwise in the workplace.
DERIVED = {"id", "updated_at", "search", "position_doubt", "organisation"}
COLUMNS = [field.attname for field in Station._meta.concrete_fields if field.name not in DERIVED]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture(params=["csv", "xlsx"])
def ending(request):
    return request.param


def exported(client, tmp_path, ending):
    """The table as somebody downloaded it."""
    path = tmp_path / f"download.{ending}"
    path.write_bytes(b"".join(client.get(f"/exports/stations.{ending}")))
    return path


def cells(path):
    """The rows below the headings, as a spreadsheet holds them."""
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))[1:]
    rows = load_workbook(path).active.iter_rows(min_row=2)
    return [list(row) for row in rows]


def kept():
    """Everything of every station that does not follow from something else."""
    return {
        station.code: (
            [getattr(station, column) for column in COLUMNS],
            {(facility.kind, facility.state) for facility in station.facilities.all()},
        )
        for station in Station.objects.all()
    }


def make_every_kind():
    """Stations that together use every choice of every column, and texts that are hard to carry."""
    make_station(
        code="330105-T-0001",
        name="石门“驿站”, <b>&; 二",
        brand="暖驿",
        landmark="公交站旁",
        storey="B1",
        is_street_facing=True,
        latitude=30.3194567,
        longitude=120.1417891,
        source_datum="gcj02",
        position="approximate",
        hours_as_written="夏季7:00-19:00",
        opening_hours="",
        build_mode="self_built",
        host="拱墅区总工会",
        partner="某公司，另一家",
        occupations=Occupation.values,
        roles=Role.values,
        design_theme="'十里红妆'",
        amap_poi_id="B0FFG00000",
        baidu_uid="0123456789",
        map_checked_on=date(2026, 11, 1),
        phone="+86 571 12345678",
        about='第一行\n第二行, "引号"\n- 第三行',
        is_demo=True,
        facilities=[],
    )
    station = Station.objects.get()
    states = StationFacility.State.values
    for place, kind in enumerate(FacilityKind):
        StationFacility.objects.create(station=station, kind=kind, state=states[place % 3])
    make_station(code="330105-T-0002", name="-空", is_street_facing=False, facilities=[])
    make_station(
        code="0012", name="1e5", address="+1", brand="@SUM(A1)", source_datum="bd09", build_mode="co_built"
    )
    county = make_division(
        code="331002", name="椒江区", prefecture="台州市", latitude=28.67, longitude=121.44
    )
    make_station(
        name="007", division=county, latitude=28.6700001, longitude=121.4399999, about="-1+1", phone="007"
    )
    for access in Station.Access:
        make_station(access=access)
    for tier in Station.Tier:
        make_station(tier=tier)
    for status in (Station.Status.CLOSED, Station.Status.RENOVATION):
        make_station(status=status, opening_hours="Mo-Fr 08:30-17:30; PH off")


def test_every_column_of_a_station_is_exported_or_follows_from_others():
    fields = {"division" if name == "division_code" else name for name in tables.FIELDS}

    assert {field.name for field in Station._meta.concrete_fields} - DERIVED == fields - {
        "coordinates_in",
        "facilities",
    }


def test_the_same_database_finds_nothing_new_in_its_own_export(client, db, tmp_path, ending):
    make_every_kind()
    before = kept()

    report = importer.import_file(exported(client, tmp_path, ending))

    assert report.counts["unchanged"] == len(before)
    assert kept() == before


def test_an_empty_database_is_filled_with_the_same_stations(client, db, tmp_path, ending):
    make_every_kind()
    before, table = kept(), exported(client, tmp_path, ending)
    # As no page ever would: what has a history is not deleted.
    for model in (StationFacility, Station, HistoryLine, Organisation, Division):
        model.objects.all()._raw_delete(model.objects.db)

    report = importer.import_file(table)

    assert [finding.problems for finding in report.findings if finding.kind == "rejected"] == []
    assert kept() == before


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1"])
def test_no_text_is_a_formula_in_a_spreadsheet_and_each_comes_back(client, station, tmp_path, ending, text):
    station.brand = station.about = text.strip() if ending else text
    station.save()
    before, table = kept(), exported(client, tmp_path, ending)

    for cell in cells(table)[0]:
        if ending == "xlsx":
            assert cell.data_type != "f"
        else:
            assert not cell.startswith(("=", "+", "-", "@", "\t"))
    report = importer.import_file(table)

    assert report.counts["unchanged"] == report.counts.total() == 1
    assert kept() == before


def test_signs_that_a_workbook_cannot_hold_do_not_break_it(client, station, tmp_path):
    station.about = "一\x0b二"
    station.save()

    path = exported(client, tmp_path, "xlsx")

    assert "一二" in [cell.value for cell in cells(path)[0]]


def test_a_spreadsheet_reads_the_csv_as_utf_8(client, station, tmp_path):
    assert exported(client, tmp_path, "csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_withdrawn_stations_are_in_no_table(client, db, tmp_path, ending):
    make_station(status=Station.Status.WITHDRAWN)

    assert cells(exported(client, tmp_path, ending)) == []
