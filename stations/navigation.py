"""Links that open a map app at a station, each with the axis order and datum that it documents."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from stations.datum import Datum, gcj02_from_wgs84

SOURCE = "nuanyi"


def links(station) -> list[tuple[str, str]]:
    """(label, address), the shortest way for somebody on foot first."""
    return [
        (_("Walk there (Amap)"), walk(station)),
        (_("Open in Amap"), amap(station)),
        (_("Open in Baidu Maps"), baidu(station)),
        (_("Apple Maps"), apple(station)),
        (_("Other map app"), geo(station)),
    ]


def walk(station) -> str:
    """AMap's route: longitude first; it has no word for the datum, so its own, GCJ-02."""
    latitude, longitude = gcj02_from_wgs84(station.latitude, station.longitude)
    # The three parts of `to` are parted by commas.
    name = station.name.replace(",", " ")
    query = {"to": f"{longitude:.6f},{latitude:.6f},{name}", "mode": "walk", "src": SOURCE, "callnative": 1}
    return "https://uri.amap.com/navigation?" + urlencode(query)


def amap(station) -> str:
    """AMap's URI API: longitude first; it converts from WGS-84 itself when told so."""
    query = {
        "position": f"{station.longitude:.6f},{station.latitude:.6f}",
        "name": station.name,
        "src": SOURCE,
        "coordinate": Datum.WGS84,
        "callnative": 1,
    }
    return "https://uri.amap.com/marker?" + urlencode(query)


def baidu(station) -> str:
    """Baidu's URI API: latitude first; `coord_type` names the datum."""
    query = {
        "location": f"{station.latitude:.6f},{station.longitude:.6f}",
        "title": station.name,
        "content": station.address,
        "output": "html",
        "coord_type": Datum.WGS84,
        "src": f"webapp.{SOURCE}.portal",
    }
    return "https://api.map.baidu.com/marker?" + urlencode(query)


def apple(station) -> str:
    """Apple's map links: latitude first, and no word for the datum.

    Apple draws China from AMap's data, so GCJ-02 is what lies right on a phone sold there.
    Some phones bought elsewhere are said to show another map; nothing in a link can tell.
    """
    latitude, longitude = gcj02_from_wgs84(station.latitude, station.longitude)
    return "https://maps.apple.com/?" + urlencode({"daddr": f"{latitude:.6f},{longitude:.6f}", "dirflg": "w"})


def geo(station) -> str:
    """RFC 5870: latitude, longitude, always WGS-84."""
    return f"geo:{station.latitude:.6f},{station.longitude:.6f}"
