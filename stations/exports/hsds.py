"""HSDS 3.0, the Human Services Data Specification of Open Referral, as JSON with its objects nested.

https://docs.openreferral.org/en/v3.0/hsds/. A station is a location at which one service is given,
by whoever runs it. Identifiers are made from the code, so they are the same in every edition.
`is_demo` is ours: HSDS has no word for it. Lists have the form that the HSDS API gives a page.
"""

from contextlib import ExitStack, contextmanager
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from stations.exports.lists import writing_list
from stations.exports.schedules import schedules
from stations.exports.words import word
from stations.models import FacilityKind, Station, StationFacility

VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/en/v3.0/hsds/"
OPENAPI = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json"
NAMES = ["organizations", "services", "locations", "service_at_locations"]
STATUSES = {Station.Status.OPEN: "active"}
SPACE = uuid5(NAMESPACE_URL, "nuanyi/hsds")


@contextmanager
def writing(folder):
    hosts = {}
    with ExitStack() as stack:
        add = {name: stack.enter_context(page(folder, name)) for name in NAMES}

        def add_station(station):
            host = hosts.setdefault(station.host, organization(station))
            place = location(station)
            link = service_at_location(station, place)
            add["locations"](place)
            add["service_at_locations"](link)
            add["services"](service(station, host, link))

        yield add_station
        for host in hosts.values():
            add["organizations"](host)


def page(folder, name):
    return writing_list(folder / f"{name}.json", "contents", tail=page_of_all)


def page_of_all(count) -> dict:
    return {
        "total_items": count,
        "total_pages": 1,
        "page_number": 1,
        "size": count,
        "first_page": True,
        "last_page": True,
        "empty": count == 0,
    }


def identifier(kind, key) -> str:
    return str(uuid5(SPACE, f"{kind} {key}"))


def organization(station) -> dict:
    name = station.host or _("Organisation not known yet")
    return {
        "id": identifier("organization", station.host),
        "name": name,
        "description": _("Runs service stations for outdoor workers in Zhejiang."),
    }


def service(station, host, link) -> dict:
    return {
        "id": identifier("service", station.code),
        "organization_id": host["id"],
        "name": station.name,
        **given(alternate_name=station.brand),
        "description": description(station),
        "url": settings.SITE_URL + station.get_absolute_url(),
        "status": STATUSES.get(station.status, "temporarily closed"),
        "last_modified": station.updated_at.isoformat(),
        "organization": host,
        "service_at_locations": [link],
        "is_demo": station.is_demo,
    }


def service_at_location(station, place) -> dict:
    key = identifier("service_at_location", station.code)
    return {
        "id": key,
        "service_id": identifier("service", station.code),
        "location_id": place["id"],
        "schedules": schedules(station, service_at_location_id=key),
        "location": place,
        "is_demo": station.is_demo,
    }


def location(station) -> dict:
    key = identifier("location", station.code)
    return {
        "id": key,
        "location_type": "physical",
        "name": station.name,
        "latitude": round(station.latitude, 7),
        "longitude": round(station.longitude, 7),
        **given(transportation=station.landmark),
        "external_identifier": station.code,
        "external_identifier_type": "nuanyi",
        "addresses": [address(station, key)],
        "phones": phones(station, key),
        "accessibility": accessibility(station, key),
        "is_demo": station.is_demo,
    }


def address(station, location_id) -> dict:
    return {
        "id": identifier("address", station.code),
        "location_id": location_id,
        "address_1": station.address,
        **given(address_2=station.storey),
        "city": station.division.prefecture,
        "region": station.division.name,
        "state_province": "浙江省",
        "postal_code": "",  # must be there; a station's is not known
        "country": "CN",
        "address_type": "physical",
    }


def phones(station, location_id) -> list[dict]:
    if not station.phone:
        return []
    key = identifier("phone", station.code)
    return [{"id": key, "location_id": location_id, "number": station.phone, "type": "voice"}]


def accessibility(station, location_id) -> list[dict]:
    return [
        {
            "id": identifier("accessibility", station.code),
            "location_id": location_id,
            "description": word(FacilityKind, facility.kind),
        }
        for facility in station.facilities.all()
        if facility.kind == FacilityKind.WHEELCHAIR and facility.state == StationFacility.State.WORKING
    ]


def description(station) -> str:
    """What it is, and what works there."""
    working = [
        word(FacilityKind, facility.kind)
        for facility in station.facilities.all()
        if facility.state == StationFacility.State.WORKING
    ]
    there = _("Facilities: %(facilities)s") % {"facilities": "、".join(working)} if working else ""
    return "\n".join(filter(None, [_("Service station for outdoor workers"), station.about, there]))


def given(**texts) -> dict:
    return {name: text for name, text in texts.items() if text}
