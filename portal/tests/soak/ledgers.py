"""What the tables hold, beside what the clients were told."""

from collections import Counter

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from events import passes, reconciling
from events.models import PointsAccount, PointsEntry, Redemption, Stock, StockMovement, WorkerPass

LIVE = ~Q(status=Redemption.Status.REVERSED)


def compare(told) -> dict[str, int]:
    """How often each promise is broken."""
    rows = {row.key: row for row in Redemption.objects.all()}
    orders = Counter(order_of(key) for key in rows)
    return {
        "redemptions lost": sum(not is_kept(*item, rows) for item in told.redeemed.items()),
        "redemptions doubled": sum(times - 1 for times in orders.values()),
        "redemptions that nobody was told of": len(set(orders) - set(told.redeemed)),
        "decisions lost": sum(rows[key].status != status for key, status in told.settled.items()),
        "earnings lost": earnings_lost(told.earned),
        "deliveries lost or doubled": deliveries_lost_or_doubled(told.delivered),
        "keys twice": twice(Redemption, "key") + twice(PointsEntry, "key"),
        "two a person and day": twice(Redemption.objects.filter(LIVE), "account", "date"),
        "drifts of balances": drifts_of_balances(),
        "drifts of what was spent": drifts_of_spending(),
        "drifts of stock": drifts_of_stock(),
        "drifts that reconciling finds": len(list(reconciling.drifts())),
        "below zero": below_zero(),
        "too many tries at a PIN": WorkerPass.objects.filter(wrong_pins__gt=passes.WRONG_PINS).count(),
    }


def order_of(key):
    return key.removesuffix("+")


def is_kept(order, answer, rows):
    """Under one of its keys, with the number, code, account and reward that were answered."""
    told = tuple(answer)
    keys = (order, f"{order}+")
    found = (rows[key] for key in keys if key in rows)
    return any((row.pk, row.pickup_code, row.account_id, row.reward_id) == told for row in found)


def earnings_lost(earned):
    kept = dict(PointsEntry.objects.filter(key__startswith="soak:").values_list("key", "pk"))
    return sum(kept.get(f"soak:{source}") != entry for source, entry in earned.items())


def twice(rows, *fields):
    groups = rows.objects if isinstance(rows, type) else rows
    return groups.order_by().values(*fields).annotate(n=Count("pk")).filter(n__gt=1).count()


def drifts_of_balances():
    accounts = PointsAccount.objects.annotate(sum=Coalesce(Sum("entries__points"), 0))
    return accounts.exclude(balance=F("sum")).count()


def drifts_of_spending():
    """Accounts whose ledger took more or less than their redemptions cost that still stand."""
    kinds = (PointsEntry.Kind.REDEEM, PointsEntry.Kind.REVERSE)
    entries = PointsEntry.objects.filter(kind__in=kinds).order_by()
    spent = dict(entries.values_list("account").annotate(sum=-Sum("points")))
    cost = dict(Redemption.objects.filter(LIVE).order_by().values_list("account").annotate(sum=Sum("points")))
    return sum(spent.get(pk, 0) != cost.get(pk, 0) for pk in spent.keys() | cost.keys())


def drifts_of_stock():
    """Rewards of which there are more or fewer left than were delivered less what was redeemed."""
    came = StockMovement.objects.filter(kind=StockMovement.Kind.DELIVERY).order_by()
    delivered = dict(came.values_list("stock__reward").annotate(n=Sum("pieces")))
    taken = dict(Redemption.objects.filter(LIVE).order_by().values_list("reward").annotate(n=Count("pk")))
    left = Stock.objects.values_list("reward", "left")
    return sum(delivered[reward] - taken.get(reward, 0) != pieces for reward, pieces in left)


def deliveries_lost_or_doubled(delivered):
    times = Counter(StockMovement.objects.values_list("reason", flat=True))
    return sum(times[key] != 1 for key in delivered)


def below_zero():
    return PointsAccount.objects.filter(balance__lt=0).count() + Stock.objects.filter(left__lt=0).count()
