"""Links that open a map app at a station, each with the axis order and datum that it documents."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from stations.datum import Datum

SOURCE = "nuanyi"


def links(station) -> list[tuple[str, str]]:
    """(label, address) for AMap, Baidu and whatever the phone opens for `geo:`."""
    return [
        (_("Open in Amap"), amap(station)),
        (_("Open in Baidu Maps"), baidu(station)),
        (_("Other map app"), geo(station)),
    ]


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


def geo(station) -> str:
    """RFC 5870: latitude, longitude, always WGS-84."""
    return f"geo:{station.latitude:.6f},{station.longitude:.6f}"
