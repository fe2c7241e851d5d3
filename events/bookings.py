"""Times of one's own at a booth: the booth opens as people are found who serve, and anybody books one.

Locks are taken in one order: the account, the booth, then bookings. A chair is given by one conditional
INSERT; the database refuses a second booking of it.
"""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import booking_letters, points
from events.models import Booking, Booth, PointsAccount
from stations import history
from stations.kiosks import CODE_ALPHABET
from stations.prepared import adapted
from stations.refusals import Refusal, first_refusal

CODE_LENGTH = 4
TRIES = 50  # for a chair: each failure means that somebody else got one

# The booth, as those who plan the service see it


def open_booth(source: str, *, chairs, **booth) -> None:
    """Open the booth of this source, or bring it in line; again and again it is the same one.

    `chairs` is a number or an expression of the database. Where there may be fewer of them than before,
    call `resize` instead, and where time or place change, `close` first: nobody is dropped in silence.
    """
    row = Booth(source=source, chairs=chairs, **booth)
    fields = [field.removesuffix("_id") for field in [*booth, "chairs"]]
    Booth.objects.bulk_create([row], update_conflicts=True, unique_fields=["source"], update_fields=fields)


@transaction.atomic
def resize(source: str, *, chairs) -> list[Booking]:
    """Set how many chairs there are, if the booth was ever opened.

    Of those who have booked one that is gone, the latest lose their time and are told; the others move up.
    """
    if not Booth.objects.filter(source=source).update(chairs=chairs):
        return []
    coming = Booking.objects.live().filter(booth__source=source, starts_at__gt=timezone.now())
    rows = coming.select_related("booth__station", "account__person", "account__worker_pass").order_by("pk")
    by_slot = {}
    for booking in rows:
        by_slot.setdefault(booking.starts_at, []).append(booking)
    return [gone for bookings in by_slot.values() for gone in fit(bookings)]


def close(source: str) -> list[Booking]:
    """Nobody serves there, or at another time: whoever has booked is told, the latest first."""
    return resize(source, chairs=0)


def fit(bookings) -> list[Booking]:
    """Those of one slot, first come first: who has to go, the latest first."""
    booth = bookings[0].booth
    kept = [] if bookings[0].ends_at > booth.ends_at else bookings[: booth.chairs]
    gone = bookings[len(kept) :][::-1]
    for booking in gone:
        release(booking)
    free = iter(sorted(set(range(booth.chairs)) - {booking.chair for booking in kept}))
    for booking in kept:
        if booking.chair >= booth.chairs:
            Booking.objects.filter(pk=booking.pk).update(chair=next(free))
    return gone


def release(booking, *, by=None) -> bool:
    """The station cannot keep this time, and says so; False where it had ended before."""
    if not end(booking, by=by, is_released=True):
        return False
    booking_letters.tell_released(booking)
    return True


# Booking


def slot_at(booth: Booth, stamp) -> datetime:
    """The slot that begins so many seconds after 1970, as the pages write it, or a refusal."""
    found = next((slot for slot in booth.slots if str(int(slot.timestamp())) == str(stamp)), None)
    if found is None:
        raise no_such_slot()
    return found


def check_open(account, booth, starts_at):
    if not booth.chairs:
        raise Refusal("closed", _("Nobody can be booked here at the moment. Please look for another day."))


def check_slot(account, booth, starts_at):
    if starts_at not in booth.slots:
        raise no_such_slot()
    if starts_at <= timezone.now():
        raise Refusal("over", _("This time has begun already. Please choose a later one."))


def no_such_slot() -> Refusal:
    return Refusal("no_such_slot", _("This time does not exist any more. Please choose another."))


def check_one_per_booth(account, booth, starts_at):
    mine = account.bookings.live().filter(booth=booth).first()
    if mine:
        raise Refusal(
            "one_per_booth",
            _("You have booked %(time)s here. To change it, please give that time back first.")
            % {"time": f"{timezone.localtime(mine.starts_at):%H:%M}"},
        )


