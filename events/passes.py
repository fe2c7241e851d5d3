"""Worker passes: issuing a card, and knowing its holder by number and PIN."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import PointsAccount, WorkerPass
from stations import history
from stations.refusals import Refusal

WRONG_PINS = 5
LOCKED_FOR = timedelta(minutes=15)


@transaction.atomic
def issue(nickname: str, pin: str, *, station, person=None, number: str = "") -> WorkerPass:
    """Give a worker a card with a balance of its own, or of `person` where they have one already."""
    if person is None:
        account = PointsAccount.objects.create()
    else:
        account, _new = PointsAccount.objects.get_or_create(person=person)
    return WorkerPass.objects.create(
        account=account,
        station=station,
        number=number or free_number(station),
        nickname=nickname,
        pin=make_password(pin),
    )


def free_number(station) -> str:
    """Eight digits that begin with the prefecture, so that a mistyped card is rarely another's."""
    while True:
        number = f"{station.division_id[:4]}{secrets.randbelow(10_000):04d}"
        if not WorkerPass.objects.filter(number=number).exists():
            return number


@transaction.atomic
def set_pin(worker_pass: WorkerPass, pin: str, *, by=None) -> None:
    WorkerPass.objects.filter(pk=worker_pass.pk).update(
        pin=make_password(pin), wrong_pins=0, last_try_at=None
    )
    history.note(worker_pass, by=by, before={}, reason=_("A new PIN was set."))


def find(number: str) -> WorkerPass:
    """The active card of that number, or a refusal."""
    worker_pass = (
        WorkerPass.objects.select_related("account").filter(number=number.strip(), is_active=True).first()
    )
    if worker_pass is None:
        raise Refusal("unknown_card", _("We cannot read this card. Please ask the staff."))
    return worker_pass


def identify(number: str, pin: str) -> WorkerPass:
    """The holder of card and PIN. Five wrong PINs in a row lock the card for 15 minutes."""
    worker_pass = find(number)
    claim_try(worker_pass)
    if not check_password(pin, worker_pass.pin):
        worker_pass.refresh_from_db(fields=["wrong_pins"])
        left = WRONG_PINS - worker_pass.wrong_pins
        if left <= 0:
            raise locked(worker_pass)
        raise Refusal("wrong_pin", _("The PIN is not right. %(n)d tries left.") % {"n": left})
    WorkerPass.objects.filter(pk=worker_pass.pk).update(wrong_pins=0)
    return worker_pass


def claim_try(worker_pass: WorkerPass) -> None:
    """Count the try before the PIN is looked at, so that many at once are not more than five."""
    now = timezone.now()
    free_again = Q(wrong_pins__gte=WRONG_PINS, last_try_at__lte=now - LOCKED_FOR)
    mine = WorkerPass.objects.filter(pk=worker_pass.pk)
    if mine.filter(wrong_pins__lt=WRONG_PINS).update(wrong_pins=F("wrong_pins") + 1, last_try_at=now):
        return
    if mine.filter(free_again).update(wrong_pins=1, last_try_at=now):
        return
    raise locked(worker_pass)


def locked(worker_pass: WorkerPass) -> Refusal:
    worker_pass.refresh_from_db(fields=["last_try_at"])
    opens = timezone.localtime(worker_pass.last_try_at + LOCKED_FOR)
    return Refusal(
        "card_locked",
        _("Five wrong PINs. For your safety this card is locked until %(time)s. The staff can help you.")
        % {"time": f"{opens:%H:%M}"},
    )
