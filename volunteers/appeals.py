"""A volunteer finds an absence or the hours recorded wrongly, and is answered (order 67, art. 12, 13)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal, first_refusal
from volunteers import afterwards, attendance, hours
from volunteers.models import Appeal, Signup, Volunteer

About, Status, Attendance = Appeal.About, Appeal.Status, Signup.Attendance
MISSED = (Attendance.ABSENT, Attendance.EXCUSED)


def check_marked(signup):
    if signup.status != Signup.Status.CONFIRMED:
        raise Refusal("cancelled", _("You had no place on this shift at the end, so nothing was recorded."))
    if signup.attendance == Attendance.UNKNOWN:
        raise Refusal(
            "not_marked",
            _("Nothing is recorded yet. The station says who came within ten working days."),
        )


def check_none_pending(signup):
    if signup.appeals.pending().exists():
        raise Refusal("pending", _("You have told us already. We write to you as soon as we have looked."))


def why_not(signup: Signup) -> Refusal | None:
    """The sentence in place of the form, or None."""
    return first_refusal([check_marked, check_none_pending], signup)


@transaction.atomic
def submit(volunteer: Volunteer, signup: Signup, *, about: str, words: str, minutes: int | None) -> Appeal:
    """About an absence: she was prevented. About hours: she was there, for so many minutes."""
    if signup.volunteer_id != volunteer.pk:
        raise Refusal("not_yours", _("Only the volunteer herself can say so."))
    refusal = why_not(signup)
    if refusal:
        raise refusal
    if about == About.ABSENCE and signup.attendance != Attendance.ABSENT:
        raise Refusal("not_absent", _("No absence is recorded here. If the hours are wrong, choose these."))
    if about == About.HOURS:
        hours.check_minutes(signup.shift, minutes or 0)
    if not words.strip():
        raise Refusal("words_needed", _("Please write in a sentence what happened."))
    said = {"about": about, "words": words.strip(), "minutes": minutes if about == About.HOURS else None}
    try:
        with transaction.atomic():
            return Appeal.objects.create(signup=signup, **said)
    except IntegrityError:
        check_none_pending(signup)
        raise


@transaction.atomic
def uphold(appeal: Appeal, *, by, reason="") -> None:
    """Put it right as the volunteer says: the absence is excused, or the hours are as long as she says."""
    decide(appeal, Status.UPHELD, by, reason)
    signup, why = appeal.signup, reason.strip() or _("Put right after an appeal")
    if appeal.about == About.ABSENCE:
        attendance.mark_as_excused(signup, by=by, reason=why)
    elif signup.attendance == Attendance.CAME:
        hours.rewrite(signup, appeal.minutes, by=by, reason=why)
    else:
        attendance.mark_came(signup, by=by, minutes=appeal.minutes, reason=why)
    afterwards.tell_upheld(appeal)


@transaction.atomic
def decline(appeal: Appeal, *, by, reason: str) -> None:
    check_reason(appeal, reason)
    decide(appeal, Status.DECLINED, by, reason)
    afterwards.tell_declined(appeal)


def check_reason(appeal, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it."))


def decide(appeal, status, by, reason):
    """The first to decide wins; the second is told."""
    values = {"status": status, "decided_by": by, "decided_at": timezone.now(), "reason": reason.strip()}
    if not Appeal.objects.pending().filter(pk=appeal.pk).update(**values):
        raise Refusal("decided", _("Somebody else has decided this appeal already."))
    appeal.refresh_from_db()
    history.note(appeal, by=by, before={"status": Status.PENDING}, reason=reason)
