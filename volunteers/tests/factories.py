from datetime import timedelta

from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from events.tests.factories import at_hour
from stations.tests.factories import make_station, make_user
from volunteers.models import Credential, CredentialKind, ServiceKind, Shift, Signup, Volunteer

LAWYER_NUMBER = "13301201810123456"
PDF = b"%PDF-1.4\n%%EOF\n"


def make_volunteer(**kw):
    """A volunteer who helps out; nothing is approved."""
    person = kw.pop("person", None) or make_user()
    station = kw.pop("home_station", None) or make_station()
    return Volunteer.objects.create(
        **{
            "person": person,
            "home_station": station,
            "name": person.name,
            "services": [ServiceKind.HELPER.value],
            **kw,
        }
    )


def make_credential(**kw):
    """A lawyer's licence, pending; `status=Credential.Status.APPROVED` for a good one."""
    volunteer = kw.pop("volunteer", None) or make_volunteer()
    values = {
        "kind": CredentialKind.LAWYER,
        "number": LAWYER_NUMBER,
        "issuer": "浙江省司法厅",
        "document": ContentFile(PDF, name="document.pdf"),
        **kw,
    }
    if values.get("status", Credential.Status.PENDING) != Credential.Status.PENDING:
        values.setdefault("decided_at", timezone.now())
    return Credential.objects.create(volunteer=volunteer, **values)


def make_shift(**kw):
    """A published helper shift with two places: tomorrow 14–16, or the next day still free there."""
    station = kw.pop("station", None) or make_station()
    kw.setdefault("kind", ServiceKind.HELPER)
    if "starts_at" not in kw:
        same = Shift.objects.filter(station=station, kind=kw["kind"])
        kw["starts_at"] = at_hour(14)
        while same.filter(starts_at=kw["starts_at"]).exists():
            kw["starts_at"] += timedelta(days=1)
    kw.setdefault("ends_at", kw["starts_at"] + timedelta(hours=2))
    return Shift.objects.create(**{"station": station, "places": 2, **kw})


def make_signup(**kw):
    """A confirmed place on a shift, counted, whether or not the rules would allow it today."""
    shift = kw.pop("shift", None) or make_shift()
    volunteer = kw.pop("volunteer", None) or make_volunteer()
    signup = Signup.objects.create(shift=shift, volunteer=volunteer, **kw)
    if signup.status == Signup.Status.CONFIRMED:
        Shift.objects.filter(pk=shift.pk).update(taken=F("taken") + 1)
        shift.refresh_from_db(fields=["taken"])
    return signup
