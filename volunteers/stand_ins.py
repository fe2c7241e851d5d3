"""Standing in: the first stays responsible until the second has the place; they swap in one transaction."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import messages
from stations import history
from stations.prepared import insert
from stations.refusals import Refusal
from volunteers import letters, signups
from volunteers.checks import why_not
from volunteers.locks import lock_people, lock_shift
from volunteers.models import Shift, Signup, Volunteer

Status = Signup.Status


def ask(volunteer: Volunteer, shift: Shift) -> Signup:
    """Look for a stand-in. The place stays hers until there is one."""
    return look(volunteer, shift, timezone.now())


def stop_asking(volunteer: Volunteer, shift: Shift) -> Signup:
    return look(volunteer, shift, None)


@transaction.atomic
def look(volunteer, shift, since) -> Signup:
    signup = volunteer.signups.live().filter(shift=shift).select_related("shift__station").first()
    if signup is None:
        raise Refusal("not_signed_up", signups.no_place_here())
    if signup.shift.has_begun:
        raise Refusal("too_late", _("This shift has begun already. Please call the station."))
    before = {"stand_in_wanted_at": signup.stand_in_wanted_at}
    Signup.objects.live().filter(pk=signup.pk).update(stand_in_wanted_at=since)
    signup.refresh_from_db(fields=["stand_in_wanted_at"])
    history.note(signup, by=volunteer.person, before=before)
    return signup


def wanted(shift: Shift):
    """Who on this shift looks for a stand-in, longest first."""
    looking = shift.signups.live().exclude(stand_in_wanted_at=None)
    return looking.select_related("volunteer__person").order_by("stand_in_wanted_at", "pk")


@transaction.atomic
def stand_in(volunteer: Volunteer, shift: Shift) -> Signup:
    """Take over from whoever has looked longest. No place becomes free, so nobody in the queue is passed."""
    looking = wanted(shift).first()
    if looking is None:
        raise nobody_looks()
    people = {person.pk: person for person in lock_people([volunteer, looking.volunteer])}
    volunteer, shift = people[volunteer.pk], lock_shift(shift)
    refusal = why_not(volunteer, shift)
    if refusal:
        raise refusal
    still = Signup.objects.live().filter(pk=looking.pk, stand_in_wanted_at__isnull=False)
    if not still.update(status=Status.REPLACED, cancelled_at=timezone.now(), stand_in_wanted_at=None):
        raise nobody_looks()
    before = {"status": Status.CONFIRMED}
    looking.refresh_from_db(fields=["status", "cancelled_at", "stand_in_wanted_at"])
    history.note(looking, by=volunteer.person, before=before)
    messages.cancel(letters.reminder_key(looking))
    signup = insert(signups.unsaved(volunteer, shift, Status.CONFIRMED, stands_in_for=looking))
    letters.confirm(signup)
    letters.tell_replaced(looking)
    return signup


def nobody_looks() -> Refusal:
    return Refusal("no_stand_in_wanted", _("Nobody looks for a stand-in here any more."))
