"""The waiting list: what becomes free goes to whoever is next, as an offer that runs out or at once.

In order of arrival. A group that needs more places than are free keeps its number and is passed over,
so that nobody is refused while a chair stays empty; so does who is elsewhere at that time.
"""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers import booths, letters
from volunteers.checks import STILL_GOOD, TAKEN_UP, why_not
from volunteers.locks import lock_people, lock_shift
from volunteers.models import Shift, Signup, Volunteer

Status = Signup.Status


def freed(shift: Shift) -> None:
    """Places of the shift may have become free: fill them as soon as the transaction has ended.

    If that fails or the process dies first, the next round of `fill_all` does it.
    """
    transaction.on_commit(partial(fill, shift.pk), robust=True)


def fill_all() -> int:
    """For beat: offers that have run out go on to the next, and no place stays free while somebody waits."""
    expired = expire_offers()
    for pk in Shift.objects.upcoming().filter(waiting__gt=0).values_list("pk", flat=True):
        fill(pk)
    return expired


def fill(shift_pk: int) -> int:
    """Give free places to those who wait, in order; how many got one."""
    given, passed = 0, set()
    while party := next_party(shift_pk, passed):
        first = party[0].pk
        given += promote(party)
        passed.add(first)
    return given


def next_party(shift_pk, passed) -> list[Signup]:
    """Who is next and would fit, with their group; looked at again under the locks."""
    shift = Shift.objects.filter(pk=shift_pk, waiting__gt=0).first()
    if shift is None or not shift.places_left:
        return []
    waiting = Signup.objects.waiting().filter(shift=shift).select_related("volunteer")
    parties = {}
    for signup in waiting:
        parties.setdefault(signup.party or signup.pk, []).append(signup)
    fitting = (party for party in parties.values() if len(party) <= shift.places_left)
    return next((party for party in fitting if party[0].pk not in passed), [])


@transaction.atomic
def promote(party: list[Signup]) -> int:
    """The whole group, or none of it; 0 where things have changed meanwhile."""
    people = lock_people([signup.volunteer for signup in party])
    shift = lock_shift(party[0].shift)
    still = list(Signup.objects.waiting().filter(pk__in=[signup.pk for signup in party]))
    if len(still) < len(party) or len(party) > shift.places_left:
        return 0
    if any(why_not(volunteer, shift, STILL_GOOD) for volunteer in people):
        return 0
    by_pk = {volunteer.pk: volunteer for volunteer in people}
    for signup in still:
        signup.shift, signup.volunteer = shift, by_pk[signup.volunteer_id]
        give(signup)
    return len(still)


def give(signup):
    if signup.shift.confirms_at_once:
        change(signup, Status.CONFIRMED)
        letters.confirm(signup)
    else:
        change(signup, Status.OFFERED, offer_ends_at=offer_end(signup.shift))
        letters.offer(signup)


def offer_end(shift):
    """Half of the time that is left, so that the next in the queue has a chance too; at most so long."""
    now = timezone.now()
    return now + min(settings.OFFER_LIFE, (shift.starts_at - now) / 2)


def change(signup, status, *, by=None, **fields) -> bool:
    """From one state to the next, if it is still in the first one."""
    before = {"status": signup.status}
    row = Signup.objects.filter(pk=signup.pk, status=signup.status)
    if not row.update(status=status, **fields):
        return False
    signup.refresh_from_db(fields=["status", *fields])
    history.note(signup, by=by, before=before)
    if status == Status.CONFIRMED:
        booths.follow(signup.shift)
    return True


@transaction.atomic
def accept(volunteer: Volunteer, shift: Shift) -> list[Signup]:
    """Say yes to an offer, for the whole group where there is one."""
    offers = locked_offers(volunteer, shift)
    for signup in offers:
        refusal = why_not(signup.volunteer, signup.shift, TAKEN_UP)
        if refusal:
            raise refusal
        change(signup, Status.CONFIRMED, by=volunteer.person)
        letters.confirm(signup)
    return offers


@transaction.atomic
def decline(volunteer: Volunteer, shift: Shift) -> list[Signup]:
    """Say no to an offer; the next in the queue gets it."""
    offers = locked_offers(volunteer, shift)
    for signup in offers:
        change(signup, Status.DECLINED, by=volunteer.person, cancelled_at=timezone.now())
    freed(shift)
    return offers


def locked_offers(volunteer, shift) -> list[Signup]:
    """The offer that the volunteer answers, with those of her group where she leads it."""
    mine = volunteer.signups.filter(shift=shift, status=Status.OFFERED).first()
    led = Signup.objects.filter(shift=shift, status=Status.OFFERED, signed_up_by=volunteer).first()
    one = mine or led
    if one is None:
        raise gone()
    together = Signup.objects.filter(shift=shift, party=one.party) if one.party and led else one_row(one)
    lock_people([signup.volunteer for signup in together.select_related("volunteer")])
    lock_shift(shift)
    still = together.filter(status=Status.OFFERED, offer_ends_at__gt=timezone.now())
    offers = list(still.select_related("shift__station", "volunteer__person").order_by("pk"))
    if not offers:
        raise gone()
    return offers


def one_row(signup):
    return Signup.objects.filter(pk=signup.pk)


def gone() -> Refusal:
    return Refusal("no_offer", _("This offer has run out. You can go on the waiting list again."))


def expire_offers() -> int:
    """Offers whose time is over, each once; how many there were."""
    over = Signup.objects.filter(status=Status.OFFERED, offer_ends_at__lte=timezone.now())
    return sum(expire(signup) for signup in over.select_related("shift__station", "volunteer__person"))


@transaction.atomic
def expire(signup: Signup) -> bool:
    lock_people([signup.volunteer])
    if not change(signup, Status.EXPIRED, cancelled_at=timezone.now()):
        return False
    letters.tell_expired(signup)
    freed(signup.shift)
    return True
