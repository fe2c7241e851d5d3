"""Worker passes: issuing and replacing cards, knowing the holder by number and PIN or a phone's code."""

import re
import secrets
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from events import card_letters, card_numbers
from events.models import CardNumber, PointsAccount, WorkerPass
from stations import history
from stations.prepared import Prepared
from stations.refusals import Refusal

WRONG_PINS = 5
LOCKED_FOR = timedelta(minutes=15)
DRAWS = 20  # of the numbers there are, workers have less than one in a hundred
CODE_LIFE = timedelta(seconds=30)
CODE = re.compile(r"([0-9]{13})([0-9]{10})([0-9]{20})")  # milliseconds, card, MAC
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of(person) -> WorkerPass | None:
    """The card that shares the points of an account, unless it was stopped."""
    return WorkerPass.objects.filter(account__person=person, is_active=True).first()


# At the counter


@transaction.atomic
def issue(nickname: str, pin: str, *, station, person=None, number: str = "", **details) -> WorkerPass:
    """Give a worker a card with a balance of its own, or of `person`, who has an account here and is told.

    `details` are the other fields that the worker fills in.
    """
    check_no_card(person)
    if person is None:
        account = PointsAccount.objects.create()
    else:
        account, _new = PointsAccount.objects.get_or_create(person=person)
    number = claim_number(number)
    try:
        with transaction.atomic():
            worker_pass = WorkerPass.objects.create(
                account=account,
                station=station,
                number=number,
                nickname=nickname,
                pin=make_password(pin),
                **details,
            )
    except IntegrityError as error:  # another counter was a moment faster
        raise has_card() from error
    card_letters.tell(worker_pass, card_letters.ISSUED)
    return worker_pass


def check_no_card(person):
    if person and WorkerPass.objects.filter(account__person=person).exists():
        raise has_card()


def has_card() -> Refusal:
    return Refusal(
        "has_card",
        _("This person has a points card already. If it is lost, please open it and replace it."),
    )


def claim_number(number: str = "") -> str:
    """A number that was never on a card, or that one. Inserting is what claims it: two get two.

    Call it inside a transaction.
    """
    for drawn in [number] if number else (card_numbers.draw() for _draw in range(DRAWS)):
        _row, is_new = CardNumber.objects.get_or_create(number=drawn)
        if is_new:
            return drawn
    raise Refusal("no_number", _("No free card number was found. Please try once more."))


@transaction.atomic
def replace(worker_pass: WorkerPass, *, by, reason: str, pin: str | None = None) -> WorkerPass:
    """Give a lost card a new number, and a new PIN if there is one; the old number is dead from now on."""
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say what happened to the old card."))
    old = worker_pass.number
    values = {"number": claim_number(), "wrong_pins": 0, "last_try_at": None}
    if pin:
        values["pin"] = make_password(pin)
    # Pressed twice, or at two counters, it must not kill the new card too.
    if not WorkerPass.objects.filter(pk=worker_pass.pk, number=old, is_active=True).update(**values):
        raise Refusal(
            "replaced_before",
            _("This card has been replaced or stopped meanwhile. Please look at it once more."),
        )
    worker_pass.refresh_from_db()
    history.note(worker_pass, by=by, before={"number": old}, reason=reason.strip())
    card_letters.tell(worker_pass, card_letters.REPLACED)
    return worker_pass


@transaction.atomic
def set_pin(worker_pass: WorkerPass, pin: str, *, by=None) -> None:
    WorkerPass.objects.filter(pk=worker_pass.pk).update(
        pin=make_password(pin), wrong_pins=0, last_try_at=None
    )
    history.note(worker_pass, by=by, before={}, reason=_("A new PIN was set."))


# By number and PIN


cards = Prepared(lambda number: WorkerPass.objects.select_related("account").filter(number=number))


def find(number: str) -> WorkerPass:
    """The active card of that number, or a refusal."""
    number = card_numbers.plain(number)
    if not card_numbers.is_number(number):
        raise unknown_card()
    if card_numbers.is_mistyped(number):
        raise Refusal("mistyped", _("This number has a typing mistake. Please look at the card again."))
    worker_pass = next(iter(cards(number)), None)
    if worker_pass is None and CardNumber.objects.filter(number=number).exists():
        raise Refusal(
            "replaced_card", _("This card was replaced. Please use the new card, or ask the staff.")
        )
    if worker_pass is None or not worker_pass.is_active:
        raise unknown_card()
    return worker_pass


def unknown_card() -> Refusal:
    return Refusal("unknown_card", _("We cannot read this card. Please ask the staff."))


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


# By the code on the worker's own phone


def new_code(worker_pass: WorkerPass) -> str:
    """43 digits for one use within 30 seconds: digits are what a scanner types under any input method."""
    head = f"{(timezone.now() - EPOCH) // timedelta(milliseconds=1):013d}{worker_pass.pk:010d}"
    return head + mac(head, worker_pass)


def mac(head: str, worker_pass: WorkerPass) -> str:
    """64 bits of an HMAC. The number is in it, so that the codes of a replaced card die with the card."""
    digest = salted_hmac("events.passes.code", f"{head}:{worker_pass.number}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]):020d}"


def identify_by_code(code: str) -> WorkerPass:
    """The holder of the phone that shows the code, which works once and asks for no PIN.

    It works while wrong PINs have locked the card: who guesses at a PIN has not got the phone that its owner
    signed in with. It does not end the lock either: it says nothing about who is guessing.
    """
    worker_pass, drawn_at = read(code)
    later = Q(last_code_at=None) | Q(last_code_at__lt=drawn_at)
    card = WorkerPass.objects.filter(pk=worker_pass.pk, number=worker_pass.number, is_active=True)
    # Once only, without a table of used codes: each use ends that code and all that were drawn before it.
    if not card.filter(later).update(last_code_at=drawn_at):
        raise Refusal("used", _("This code has been used. Please show the next one."))
    return worker_pass


def read(code: str) -> tuple[WorkerPass, datetime]:
    """The card that a code is of, and when it was drawn; refused unless it is ours and good now."""
    parts = CODE.fullmatch(code)
    worker_pass = parts and WorkerPass.objects.select_related("account").filter(pk=int(parts[2])).first()
    if not worker_pass or not secrets.compare_digest(mac(parts[1] + parts[2], worker_pass), parts[3]):
        raise bad_code()
    drawn_at = EPOCH + timedelta(milliseconds=int(parts[1]))
    age = timezone.now() - drawn_at
    if age < timedelta():  # a clock was wrong
        raise bad_code()
    if age > CODE_LIFE:
        raise Refusal("expired", _("This code has run out. Please show the next one."))
    if not worker_pass.is_active:
        raise unknown_card()
    return worker_pass, drawn_at


def bad_code() -> Refusal:
    return Refusal("bad_code", _("This is not one of our codes. Please show the code again."))
