"""Reserving online what is collected at a station on its next redemption day, under a pick-up code."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from events import limits, points, redemption_days, redemptions
from events.models import PointsAccount, Price, Redemption, Reward
from stations.refusals import Refusal, first_refusal


@dataclass(frozen=True)
class Entry:
    """A reward of the catalogue: its price today (None: none holds yet), and the next one that is planned."""

    reward: Reward
    points: int | None
    planned: Price | None


@dataclass(frozen=True)
class Offer:
    """A reward at a station with its price on the day, and the sentence why not where it cannot be had."""

    reward: Reward
    points: int
    refusal: Refusal | None


def catalogue(today: date) -> list[Entry]:
    """What points buy, the cheapest first. Two queries."""
    entries = []
    for reward in Reward.objects.filter(is_active=True).prefetch_related("prices"):
        prices = sorted(reward.prices.all(), key=lambda price: price.starts_on)
        begun = [price.points for price in prices if price.starts_on <= today]
        planned = [price for price in prices if price.starts_on > today]
        if prices:
            entries.append(Entry(reward, begun[-1] if begun else None, planned[0] if planned else None))
    return sorted(entries, key=lambda entry: entry.points or entry.planned.points)


def day_of(station) -> date | None:
    """The day for which one reserves today: the next redemption day after it."""
    return redemption_days.next_one(station, timezone.localdate())


# May I?


def check_account(account, station, day, stock):
    if account is None:
        raise Refusal(
            "no_points", _("You have no points yet. They come with confirmed volunteer hours and photos.")
        )


WHOLE_DAY = [check_account, *redemptions.WHOLE_DAY]


def why_no_day(account, station, day: date | None) -> Refusal | None:
    """The sentence that holds for the whole page."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return first_refusal(WHOLE_DAY, account, station, day or tomorrow, None)


def offers(account, station, day: date) -> list[Offer]:
    """What the station has on offer on the day, in four queries however much it is."""
    available = points.available(account) if account else 0
    had = limits.had(account) if account else {}

    def check(row):
        redemptions.check_stock(account, station, day, row)
        limits.check_among(had.get(row.reward_id, []), row.reward, day)
        if available < row.points:
            raise points.not_enough(row.points - available)

    rows = redemptions.offers(station, day)
    return [Offer(row.reward, row.points, first_refusal([check], row)) for row in rows]


def check_next(station, day):
    if day != day_of(station):
        raise Refusal("another_day", _("Meanwhile another day has become the next one. Please choose again."))


def check_cancel(redemption):
    if redemption.status != Redemption.Status.WAITING:
        raise settled(redemption)
    if redemption.date <= timezone.localdate():
        raise Refusal(
            "too_late",
            _(
                "This is the day, so it cannot be cancelled here any more. If you do not come, "
                "your points come back by themselves tonight."
            ),
        )


# The verbs


def reserve(account: PointsAccount, reward_id: int, *, station, key: str, day: date) -> Redemption:
    """As `redemptions.redeem`, for the station's next redemption day only."""
    if not Redemption.objects.filter(key=key).exists():  # an order that went through keeps its answer
        check_next(station, day)
    return redemptions.redeem(account, reward_id, station=station, key=key, day=day)[0]


def cancel(redemption: Redemption, *, by) -> None:
    """Give points and goods back before the day; the first to settle it counts."""
    check_cancel(redemption)
    with override(settings.LANGUAGE_CODE):  # the ledger is read by others too
        reason = _("Changed their mind")
    if not redemptions.reverse(redemption, by=by, reason=reason):
        redemption.refresh_from_db()
        raise settled(redemption)


def settled(redemption) -> Refusal:
    sentence = _("This is settled already. It stands at: %(status)s.")
    return Refusal("settled_before", sentence % {"status": redemption.get_status_display()})
