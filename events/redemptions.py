"""Redeeming points for a reward: one transaction, one key, nothing half-done."""

import secrets

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import points, redemption_days
from events.models import PointsEntry, Redemption, Stock
from stations import history
from stations.refusals import Refusal, first_refusal

TRIES = 5


def check_day(account, station, reward):
    today = timezone.localdate()
    if redemption_days.is_one(station, today):
        return
    coming = redemption_days.next_one(station, today)
    if coming is None:
        raise Refusal(
            "not_a_redemption_day", _("This station has no redemption day soon. Please ask the staff.")
        )
    raise Refusal(
        "not_a_redemption_day",
        _("Today is not redemption day. Next one: %(date)s.") % {"date": date_format(coming, _("l, j F"))},
    )


def check_once_a_day(account, station, reward):
    today = account.redemptions.filter(date=timezone.localdate())
    if today.exclude(status=Redemption.Status.REVERSED).exists():
        raise Refusal("limit_reached", _("You have already redeemed today."))


def check_offered(account, station, reward):
    if not reward.is_active:
        raise Refusal("not_offered", _("This is no longer on offer. Please choose something else."))


def check_stock(account, station, reward):
    if not Stock.objects.filter(station=station, reward=reward, left__gt=0).exists():
        raise out_of_stock()


def check_balance(account, station, reward):
    if account.balance < reward.points:
        raise points.not_enough(account, reward.points)


CHECKS = [check_day, check_once_a_day, check_offered, check_stock, check_balance]


def why_not(account, reward, *, station) -> Refusal | None:
    """The sentence for a button that cannot be pressed, or None."""
    return first_refusal(CHECKS, account, station, reward)


def redeem(account, reward, *, kiosk, key: str) -> Redemption:
    """Take the points, the stock and a pick-up code together, or refuse and change nothing.

    `key` is made by the device before it asks: asked again with the same key and
    reward, the first answer is given again; with another reward it is refused.
    """
    for _n in range(TRIES):
        earlier = Redemption.objects.select_related("reward").filter(key=key).first()
        if earlier:
            if (earlier.account_id, earlier.reward_id, earlier.kiosk_id) != (account.pk, reward.pk, kiosk.pk):
                raise Refusal("key_reused", _("This order was sent before. Please start again."))
            return earlier
        try:
            with transaction.atomic():
                return redeem_once(account, reward, kiosk=kiosk, key=key)
        except IntegrityError:
            continue  # somebody was there first (same key, same day, same code): look again
        except Refusal:
            # The same order may have gone through in between, and is what stands in the way.
            if not Redemption.objects.filter(key=key).exists():
                raise
    raise Refusal("busy", _("The counter is very busy. Please try again."))


def redeem_once(account, reward, *, kiosk, key) -> Redemption:
    refusal = why_not(account, reward, station=kiosk.station)
    if refusal:
        raise refusal
    redemption = Redemption.objects.create(
        account=account,
        station=kiosk.station,
        kiosk=kiosk,
        reward=reward,
        points=reward.points,
        date=timezone.localdate(),
        pickup_code=f"{secrets.randbelow(1_000_000):06d}",
        key=key,
    )
    points.spend(
        account,
        reward.points,
        key=f"redeem:{redemption.pk}",
        reason=reward.name_zh,
        station=kiosk.station,
    )
    # The row that everybody in the queue wants comes last, so it is held shortest.
    taken = Stock.objects.filter(station=kiosk.station, reward=reward, left__gt=0)
    if not taken.update(left=F("left") - 1):
        raise out_of_stock()
    return redemption


@transaction.atomic
def hand_over(redemption, *, by, reason="") -> bool:
    """Tick a redemption as collected; False when it was settled before."""
    return settle(redemption, Redemption.Status.COLLECTED, by, reason)


@transaction.atomic
def reverse(redemption, *, by=None, reason="") -> bool:
    """Give points and goods back for something that was not collected; once."""
    if not settle(redemption, Redemption.Status.REVERSED, by, reason):
        return False
    spent = PointsEntry.objects.get(key=f"redeem:{redemption.pk}")
    points.give_back(spent, reason=reason or _("Not collected"), actor=by)
    Stock.objects.filter(station=redemption.station_id, reward=redemption.reward_id).update(
        left=F("left") + 1
    )
    return True


def reverse_uncollected(today) -> int:
    """Reverse what waits from before `today`; how many there were."""
    left_over = Redemption.objects.filter(status=Redemption.Status.WAITING, date__lt=today)
    return sum(reverse(redemption) for redemption in left_over.iterator())


def settle(redemption, status, by, reason) -> bool:
    waiting = Redemption.objects.filter(pk=redemption.pk, status=Redemption.Status.WAITING)
    if not waiting.update(status=status, settled_at=timezone.now(), settled_by=by):
        return False
    redemption.refresh_from_db()
    history.note(redemption, by=by, before={"status": Redemption.Status.WAITING}, reason=reason)
    return True


def out_of_stock():
    return Refusal("out_of_stock", _("Sorry, this is all gone for today."))
