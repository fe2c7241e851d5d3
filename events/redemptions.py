"""Redeeming points for a reward: one statement, one key, nothing half-done.

Making the row takes the points and the goods (migration 0006). What stands in its way is a constraint; which
sentence that is, the checks say afterwards.
"""

import secrets
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import limits, points, redemption_days
from events.models import Price, Redemption, Stock
from stations import history
from stations.prepared import Prepared, insert
from stations.refusals import Refusal, first_refusal

TRIES = 5
Status = Redemption.Status


def on_offer(station, day, weekday, day_of_month):
    """A station's stock, each with its price on the day (`points`) and whether points are redeemed then."""
    rows = Stock.objects.filter(station=station, reward__is_active=True).select_related("reward")
    return rows.annotate(
        points=Price.objects.on(day, OuterRef("reward")),
        is_day=redemption_days.as_condition(OuterRef("station"), day, weekday, day_of_month),
    )


def one_of_them(station, reward, day, weekday, day_of_month):
    return on_offer(station, day, weekday, day_of_month).filter(reward=reward).order_by()


one_offer = Prepared(one_of_them)


def offers(station, day: date) -> list[Stock]:
    """What the station has on offer on the day, the cheapest first."""
    rows = on_offer(station.pk, day, day.weekday(), day.day)
    return list(rows.exclude(points=None).order_by("points", "reward"))


def offer(station, reward_id: int, day: date) -> Stock | None:
    """One of them; None where the station does not offer that."""
    found = one_offer(station.pk, reward_id, day, day.weekday(), day.day)
    return found[0] if found and found[0].points else None


# May I?


def check_day(account, station, day, stock):
    if stock.is_day if stock else redemption_days.is_one(station, day):
        return
    coming = redemption_days.next_one(station, max(day, timezone.localdate()))
    if coming is None:
        raise Refusal(
            "not_a_redemption_day", _("This station has no redemption day soon. Please ask the staff.")
        )
    if day == timezone.localdate():
        sentence = _("Today is not redemption day. Next one: %(date)s.")
    else:
        sentence = _("%(day)s is not redemption day here. Next one: %(date)s.")
    said = {"day": in_words(day), "date": in_words(coming)}
    raise Refusal("not_a_redemption_day", sentence % said)


def check_once_a_day(account, station, day, stock):
    if not limits.has_redeemed(account, day):
        return
    if day == timezone.localdate():
        raise Refusal("limit_reached", _("You have already redeemed today."))
    raise Refusal(
        "limit_reached", _("You have already reserved something for %(day)s.") % {"day": in_words(day)}
    )


def check_offered(account, station, day, stock):
    if stock is None:
        raise Refusal("not_offered", _("This is no longer on offer. Please choose something else."))


def check_limit(account, station, day, stock):
    limits.check(account, stock.reward, day)


def check_stock(account, station, day, stock):
    if stock.left <= 0:
        raise out_of_stock(day)


def check_balance(account, station, day, stock):
    missing = stock.points - points.available(account)
    if missing > 0:
        raise points.not_enough(missing)


WHOLE_DAY = [check_day, check_once_a_day]
CHECKS = [*WHOLE_DAY, check_offered, check_limit, check_stock, check_balance]


def why_not(account, reward_id: int, *, station, day: date | None = None) -> Refusal | None:
    """The sentence for a button that cannot be pressed, or None."""
    day = day or timezone.localdate()
    return first_refusal(CHECKS, account, station, day, offer(station, reward_id, day))


# The verbs


def redeem(account, reward_id: int, *, station, key: str, kiosk=None, day=None) -> tuple[Redemption, bool]:
    """Take the points, the stock and a pick-up code together, or refuse and change nothing.

    At a kiosk for today, online for `day`, on which it is collected. `key` is made by the device before it
    asks: asked again with the same key and body, the first answer is given again, and False; with another
    body it is refused (`key_reused`).
    """
    wanted = {
        "account_id": account.pk,
        "reward_id": reward_id,
        "station_id": station.pk,
        "kiosk_id": kiosk.pk if kiosk else None,
        **({"date": day} if day else {}),
    }
    day = day or timezone.localdate()
    for _n in range(TRIES):
        try:
            return redeem_once(account, station, day, key, wanted), True
        except (IntegrityError, Refusal) as problem:
            # Whatever stands in the way now: an order that went through before is answered as it was.
            if earlier := Redemption.objects.select_related("reward").filter(key=key).first():
                return answered_before(earlier, wanted), False
            if isinstance(problem, Refusal):
                raise
        account.refresh_from_db(fields=["balance"])
        if refusal := why_not(account, reward_id, station=station, day=day):
            raise refusal
    raise Refusal("busy", _("The counter is very busy. Please try again."))


def redeem_once(account, station, day, key, wanted) -> Redemption:
    stock = offer(station, wanted["reward_id"], day)
    if refusal := first_refusal([check_offered, check_day], account, station, day, stock):
        raise refusal
    code = f"{secrets.randbelow(1_000_000):06d}"
    redemption = Redemption(**wanted | {"date": day}, points=stock.points, key=key, pickup_code=code)
    redemption.reward = stock.reward
    if stock.reward.limit:
        with transaction.atomic():
            points.lock(account)  # two days at once are two orders, but one limit
            check_limit(account, station, day, stock)
            return insert(redemption)
    if connection.in_atomic_block:
        with transaction.atomic():  # a refusal must not spoil what is around
            return insert(redemption)
    return insert(redemption)  # one statement is a transaction of its own


def answered_before(earlier, wanted) -> Redemption:
    if any(getattr(earlier, name) != value for name, value in wanted.items()):
        raise Refusal("key_reused", _("This order was sent before. Please start again."))
    return earlier


@transaction.atomic
def hand_over(redemption, *, by, reason="") -> bool:
    """Tick a redemption as collected; False when it was settled before."""
    return settle(redemption, Status.COLLECTED, by, reason)


@transaction.atomic
def reverse(redemption, *, by=None, reason="") -> bool:
    """Give points and goods back for something that was not collected; once."""
    return settle(redemption, Status.REVERSED, by, reason or _("Not collected"))


def reverse_uncollected(today) -> int:
    """Reverse what waits from before `today`; how many there were."""
    left_over = Redemption.objects.waiting().filter(date__lt=today)
    return sum(reverse(redemption) for redemption in left_over.iterator())


def settle(redemption, status, by, reason) -> bool:
    waiting = Redemption.objects.waiting().filter(pk=redemption.pk)
    settled = {"settled_at": timezone.now(), "settled_by": by, "settled_reason": reason[:120]}
    if not waiting.update(status=status, **settled):
        return False
    redemption.refresh_from_db()
    history.note(redemption, by=by, before={"status": Status.WAITING}, reason=reason)
    return True


def out_of_stock(day=None) -> Refusal:
    if day in (None, timezone.localdate()):
        return Refusal("out_of_stock", _("Sorry, this is all gone for today."))
    return Refusal("out_of_stock", _("Sorry, all of this is taken. Please choose something else."))


def in_words(day: date) -> str:
    return date_format(day, _("l, j F"))
