"""GBFS 3.0 of the battery-swap cabinets: a charged battery is a "vehicle", a free slot a "dock".

https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md. The cabinets are few and their numbers live
for minutes, so these feeds are made from the rows at each request. "In no case" may live data be
older than five minutes (Data Latency): a cabinet whose numbers are too old has no place in
station_status, where numbers must be given, and stays in station_information.
"""

from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from stations.models import Station, SwapCabinet

VERSION = "3.0"
LANGUAGE = "zh-CN"
TTL = 60  # seconds; the feeds of the operators are asked once a minute
SLOW = 3600


def gbfs() -> dict:
    feeds = [name for name in FEEDS if name != "gbfs"]
    return envelope(
        {"feeds": [{"name": name, "url": settings.SITE_URL + address(name)} for name in feeds]}, ttl=SLOW
    )


def system_information() -> dict:
    return envelope(
        {
            "system_id": "nuanyi",
            "languages": [LANGUAGE],
            "name": [{"text": "暖驿换电柜", "language": LANGUAGE}],
            "opening_hours": "24/7",
            "url": settings.SITE_URL + "/",
            "feed_contact_email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
            "timezone": settings.TIME_ZONE,
        },
        ttl=SLOW,
    )


def station_information() -> dict:
    return envelope({"stations": [information(cabinet) for cabinet in cabinets()]})


def station_status() -> dict:
    now = timezone.now()
    known = list(cabinets().filter(valid_until__gte=now))
    # No longer than the first of the numbers counts.
    left = [int((cabinet.valid_until - now).total_seconds()) for cabinet in known]
    return envelope({"stations": [status(cabinet) for cabinet in known]}, ttl=min([TTL, *left]), at=now)


FEEDS = {
    "gbfs": gbfs,
    "system_information": system_information,
    "station_information": station_information,
    "station_status": station_status,
}


def address(name) -> str:
    return reverse("gbfs", args=[name])


def cabinets():
    return SwapCabinet.objects.filter(station__in=Station.objects.listed()).select_related(
        "station__division"
    )


def envelope(data, *, ttl=TTL, at=None) -> dict:
    """`at`: when the data was so. What changes seldom says so of the last full minute or hour."""
    if at is None:
        now = int(timezone.now().timestamp())
        at = datetime.fromtimestamp(now - now % ttl, UTC)
    last_updated = at.isoformat(timespec="seconds")
    return {"last_updated": last_updated, "ttl": ttl, "version": VERSION, "data": data}


def identifier(cabinet) -> str:
    return f"{cabinet.operator}-{cabinet.external_id}"


def information(cabinet) -> dict:
    station = cabinet.station
    name = f"{station.name} · {cabinet.get_operator_display()}"
    return {
        "station_id": identifier(cabinet),
        "name": [{"text": name, "language": LANGUAGE}],
        "lat": round(station.latitude, 7),
        "lon": round(station.longitude, 7),
        "address": station.place,
        "rental_uris": {"web": settings.SITE_URL + station.get_absolute_url()},
        "is_demo": station.is_demo,
    }


def status(cabinet) -> dict:
    is_open = cabinet.station.status == Station.Status.OPEN
    slots = {} if cabinet.free is None else {"num_docks_available": cabinet.free}
    return {
        "station_id": identifier(cabinet),
        "num_vehicles_available": cabinet.charged,
        **slots,
        "is_installed": True,
        "is_renting": is_open,
        "is_returning": is_open,
        "last_reported": cabinet.reported_at.isoformat(timespec="seconds"),
        "is_demo": cabinet.station.is_demo,
    }
