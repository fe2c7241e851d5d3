"""The QR code on a station's door."""

import re
from xml.etree import ElementTree

import segno
from django.urls import reverse

from stations import qr
from stations.models import Station
from stations.tests.factories import make_station

ADDRESS = "https://nuanyi.example/stations/331121-001/"


def modules(drawing):
    """The dark modules of a drawing as (row, column), read from its strokes: `M4 4.5h7m2 0h1 …`."""
    dark, row, column = set(), 0, 0
    strokes = ElementTree.fromstring(drawing)[1].attrib["d"]
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", strokes):
        steps = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if kind == "M":
            column, row = int(steps[0]), int(steps[1])
        elif kind == "m":
            column, row = column + int(steps[0]), row + int(steps[1])
        else:
            dark |= {(row, column + n) for n in range(int(steps[0]))}
            column += int(steps[0])
    return dark


def test_the_code_is_black_on_white_with_four_empty_modules_around_it():
    drawing = qr.svg(ADDRESS)
    paper, ink = ElementTree.fromstring(drawing)
    size = int(ElementTree.fromstring(drawing).attrib["viewBox"].split()[2])

    dark = modules(drawing)

    assert (paper.attrib["fill"], ink.attrib["stroke"]) == ("#fff", "#000")
    assert paper.attrib["d"] == f"M0 0h{size}v{size}h-{size}z"
    assert {min(row for row, _ in dark), min(column for _, column in dark)} == {4}
    assert {max(row for row, _ in dark), max(column for _, column in dark)} == {size - 5}


def test_the_drawing_is_the_code_of_the_address_at_level_m_or_better():
    code = segno.make(ADDRESS, error="m", micro=False)

    drawn = {(row - 4, column - 4) for row, column in modules(qr.svg(ADDRESS))}

    assert code.error in ("M", "Q", "H")
    assert drawn == {(r, c) for r, line in enumerate(code.matrix) for c, dark in enumerate(line) if dark}


def test_the_code_of_a_station_leads_to_its_page_under_the_sites_own_address(client, station, settings):
    settings.SITE_URL = "https://nuanyi.example"

    answer = client.get(reverse("stations:qr", args=[station.code]))

    assert answer.content == qr.svg(f"https://nuanyi.example/stations/{station.code}/")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_a_withdrawn_station_has_no_code(client, db):
    gone = make_station(status=Station.Status.WITHDRAWN)

    assert client.get(reverse("stations:qr", args=[gone.code])).status_code == 404
