"""Rows for tests, with sensible values for whatever a test does not care about.

Everything is found by `Station`-like words: `make_station(name="石门驿站")`. Dates are never
literal, so that tests may travel in time.
"""

from itertools import count

from django.conf import settings
from django.contrib.auth import get_user_model

from stations import kiosks
from stations.models import Division, Kiosk, Posting, Station, StationFacility

PASSWORD = "demo-portal-2026"
numbers = count(1)


def make_user(**kw):
    """A person who has agreed to the personal information rules; `email` or `phone` may be given."""
    number = next(numbers)
    if not kw.get("phone"):
        kw.setdefault("email", f"person{number}@example.com")
    person = get_user_model().objects.create_user(**{"password": PASSWORD, "name": f"人员{number}", **kw})
    # What portal.consent.give writes; nobody down here imports portal.
    person.consents.create(version=settings.PRIVACY_RULES_VERSION)
    return person


def make_division(**kw):
    values = {
        "name": "拱墅区",
        "prefecture": "杭州市",
        "latitude": 30.3194,
        "longitude": 120.1417,
        "population": 1_000_000,
        **kw,
    }
    return Division.objects.get_or_create(code=values.pop("code", "330105"), defaults=values)[0]


def make_station(**kw):
    """An open station with drinking water and a table; `facilities` names others (kinds)."""
    number = next(numbers)
    facilities = kw.pop("facilities", ["water", "table"])
    kw.setdefault("division", None)
    values = {
        "code": f"T{number:05d}",
        "name": f"驿站{number}",
        "address": f"石祥路{number}号",
        "latitude": 30.32,
        "longitude": 120.14,
        "opening_hours": "24/7",
        **kw,
    }
    values["division"] = values["division"] or make_division()
    station = Station.objects.create(**values)
    for kind in facilities:
        StationFacility.objects.create(station=station, kind=kind)
    return station


def make_posting(person, station, **kw):
    """Put a station into a person's care from today on; the person may open the admin."""
    if not person.is_staff:
        person.is_staff = True
        person.save(update_fields=["is_staff"])
    return Posting.objects.create(person=person, station=station, **kw)


def make_kiosk(**kw):
    """A paired screen. Its secret is `kiosk.token`: `client.cookies[kiosks.COOKIE] = kiosk.token`."""
    station = kw.pop("station", None) or make_station()
    kiosk = Kiosk.objects.create(**{"station": station, "label": "前台", **kw})
    kiosk, token = kiosks.pair(kiosks.new_code(kiosk), address=f"test-{kiosk.pk}")
    kiosk.token = token
    return kiosk
