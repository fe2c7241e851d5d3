"""The synthetic province: labelled, repeatable, believable."""

import csv
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stations import divisions, hours, synthetic
from stations.divisions import Gazetteer
from stations.imports import importer
from stations.models import Division, FacilityKind, Station, StationFacility
from stations.refusals import Refusal
from stations.search import indexed
from stations.tests.factories import make_station

pytestmark = pytest.mark.django_db
COLUMNS = {
    "code": "code",
    "name": "name",
    "brand": "brand",
    "division_code": "division_id",
    "address": "address",
    "latitude": "latitude",
    "longitude": "longitude",
    "opening_hours": "opening_hours",
    "status": "status",
    "access": "access",
    "tier": "tier",
    "phone": "phone",
}


def made():
    return Station.objects.filter(brand=synthetic.BRAND).order_by("pk")


def rows():
    return list(made().values_list("code", "name", "latitude", "longitude", "opening_hours", "address"))


def test_a_second_run_adds_nothing_and_a_larger_one_only_adds():
    assert synthetic.make(150) == 150
    before = rows()

    assert synthetic.make(150) == 0
    assert synthetic.make(100) == 0
    assert rows() == before

    assert synthetic.make(220) == 70
    assert rows()[:150] == before


def test_the_province_is_the_same_however_often_it_was_interrupted():
    synthetic.make(37)
    synthetic.make(120)
    in_parts = rows()
    StationFacility.objects.all().delete()
    Station.objects.all().delete()

    synthetic.make(120)

    assert rows() == in_parts


def test_every_station_is_labelled_and_searchable():
    synthetic.make(50)

    assert set(made().values_list("is_demo", "brand")) == {(True, "演示驿站")}
    station = made().last()
    assert station.search == indexed(station.name, station.brand, station.address, "", station.code)


def test_positions_lie_in_their_county_and_counties_have_stations_by_population():
    synthetic.make(2000)
    gazetteer = Gazetteer(Division.objects.all())

    doubts = [gazetteer.doubt(each.division, each.latitude, each.longitude) for each in made()]
    assert set(doubts) == {""}
    counts = Counter(made().values_list("division__name", flat=True))
    people = sum(each.population for each in gazetteer.counties)
    for county in gazetteer.counties:
        assert counts[county.name] == pytest.approx(2000 * county.population / people, abs=2)


def test_what_stations_have_is_believable():
    synthetic.make(2000)

    tiers = Counter(made().values_list("tier", flat=True))
    assert tiers["benchmark"] == pytest.approx(200, abs=40)
    assert tiers["smart"] == pytest.approx(300, abs=50)
    kinds = Counter(StationFacility.objects.values_list("kind", flat=True))
    assert (
        min(kinds[kind] for kind in synthetic.BASICS) > 1500 > max(kinds[kind] for kind in synthetic.OTHERS)
    )
    assert set(kinds) == set(FacilityKind.values)
    assert 1900 < made().filter(status="open").count() < 2000
    texts = set(made().values_list("opening_hours", flat=True))
    assert 50 < len(texts) <= 62
    for text in texts - {""}:
        hours.validate(text)


def test_codes_and_names_that_are_there_already_are_not_given_again():
    synthetic.make(200)
    taken = made().filter(code__endswith="-T-0001").order_by("code").first()
    code, name, division = taken.code, taken.name, taken.division
    StationFacility.objects.all().delete()
    Station.objects.all().delete()
    make_station(code=code, name=name, division=division)
    make_station(code=f"{code[:6]}-T-X", name="别的", division=division)

    synthetic.make(200)

    assert made().count() == 200
    assert made().filter(division=division).order_by("code").first().code == f"{code[:6]}-T-0002"
    assert made().filter(division=division, name=f"{name}2号站").exists()


def test_its_rows_go_through_the_importer_unchanged(tmp_path):
    synthetic.make(200)
    path = tmp_path / "stations.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "facilities", "is_demo"])
        for station in made().prefetch_related("facilities"):
            kinds = ";".join(facility.kind for facility in station.facilities.all())
            writer.writerow([*(getattr(station, field) for field in COLUMNS.values()), kinds, "yes"])

    report = importer.import_file(path)

    assert (report.unchanged, [str(finding) for finding in report.findings]) == (200, [])

    StationFacility.objects.all().delete()
    Station.objects.all().delete()
    report = importer.import_file(path)

    assert (report.created, [str(finding) for finding in report.findings]) == (200, [])


def test_production_refuses(settings):
    settings.PRODUCTION = True

    with pytest.raises(Refusal):
        synthetic.make(1)
    with pytest.raises(CommandError):
        call_command("demo", scale=1)
    assert not Station.objects.exists()


def test_the_command_fills_the_province_beside_the_demo_and_says_how_far_it_is():
    divisions.load()
    shown = StringIO()

    call_command("demo", scale=30, stdout=StringIO(), stderr=shown)
    named = Station.objects.filter(is_demo=True).exclude(brand=synthetic.BRAND).count()
    call_command("demo", scale=30, stdout=StringIO(), stderr=shown)

    assert shown.getvalue() == "\r30 of 30 synthetic stations\n"
    assert named >= 9
    assert made().count() == 30
    assert Station.objects.count() == named + 30
    assert not made().filter(redemption_days__isnull=False).exists()
