"""Signing up for a shift: every door asks the same checks and calls the same verbs."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from events import messages
from stations import history
from stations.refusals import Refusal, first_refusal
from volunteers import letters
from volunteers.models import Credential, Shift, Signup, Volunteer


def check_published(volunteer, shift):
    if shift.status != Shift.Status.PUBLISHED:
        raise Refusal("not_open", _("This shift is not open for sign-up. Please choose another one."))


def check_in_time(volunteer, shift):
    if shift.starts_at <= timezone.now():
        raise Refusal("too_late", _("This shift has begun already. Please choose a later one."))


def check_not_twice(volunteer, shift):
    if volunteer.signups.live().filter(shift=shift).exists():
        raise Refusal("already_signed_up", _("You have a place on this shift already."))


def check_credential(volunteer, shift):
    kind = shift.required_credential
    if not kind:
        return
    approved = volunteer.credentials.filter(kind=kind, status=Credential.Status.APPROVED)
    last_day = timezone.localdate(shift.ends_at)
    if any(c.valid_to is None or c.valid_to >= last_day for c in approved):
        return
    if volunteer.credentials.filter(kind=kind, status=Credential.Status.PENDING).exists():
        raise Refusal(
            "credential_required",
            _("Your document is still under review. We will tell you as soon as it is approved."),
        )
    raise Refusal(
        "credential_required",
        _("This shift needs an approved document: %(kind)s. Please upload yours on “What I can do”.")
        % {"kind": shift.required_credential_label},
    )


def check_no_overlap(volunteer, shift):
    clash = (
        volunteer.signups.overlapping(shift.starts_at, shift.ends_at)
        .exclude(shift=shift)
        .select_related("shift__station")
        .first()
    )
    if clash:
        raise Refusal(
            "overlap",
            _("You are at %(station)s at that time. Cancel that shift first, or choose another.")
            % {"station": clash.shift.station},
        )


def check_room(volunteer, shift):
    if shift.places_left <= 0:
        raise full()


CHECKS = [check_published, check_in_time, check_not_twice, check_credential, check_no_overlap, check_room]


def why_not(volunteer, shift) -> Refusal | None:
    """The sentence that explains a disabled button, or None."""
    return first_refusal(CHECKS, volunteer, shift)


@transaction.atomic
def sign_up(volunteer: Volunteer, shift: Shift) -> Signup:
    """Take a place, or refuse and change nothing.

    The volunteer's row is locked first (two sign-ups of one person queue, so that they
    cannot overlap or double); the place is then taken by a conditional UPDATE.
    """
    volunteer = Volunteer.objects.select_for_update().select_related("person").get(pk=volunteer.pk)
    shift = Shift.objects.with_place().get(pk=shift.pk)
    refusal = why_not(volunteer, shift)
    if refusal:
        raise refusal
    took = Shift.objects.published().filter(pk=shift.pk, taken__lt=F("places")).update(taken=F("taken") + 1)
    if not took:
        raise full()
    signup = Signup.objects.create(shift=shift, volunteer=volunteer)
    letters.confirm(signup)
    return signup


@transaction.atomic
def cancel(volunteer: Volunteer, shift: Shift) -> bool:
    """Give the place back before the shift begins; False when there was none."""
    if shift.starts_at <= timezone.now():
        raise Refusal("too_late", _("This shift has begun already. Please call the station."))
    signup = volunteer.signups.live().filter(shift=shift).first()
    if signup is None:
        return False
    freed = Signup.objects.live().filter(pk=signup.pk)
    if not freed.update(status=Signup.Status.CANCELLED, cancelled_at=timezone.now()):
        return False
    signup.refresh_from_db()
    history.note(signup, by=volunteer.person, before={"status": Signup.Status.CONFIRMED})
    Shift.objects.filter(pk=shift.pk).update(taken=F("taken") - 1)
    messages.cancel(letters.reminder_key(signup))
    return True


def full() -> Refusal:
    return Refusal("full", _("All places are taken. Please choose another shift."))


def no_place_here():
    return _("You have no place on this shift.")
