"""GeoJSON as in RFC 7946: WGS-84, longitude first. Seven decimals are a centimetre, and all we keep."""

from contextlib import contextmanager

from django.conf import settings

from stations.exports.lists import writing_list

TEXTS = [
    "name",
    "brand",
    "address",
    "landmark",
    "storey",
    "status",
    "access",
    "tier",
    "build_mode",
    "host",
    "partner",
    "design_theme",
    "phone",
    "about",
]


@contextmanager
def writing(folder):
    with writing_list(folder / "stations.geojson", "features", head={"type": "FeatureCollection"}) as add:
        yield lambda station: add(feature(station))


def feature(station) -> dict:
    return {
        "type": "Feature",
        "id": station.code,
        "geometry": {
            "type": "Point",
            "coordinates": [round(station.longitude, 7), round(station.latitude, 7)],
        },
        "properties": properties(station),
    }


def properties(station) -> dict:
    """`null` for what is not known; facilities by kind with their state."""
    return {
        "code": station.code,
        "url": settings.SITE_URL + station.get_absolute_url(),
        **{name: getattr(station, name) or None for name in TEXTS},
        "division_code": station.division_id,
        "division": str(station.division),
        "is_street_facing": station.is_street_facing,
        "position": station.position,
        "opening_hours": station.hours_in_force or None,
        "occupations": station.occupations,
        "roles": station.roles,
        "facilities": {facility.kind: facility.state for facility in station.facilities.all()},
        "updated_at": station.updated_at.isoformat(),
        "is_demo": station.is_demo,
    }
