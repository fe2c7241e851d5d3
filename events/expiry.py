"""Points that were earned long ago and never used expire, the oldest first and without lots.

What expires on a day is what was earned before the validity window less everything spent so far, never below
zero: that is, the balance less what was earned since. What was taken back or adjusted downwards counts as
spent, and so comes off the oldest too. A reversal restores by itself what it gives back.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from events.models import PointsAccount, PointsEntry
from stations.hours import midnight

BATCH = 1000
ISSUED, EXPIRED = PointsEntry.Counterpart.ISSUED, PointsEntry.Counterpart.EXPIRED


def beginning(day: date) -> datetime:
    """What was earned before this moment expires on the day: a month's first, some years before."""
    month = day.year * 12 + day.month - 1 - settings.POINTS_VALID_MONTHS
    return midnight(date(month // 12, month % 12 + 1, 1))


def recent(day: date) -> Sum:
    """What was earned since the beginning, as a sum beside each account."""
    since = Q(entries__counterpart=ISSUED, entries__points__gt=0, entries__created_at__gte=beginning(day))
    return Sum("entries__points", filter=since, default=0)


def due(account, day: date) -> int:
    """How many of the account's points would expire on the day, were nothing spent until then."""
    rows = PointsAccount.objects.filter(pk=account.pk).annotate(n=recent(day))
    balance, earned = rows.values_list("balance", "n").get()
    return max(balance - earned, 0)


def expire(day: date, say=lambda words: None) -> int:
    """Write what expires on the day, a thousand accounts at a time; how many points.

    Asked again for the same day, whether after a break or not, it goes on where it stood: an account
    expires once a day.
    """
    points, last = 0, 0
    while batch := after(last):
        last = batch[-1]
        points += expire_batch(batch, day)
        say(f"accounts up to {last:,}: {points:,} points have expired")
    return points


def after(last) -> list[int]:
    rows = PointsAccount.objects.filter(pk__gt=last, balance__gt=0).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def expire_batch(pks, day) -> int:
    # Locked in one order, then counted: nobody spends in between what is about to expire.
    locked = PointsAccount.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    balances = dict(locked.values_list("pk", "balance"))
    earned = dict(PointsAccount.objects.filter(pk__in=pks).annotate(n=recent(day)).values_list("pk", "n"))
    keys = {pk: f"expire:{day}:{pk}" for pk in pks if balances[pk] > earned[pk]}
    done = set(PointsEntry.objects.filter(key__in=keys.values()).values_list("account", flat=True))
    entries = [
        PointsEntry(
            account_id=pk,
            points=earned[pk] - balances[pk],
            kind=PointsEntry.Kind.EXPIRE,
            counterpart=EXPIRED,
            key=key,
            reason=_("Not used in %(n)d months") % {"n": settings.POINTS_VALID_MONTHS},
        )
        for pk, key in keys.items()
        if pk not in done
    ]
    PointsEntry.objects.bulk_create(entries)
    return -sum(entry.points for entry in entries)
