"""The ledger of hours (order 67): confirmed once, corrected by an opposite line and a new one, never altered.

Points follow: what a sign-up has earned is worth its hours as they stand, but never takes a balance below
zero. Nothing but a sign-up for a shift can have hours (art. 19).
"""

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from events import points
from events.models import PointsEntry
from stations.refusals import Refusal
from volunteers import afterwards
from volunteers.models import HoursEntry, Signup

MORE_THAN_PLANNED = 120  # minutes that may be recorded beyond the shift's own

SERVICE, UNDONE = HoursEntry.Kind.SERVICE, HoursEntry.Kind.UNDONE


def most(shift) -> int:
    return shift.minutes + MORE_THAN_PLANNED


def check_minutes(shift, minutes: int) -> None:
    if not 0 < minutes <= most(shift):
        raise Refusal(
            "minutes",
            _("Please give the minutes served, from 1 to %(most)d for this shift.") % {"most": most(shift)},
        )


def served(signup: Signup) -> int:
    """Minutes from check-in to check-out; where they are not both known, those of the shift (art. 7)."""
    if not signup.checked_out_at:
        return signup.shift.minutes
    there = int((signup.checked_out_at - signup.checked_in_at).total_seconds() // 60)
    return min(there, most(signup.shift))


def standing(signup: Signup) -> tuple[HoursEntry | None, int]:
    """The line that counts today, if any, and the number of the last version."""
    lines = list(signup.hours.order_by("version", "pk"))
    undone = {line.version for line in lines if line.kind == UNDONE}
    counting = [line for line in lines if line.version not in undone]
    return (counting[-1] if counting else None), max((line.version for line in lines), default=0)


@transaction.atomic
def confirm(signup: Signup, minutes: int, *, by, reason="") -> HoursEntry:
    """Write the hours, and the points they earn; what is confirmed already stays as it is."""
    check_minutes(signup.shift, minutes)
    entry, version = standing(signup)
    if entry:
        return entry
    said = {"volunteer_id": signup.volunteer_id, "minutes": minutes, "confirmed_by": by, "reason": reason}
    # Two managers at one moment: the second finds the line of the first.
    entry, is_new = signup.hours.get_or_create(version=version + 1, kind=SERVICE, defaults=said)
    if is_new:
        settle(signup, entry)
    return entry


@transaction.atomic
def correct(signup: Signup, minutes: int, *, by, reason: str) -> HoursEntry | None:
    """Put confirmed hours right (art. 13) and tell the volunteer; with 0 minutes none are left."""
    before = standing(signup)[0]
    entry = rewrite(signup, minutes, by=by, reason=reason)
    if entry != before:
        afterwards.tell_corrected(signup, before.minutes if before else 0, minutes, reason.strip())
    return entry


@transaction.atomic
def rewrite(signup: Signup, minutes: int, *, by, reason: str) -> HoursEntry | None:
    """An opposite line for what stands, and a new one; the line that counts now."""
    check_correction(signup, reason)
    if minutes:
        check_minutes(signup.shift, minutes)
    entry, version = standing(signup)
    if (entry.minutes if entry else 0) == minutes:
        return entry
    said = {"volunteer_id": signup.volunteer_id, "confirmed_by": by, "reason": reason.strip()}
    last = None
    try:
        with transaction.atomic():
            if entry:
                last = signup.hours.create(kind=UNDONE, version=version, minutes=-entry.minutes, **said)
            if minutes:
                last = signup.hours.create(kind=SERVICE, version=version + 1, minutes=minutes, **said)
    except IntegrityError as error:
        raise Refusal(
            "meanwhile", _("Somebody else has just corrected these hours. Please look at them again.")
        ) from error
    settle(signup, last)
    return last if minutes else None


def check_correction(signup, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it and can answer."))
    if signup.attendance != Signup.Attendance.CAME:
        raise Refusal("not_confirmed", _("No hours are confirmed here yet. Please say first who came."))


def settle(signup, entry):
    """Let points follow the ledger, under the name of the line that has changed it."""
    lines = signup.hours.values_list("pk", "minutes")
    keys = [f"signup:{signup.pk}", *(key_of(pk) for pk, _minutes in lines)]
    if PointsEntry.objects.filter(key__in=map(points.complaint, keys)).exists():
        return  # after an upheld complaint the service is worth nothing, whatever its hours
    earned = PointsEntry.objects.filter(key__in=keys).aggregate(sum=Sum("points", default=0))["sum"]
    day = timezone.localdate(signup.shift.starts_at)
    rule = points.rule_on(PointsEntry.Kind.EARN_SHIFT, day)
    due = points.for_minutes(sum(minutes for _pk, minutes in lines), rule) - earned
    account = points.account_of(signup.volunteer.person)
    is_first = entry.kind == SERVICE and entry.version == 1
    said = {
        "key": f"signup:{signup.pk}" if is_first else key_of(entry.pk),
        "reason": str(signup.shift),
        "actor": entry.confirmed_by,
        "station": signup.shift.station,
    }
    if due > 0:
        free_on = points.free_on(rule)
        points.earn(account, due, kind=PointsEntry.Kind.EARN_SHIFT, earned_on=day, free_on=free_on, **said)
    elif due < 0:
        points.take_back(account, -due, **said)


def key_of(pk):
    return f"hours:{pk}"
