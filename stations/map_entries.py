"""Which stations the big maps do not know yet, and the table with which they are told."""

import csv
import io

from django.db.models import Q

from stations.datum import bd09_from_gcj02, gcj02_from_wgs84

HEADINGS = [
    "编号",
    "名称",
    "地址",
    "电话",
    "WGS-84经度",
    "WGS-84纬度",
    "GCJ-02经度（高德）",
    "GCJ-02纬度（高德）",
    "BD-09经度（百度）",
    "BD-09纬度（百度）",
    "高德POI编号",
    "百度UID",
]
MISSING = Q(amap_poi_id="") | Q(baidu_uid="")


def table(stations) -> str:
    """CSV of those among the stations that AMap or Baidu lacks, to be submitted there."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(row(station) for station in stations.listed().filter(MISSING).select_related("division"))
    return text.getvalue()


def row(station) -> list[str]:
    wgs84 = station.latitude, station.longitude
    gcj02 = gcj02_from_wgs84(*wgs84)
    places = [
        f"{degrees:.6f}" for point in (wgs84, gcj02, bd09_from_gcj02(*gcj02)) for degrees in point[::-1]
    ]
    words = [station.code, station.name, station.place, station.phone]
    return [*map(harmless, words), *places, harmless(station.amap_poi_id), harmless(station.baidu_uid)]


def harmless(text) -> str:
    """A spreadsheet would calculate what begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
