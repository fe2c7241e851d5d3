from datetime import time, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from events.tests.factories import at_hour
from stations.tests.factories import make_station, make_user, numbers
from volunteers.models import (
    Appeal,
    Certificate,
    Credential,
    CredentialKind,
    HoursEntry,
    Series,
    ServiceKind,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
)

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
    """A confirmed place on a shift, whether or not the rules would allow it today."""
    shift = kw.pop("shift", None) or make_shift()
    volunteer = kw.pop("volunteer", None) or make_volunteer()
    times = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    signup = Signup.objects.create(shift=shift, volunteer=volunteer, **times, **kw)
    shift.refresh_from_db(fields=["taken", "waiting"])
    return signup


def make_appeal(**kw):
    """A pending appeal against an absence of three hours ago."""
    signup = kw.pop("signup", None)
    if signup is None:
        shift = make_shift(station=kw.pop("station", None), starts_at=timezone.now() - timedelta(hours=3))
        absent = {"attendance": Signup.Attendance.ABSENT, "marked_at": timezone.now()}
        signup = make_signup(shift=shift, volunteer=kw.pop("volunteer", None), **absent)
    return Appeal.objects.create(
        signup=signup, **{"about": Appeal.About.ABSENCE, "words": "发烧了，已打电话请假。", **kw}
    )


def make_offer(**kw):
    """A place that is offered, for an hour."""
    kw.setdefault("offer_ends_at", timezone.now() + timedelta(hours=1))
    return make_signup(status=Signup.Status.OFFERED, **kw)


def make_series(**kw):
    """Helpers every Friday from 14 to 16, from today on."""
    station = kw.pop("station", None) or make_station()
    values = {"kind": ServiceKind.HELPER, "rule": "FREQ=WEEKLY;BYDAY=FR", "places": 2, "starts_at": time(14)}
    return Series.objects.create(station=station, **{**values, "starts_on": timezone.localdate(), **kw})


def make_team(*members, **kw):
    """The first of the members leads it."""
    station = kw.pop("station", None) or make_station()
    team = Team.objects.create(station=station, **{"name": f"青蜂侠{next(numbers)}", **kw})
    for volunteer in members:
        TeamMember.objects.create(team=team, volunteer=volunteer, is_leader=volunteer == members[0])
    return team


def make_hours(**kw):
    """Two confirmed hours of a shift that is over; `minutes` as wanted."""
    signup = kw.pop("signup", None) or make_signup()
    confirmer = kw.pop("confirmed_by", None) or make_user()
    values = {"minutes": 120, "volunteer": signup.volunteer, "confirmed_by": confirmer, **kw}
    return HoursEntry.objects.create(signup=signup, **values)


def make_certificate(**kw):
    """Of two hours this year."""
    volunteer = kw.pop("volunteer", None) or make_volunteer()
    today = timezone.localdate()
    values = {"title": Certificate.Title.PROOF, "name": volunteer.name, "since": today, "until": today}
    values |= {"minutes": 120, "lines": [], "organisation": volunteer.home_station.organisation, **kw}
    return Certificate.objects.create(volunteer=volunteer, **values)
