"""Who came: marking attendance, which confirms hours and lets points follow, each once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import points
from events.models import PointsEntry
from stations import history
from stations.refusals import Refusal
from volunteers import letters
from volunteers.models import HoursEntry, Signup


@transaction.atomic
def mark_came(signup: Signup, *, by, minutes: int | None = None, reason="") -> HoursEntry:
    """Confirm that a volunteer came, and for how long (the whole shift unless said).

    Hours and points are written once per sign-up, however often this is called.
    """
    check_has_begun(signup)
    shift = signup.shift
    planned = int((shift.ends_at - shift.starts_at).total_seconds() // 60)
    minutes = planned if minutes is None else minutes
    if not 0 < minutes <= planned + 120:
        raise Refusal(
            "minutes", _("Please give the minutes served, more than 0 and about the shift's length.")
        )
    mark(signup, Signup.Attendance.CAME, by, reason)
    entry, is_new = HoursEntry.objects.get_or_create(
        signup=signup, defaults={"volunteer": signup.volunteer, "minutes": minutes, "confirmed_by": by}
    )
    worth = points.for_minutes(minutes)
    if is_new and worth:
        points.earn(
            points.account_of(signup.volunteer.person),
            worth,
            kind=PointsEntry.Kind.EARN_SHIFT,
            key=f"signup:{signup.pk}",
            reason=str(shift),
            actor=by,
            station=shift.station,
        )
    return entry


@transaction.atomic
def mark_absent(signup: Signup, *, by, reason="") -> None:
    """No hours; the volunteer is told, with the reason if there is one, and can say if it is wrong."""
    check_has_begun(signup)
    if mark(signup, Signup.Attendance.ABSENT, by, reason):
        letters.tell_absence(signup, reason)


def check_has_begun(signup, reason=""):
    if signup.shift.starts_at > timezone.now():
        raise Refusal("too_early", _("This shift has not begun yet."))


def check_absence(signup, reason):
    """At the desk somebody looks at one name after the other: there is time for a sentence."""
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it and can answer."))


def mark(signup, attendance, by, reason) -> bool:
    """Who came stays so: the row says it, and a second manager at the same moment is told.

    False where it was marked so before.
    """
    live = Signup.objects.live().filter(pk=signup.pk)
    changing = live.exclude(attendance__in=[Signup.Attendance.CAME, attendance])
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
