"""Rows for tests, with sensible values for whatever a test does not care about.

Everything is found by `Station`-like words: `make_station(name="石门驿站")`. Dates are never
literal, so that tests may travel in time.
"""

import io
from itertools import count

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from stations import faults, kiosks, organisations, pictures
from stations.imports import jobs
from stations.models import (
    Division,
    ImportJob,
    Kiosk,
    Organisation,
    Posting,
    SiteSuggestion,
    Station,
    StationFacility,
    StationPhoto,
    SwapCabinet,
)

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
    values["organisation"] = values.get("organisation") or organisations.of(values["division"])
    station = Station.objects.create(**values)
    for kind in facilities:
        StationFacility.objects.create(station=station, kind=kind)
    return station


def make_organisation(**kw):
    """An industrial union below the province; `parent` and `kind` as wanted."""
    kind = kw.setdefault("kind", Organisation.Kind.INDUSTRY)
    kw.setdefault("name", f"{Organisation.Kind(kind).label}{next(numbers)}")
    if "parent" not in kw:
        kw["parent"] = province()
    return Organisation.objects.create(**kw)


def province():
    organisations.load()
    return Organisation.objects.get(kind=Organisation.Kind.PROVINCE)


def make_posting(person, place, **kw):
    """Put a station, or an organisation with all below it, into a person's care from today on."""
    where = {"organisation" if isinstance(place, Organisation) else "station": place}
    return Posting.objects.create(person=person, **where, **kw)


def make_kiosk(**kw):
    """A paired screen. Its secret is `kiosk.token`: `client.cookies[kiosks.COOKIE] = kiosk.token`."""
    station = kw.pop("station", None) or make_station()
    kiosk = Kiosk.objects.create(**{"station": station, "label": "前台", **kw})
    kiosk, token = kiosks.pair(kiosks.new_code(kiosk), address=f"test-{kiosk.pk}")
    kiosk.token = token
    return kiosk


def make_picture(kind="JPEG", size=(60, 40), mode="RGB", **extras):
    """A small picture to upload, with something to see; `extras` as Pillow's `save` takes them."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(written, kind, **extras)
    return SimpleUploadedFile(f"picture.{kind.lower()}", written.getvalue())


def make_photo(**kw):
    """A station's photo, kept as its form keeps it."""
    station = kw.pop("station", None) or make_station()
    picture = pictures.redraw(kw.pop("image", None) or make_picture())
    return StationPhoto.objects.create(
        **{"station": station, "image": picture, "alt": "门口有绿色遮阳棚", **kw}
    )


def make_report(**kw):
    """A report of a broken water dispenser, each from an address of its own."""
    values = {"kind": "water", "text": "不出热水", "address": f"report-{next(numbers)}", **kw}
    station = values.pop("station", None) or make_station()
    return faults.report(station, **values)


def make_suggestion(**kw):
    division = kw.pop("division", None) or make_division()
    organisations.of(division)
    values = {"place": "莫干山路与文一路路口", "why": "中午很多骑手在这里等单，没有地方坐", **kw}
    return SiteSuggestion.objects.create(division=division, **values)


def make_cabinet(**kw):
    """A battery-swap cabinet nothing is known of yet; its number at China Tower is `external_id`."""
    station = kw.pop("station", None) or make_station()
    values = {"operator": SwapCabinet.Operator.TOWER, "external_id": f"ZJ-{next(numbers)}", **kw}
    return SwapCabinet.objects.create(station=station, **values)


def make_import(text, **kw):
    """A table on its way in, uploaded and not looked at yet."""
    file = SimpleUploadedFile(kw.pop("name", "站点.csv"), text.encode())
    return jobs.upload(ImportJob(file=file), by=kw.pop("by", None) or make_user(**kw))