def check_not_two_at_once(account, booth, starts_at):
    ends_at = starts_at + timedelta(minutes=booth.slot_minutes)
    others = account.bookings.live().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if other := others.select_related("booth").first():
        raise Refusal(
            "two_at_once",
            _("You have booked %(what)s at %(time)s. Please choose a time that does not overlap.")
            % {
                "what": other.booth.get_kind_display(),
                "time": f"{timezone.localtime(other.starts_at):%H:%M}",
            },
        )


def check_free(account, booth, starts_at):
    if starts_at not in booth.free_slots:
        raise Refusal("full", _("Somebody has just booked this time. Please choose another."))


CHECKS = [check_open, check_slot, check_one_per_booth, check_not_two_at_once, check_free]


def why_not(account, booth, starts_at) -> Refusal | None:
    """The sentence for a time that cannot be booked, or None."""
    return first_refusal(CHECKS, account, booth, starts_at)


@transaction.atomic
def book(account: PointsAccount, booth: Booth, starts_at: datetime) -> Booking:
    """A chair at that time, or a refusal and nothing changed."""
    account = points.lock(account)
    for _n in range(TRIES):
        booth = Booth.objects.select_related("station").with_bookings().get(pk=booth.pk)
        refusal = why_not(account, booth, starts_at)
        if refusal:
            raise refusal
        booking = take_chair(account, booth, starts_at)
        if booking:
            booking_letters.confirm(booking)
            return booking
    raise Refusal("busy", _("Many people are booking just now. Please try again."))


TAKE_CHAIR = """
    INSERT INTO events_booking
        (booth_id, account_id, starts_at, ends_at, chair, code, booked_at, is_released)
    SELECT id, %s, %s, %s, %s, %s, %s, %s FROM events_booth
    WHERE id = %s AND chairs > %s AND starts_at = %s AND ends_at >= %s {in_turn}
    ON CONFLICT DO NOTHING RETURNING id
"""


def take_chair(account, booth, starts_at) -> Booking | None:
    """The first free chair in one statement; None where somebody was there first or chairs went away."""
    taken = {booking.chair for booking in booth.bookings.all() if booking.starts_at == starts_at}
    booking = Booking(
        booth=booth,
        account=account,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=booth.slot_minutes),
        chair=min(set(range(booth.chairs)) - taken),
        code="".join(secrets.choice(CODE_ALPHABET) for _n in range(CODE_LENGTH)),
    )
    wanted = [account.pk, starts_at, booking.ends_at, booking.chair, booking.code, booking.booked_at, False]
    wanted += [booth.pk, booking.chair, booth.starts_at, booking.ends_at]
    # Whoever takes chairs away waits until this is written, and then sees it.
    in_turn = "FOR SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_CHAIR.format(in_turn=in_turn), adapted(wanted))
        found = cursor.fetchone()
    if not found:
        return None
    [booking.pk] = found
    booking._state.adding = False
    return booking


def check_cancel(booking: Booking) -> None:
    if booking.starts_at <= timezone.now():
        raise Refusal("too_late", _("This time has begun already. Please speak with the staff."))


@transaction.atomic
def cancel(booking: Booking, *, by=None) -> bool:
    """Give a time back; somebody else can book it at once. False where it had ended before."""
    check_cancel(booking)
    return end(booking, by=by)


@transaction.atomic
def take_back(booking: Booking, *, by) -> bool:
    """The counter cannot keep somebody's time, who is told; False where it had ended before."""
    check_cancel(booking)
    return release(booking, by=by)


def end(booking, *, by, is_released=False) -> bool:
    now = timezone.now()
    live = Booking.objects.live().filter(pk=booking.pk)
    if not live.update(cancelled_at=now, is_released=is_released):
        return False
    booking.cancelled_at, booking.is_released = now, is_released
    history.note(booking, by=by, before={"cancelled_at": None})
    return True
