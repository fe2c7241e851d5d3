"""Who came: marking attendance, which confirms hours and lets points follow, each once.

Who was missed several times without an excuse pauses for a while (settings.NO_SHOWS). The pause is counted
anew from the absences that stand, so an excuse takes it back.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers import afterwards, hours
from volunteers.locks import lock_people
from volunteers.models import HoursEntry, Signup, Volunteer

Attendance = Signup.Attendance


@transaction.atomic
def mark_came(signup: Signup, *, by, minutes: int | None = None, reason="") -> HoursEntry:
    """Confirm that a volunteer came, and for how long: as checked in and out, or the whole shift.

    Hours and points are written once per sign-up, however often this is called.
    """
    check_has_begun(signup)
    minutes = hours.served(signup) if minutes is None else minutes
    hours.check_minutes(signup.shift, minutes)
    if mark(signup, Attendance.CAME, by, reason):
        recount(signup.volunteer, by=by, reason=reason)
    return hours.confirm(signup, minutes, by=by, reason=reason)


@transaction.atomic
def mark_absent(signup: Signup, *, by, reason="") -> None:
    """No hours; the volunteer is told, with the reason if there is one, and can say if it is wrong."""
    check_has_begun(signup)
    if mark(signup, Attendance.ABSENT, by, reason):
        paused_until = recount(signup.volunteer, by=by, reason=reason)
        afterwards.tell_absence(signup, reason, paused_until)


@transaction.atomic
def mark_excused(signup: Signup, *, by, reason="") -> None:
    """Absent for a good reason: no hours, and it does not count towards a pause."""
    if mark_as_excused(signup, by=by, reason=reason):
        afterwards.tell_excused(signup, reason)


def mark_as_excused(signup, *, by, reason) -> bool:
    """The same without a letter, where another one says it; False where it was so before."""
    check_has_begun(signup)
    is_new = mark(signup, Attendance.EXCUSED, by, reason)
    if is_new:
        recount(signup.volunteer, by=by, reason=reason)
    return is_new


def recount(volunteer: Volunteer, *, by=None, reason="") -> datetime | None:
    """Until when somebody pauses, by the absences that stand; None where there is no pause."""
    [volunteer] = lock_people([volunteer])
    until = pause(volunteer)
    before = {"paused_until": volunteer.paused_until}
    if before["paused_until"] != until:
        Volunteer.objects.filter(pk=volunteer.pk).update(paused_until=until)
        volunteer.paused_until = until
        history.note(volunteer, by=by, before=before, reason=reason)
    return until if until and until > timezone.now() else None


def pause(volunteer) -> datetime | None:
    """The latest end of a pause: each absence begins one that is the third within the time, or later."""
    rule = settings.NO_SHOWS
    absent = volunteer.signups.live().filter(attendance=Attendance.ABSENT).order_by("ends_at")
    absences = list(absent.values_list("ends_at", "marked_at"))
    ends = [
        marked_at + rule["pause"]
        for last, marked_at in absences
        if sum(last - rule["within"] < each <= last for each, _marked in absences) >= rule["times"]
    ]
    return max(ends, default=None)


def check_has_begun(signup, reason=""):
    if signup.shift.starts_at > timezone.now():
        raise Refusal("too_early", _("This shift has not begun yet."))


def check_times(signup, reason=""):
    """Somebody who went again within the minute has no time to confirm."""
    hours.check_minutes(signup.shift, hours.served(signup))


def check_absence(signup, reason):
    """At the desk somebody looks at one name after the other: there is time for a sentence."""
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it and can answer."))


def mark(signup, attendance, by, reason) -> bool:
    """Who came stays so: the row says it, and a second manager at the same moment is told.

    False where it was marked so before. The person is locked first, as everywhere.
    """
    lock_people([signup.volunteer])
    live = Signup.objects.live().filter(pk=signup.pk)
    changing = live.exclude(attendance__in=[Attendance.CAME, attendance])
    before = signup.attendance
    if changing.update(attendance=attendance, marked_by=by, marked_at=timezone.now()):
        signup.refresh_from_db(fields=["attendance", "marked_by", "marked_at"])
        history.note(signup, by=by, before={"attendance": before}, reason=reason)
        return True
    signup.refresh_from_db()
    if signup.status != Signup.Status.CONFIRMED:
        raise Refusal("cancelled", _("This volunteer has cancelled meanwhile."))
    if signup.attendance != attendance:
        raise Refusal("hours_confirmed", _("The hours of this sign-up are confirmed already."))
    return False
