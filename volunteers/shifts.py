"""Planning shifts: publishing, moving, resizing, cancelling. Nobody who signed up is dropped in silence."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import messages
from stations import history
from stations.refusals import Refusal
from volunteers import booths, letters, waiting_list
from volunteers.locks import lock_people, lock_shift
from volunteers.models import Shift, Signup

PLANNED = ["station", "starts_at", "ends_at"]  # what people have arranged themselves for


@transaction.atomic
def change(shift: Shift, fields: dict, *, by, reason: str = "") -> Shift:
    """Write these fields of a shift, or refuse with the names of those who could not come.

    Who signed up keeps the place. When time or station change, everybody is told and calendars follow.
    """
    people = lock_people([s.volunteer for s in shift.signups.holding().select_related("volunteer")])
    shift = lock_shift(shift)
    before = {name: getattr(shift, name) for name in fields if getattr(shift, name) != fields[name]}
    if not before:
        return shift
    for name in before:
        setattr(shift, name, fields[name])
    has_moved = not set(PLANNED).isdisjoint(before)
    check_change(shift, before)
    if has_moved:
        check_people_can(shift, people)
        shift.sequence += 1
    write(shift, [*before, "sequence"])
    history.note(shift, by=by, before=before, reason=reason)
    if has_moved:
        move_signups(shift, before)
    booths.move(shift, before)
    if "places" in before:
        waiting_list.freed(shift)
    return shift


def write(shift, names):
    try:
        with transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(**{name: getattr(shift, name) for name in names})
    except IntegrityError as problem:
        if "signup_never_overlaps" in str(problem):
            raise Refusal("overlap", _("Somebody on this shift is elsewhere at that time.")) from problem
        raise


def check_change(shift, before):
    if shift.ends_at <= shift.starts_at:
        raise Refusal("times", _("The end lies before the start."))
    if shift.places < shift.taken:
        raise Refusal(
            "places",
            _("%(taken)d places are taken or offered. Please take somebody off first, or plan as many.")
            % {"taken": shift.taken},
        )
    if "status" in before and shift.status == Shift.Status.DRAFT and (shift.taken or shift.waiting):
        raise Refusal(
            "has_signups", _("People have signed up: cancel the shift instead, so that they are told.")
        )
    if "kind" in before and shift.signups.active().exists():
        raise Refusal("has_signups", _("People have signed up for this service. Please plan another shift."))


def check_people_can(shift, people):
    for volunteer in people:
        if volunteer.signups.overlapping(shift.starts_at, shift.ends_at).exclude(shift=shift).exists():
            raise Refusal(
                "overlap",
                _("%(who)s has another shift at that time. Please choose another time, or ask them first.")
                % {"who": volunteer},
            )


def move_signups(shift, before):
    """Their times follow (PostgreSQL has done so already), old reminders are silenced, and all are told."""
    active = shift.signups.active().select_related("volunteer__person")
    old = before.get("starts_at", shift.starts_at)
    for signup in active:
        messages.cancel(letters.reminder_key(signup, starts_at=old))
    shift.signups.update(starts_at=shift.starts_at, ends_at=shift.ends_at)
    for signup in active.all():
        signup.shift = shift
        letters.tell_moved(signup)


@transaction.atomic
def cancel(shift: Shift, *, by, reason: str) -> bool:
    """The shift does not take place: everybody is told why; False when it was cancelled before."""
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: everybody who signed up reads it."))
    if shift.ends_at <= timezone.now():
        raise Refusal("over", _("This shift is over already."))
    lock_people([s.volunteer for s in shift.signups.active().select_related("volunteer")])
    shift = lock_shift(shift)
    if shift.status == Shift.Status.CANCELLED:
        return False
    before, shift.status = {"status": shift.status}, Shift.Status.CANCELLED
    Shift.objects.filter(pk=shift.pk).update(status=shift.status, sequence=shift.sequence + 1)
    history.note(shift, by=by, before=before, reason=reason.strip())
    for signup in shift.signups.active().select_related("volunteer__person"):
        call_off(signup, shift, by=by, reason=reason.strip())
    booths.shrink(shift)
    return True


def call_off(signup, shift, *, by, reason):
    signup.shift = shift
    before = {"status": signup.status}
    Signup.objects.filter(pk=signup.pk).update(status=Signup.Status.CALLED_OFF, cancelled_at=timezone.now())
    signup.refresh_from_db(fields=["status", "cancelled_at"])
    history.note(signup, by=by, before=before, reason=reason)
    messages.cancel(letters.reminder_key(signup))
    letters.tell_called_off(signup, reason)
