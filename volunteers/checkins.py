"""Checking in and out at the station: a code on its screen, read by the volunteer's own phone.

A code is signed, belongs to one shift, lives for two minutes and is used once. It says nothing about people:
who has a place is asked when it is used.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers.models import Shift, Signup, UsedCode, Volunteer

SALT = "volunteers.checkins"
LIFE = timedelta(minutes=2)


def new_code(shift: Shift) -> str:
    return signing.dumps([shift.pk, secrets.token_urlsafe(16)], salt=SALT)


def address(code: str) -> str:
    """What the QR code says; it works from any phone."""
    return settings.SITE_URL + reverse("volunteers:check_in", args=[code])


def read(code: str) -> tuple[int, str]:
    """The shift's number and the nonce of a code that is good now."""
    try:
        pk, nonce = signing.loads(code, salt=SALT, max_age=LIFE)
    except signing.SignatureExpired as error:
        raise Refusal(
            "expired", _("This code has run out. Please scan the one that the station shows now.")
        ) from error
    except signing.BadSignature as error:
        raise Refusal("bad_code", _("This is not one of our codes. Please scan it again.")) from error
    return pk, nonce


def look(code: str, volunteer: Volunteer) -> Signup:
    """The place that the code would check in or out (see `is_out`), or a refusal."""
    pk, nonce = read(code)
    places = volunteer.signups.live().filter(shift=pk).select_related("shift__station")
    signup = places.first()
    if signup is None:
        raise Refusal(
            "not_signed_up", _("You have no place on this shift. Please ask the station's manager.")
        )
    check_unused(nonce, signup)
    check_open(signup)
    return signup


def is_out(signup: Signup) -> bool:
    """Whether the next step is to check out."""
    return signup.checked_in_at is not None


@transaction.atomic
def use(code: str, volunteer: Volunteer) -> Signup:
    """Check in, or out where the volunteer is in already."""
    signup = look(code, volunteer)
    nonce = read(code)[1]
    _used, is_new = UsedCode.objects.get_or_create(nonce=nonce, defaults={"signup": signup})
    if not is_new:
        raise used()
    field = "checked_out_at" if is_out(signup) else "checked_in_at"
    still = Signup.objects.live().filter(
        pk=signup.pk, checked_in_at=signup.checked_in_at, checked_out_at=None
    )
    if not still.update(**{field: timezone.now()}):  # with another code at the same moment
        raise used()
    signup.refresh_from_db(fields=[field])
    history.note(signup, by=volunteer.person, before={field: None})
    return signup


def check_unused(nonce, signup):
    mine = UsedCode.objects.filter(nonce=nonce).first()
    if mine is None:
        return
    if mine.signup_id == signup.pk:
        raise Refusal("done", _("Done already: this code has worked. You need not do anything more."))
    raise used()


def used() -> Refusal:
    return Refusal("used", _("This code has been used. Please scan the one that the station shows now."))


def check_open(signup):
    shift, now = signup.shift, timezone.now()
    opens_at = shift.starts_at - settings.CHECK_IN_FROM
    if signup.checked_out_at:
        raise Refusal("already_out", _("You have checked out already. Thank you for your time."))
    if now < opens_at:
        raise Refusal(
            "too_early",
            _("You can check in from %(time)s on.") % {"time": f"{timezone.localtime(opens_at):%H:%M}"},
        )
    if now > shift.ends_at + (settings.CHECK_OUT_UNTIL if is_out(signup) else timedelta()):
        raise Refusal(
            "too_late", _("This shift is over. Please tell the station's manager from when to when you came.")
        )


def open_shifts():
    """Published shifts at which somebody can check in or out now, the first to begin first."""
    now = timezone.now()
    around = Shift.objects.published().filter(
        starts_at__lte=now + settings.CHECK_IN_FROM, ends_at__gte=now - settings.CHECK_OUT_UNTIL
    )
    return around.select_related("station").order_by("starts_at", "pk")


# By the manager's list


@transaction.atomic
def set_times(
    signup: Signup, checked_in_at: datetime | None, checked_out_at: datetime | None, *, by, reason=""
) -> None:
    """From when to when somebody was there, as the manager knows it; before the hours are confirmed."""
    check_times(signup, checked_in_at, checked_out_at)
    before = {"checked_in_at": signup.checked_in_at, "checked_out_at": signup.checked_out_at}
    if any(before.values()) and not reason.strip():
        raise Refusal("reason_needed", _("Please say why the times that were recorded are changed."))
    open_still = Signup.objects.live().filter(pk=signup.pk, **before)
    open_still = open_still.exclude(attendance=Signup.Attendance.CAME)
    if not open_still.update(checked_in_at=checked_in_at, checked_out_at=checked_out_at):
        raise Refusal("meanwhile", _("This has changed meanwhile. Please look at it again."))
    signup.refresh_from_db(fields=list(before))
    history.note(signup, by=by, before=before, reason=reason.strip())


def check_times(signup, checked_in_at, checked_out_at):
    if signup.attendance == Signup.Attendance.CAME:
        raise Refusal("hours_confirmed", _("The hours are confirmed already. Please correct the minutes."))
    if checked_out_at and not (checked_in_at and checked_in_at < checked_out_at):
        raise Refusal("times", _("Please give both times, the end after the start."))
    shift, last = signup.shift, checked_out_at or checked_in_at
    if last and last > timezone.now():
        raise Refusal("times", _("This time has not come yet."))
    if checked_in_at and not shift.starts_at - settings.CHECK_OUT_UNTIL <= checked_in_at <= shift.ends_at:
        raise Refusal("times", _("The start lies far from that of the shift."))
