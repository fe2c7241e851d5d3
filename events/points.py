"""The points ledger: entries are only ever added, and the balance moves with them in one transaction."""

from django.db.models import F
from django.utils.translation import gettext as _

from events.models import HazardReport, PointsAccount, PointsEntry
from stations.refusals import Refusal

POINTS_PER_HOUR = 10


def account_of(person) -> PointsAccount:
    return PointsAccount.objects.get_or_create(person=person)[0]


def for_minutes(minutes: int) -> int:
    """Whole points for minutes of volunteer service; a begun point is not counted."""
    return minutes * POINTS_PER_HOUR // 60


def earn(account, points: int, *, kind, key: str, reason: str, actor=None, station=None) -> PointsEntry:
    """Credit points for something named by `key`; the same key earns once, however often it is asked.

    Call it inside a transaction.
    """
    entry, is_new = PointsEntry.objects.get_or_create(
        key=key,
        defaults={
            "account": account,
            "points": points,
            "kind": kind,
            "counterpart": PointsEntry.Counterpart.ISSUED,
            "reason": reason,
            "actor": actor,
            "station": station,
        },
    )
    if is_new:
        PointsAccount.objects.filter(pk=account.pk).update(balance=F("balance") + points)
    return entry


# STAND-IN until the rules of earning are rows: the lead's own version takes its place when this is merged.
REPORT_POINTS, REPORTS_A_DAY = 10, 3


def earn_by_rule(account, kind, *, key, day, reason, actor=None, station=None) -> PointsEntry | None:
    """None where the rule's most for that day is reached. Call it inside a transaction."""
    account = PointsAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    of_the_day = [each.key for each in HazardReport.objects.filter(person=account.person) if each.day == day]
    earned = account.entries.filter(kind=kind, key__in=of_the_day)
    if earned.count() >= REPORTS_A_DAY:
        return earned.filter(key=key).first()
    return earn(account, REPORT_POINTS, kind=kind, key=key, reason=reason, actor=actor, station=station)


# End of the stand-in.


def spend(account, points: int, *, key: str, reason: str, station=None) -> PointsEntry:
    """Take points off, or refuse when there are not enough. Call it inside a transaction."""
    paid = PointsAccount.objects.filter(pk=account.pk, balance__gte=points).update(
        balance=F("balance") - points
    )
    if not paid:
        account.refresh_from_db(fields=["balance"])
        raise not_enough(account, points)
    return PointsEntry.objects.create(
        account=account,
        points=-points,
        kind=PointsEntry.Kind.REDEEM,
        counterpart=PointsEntry.Counterpart.GOODS,
        key=key,
        reason=reason,
        station=station,
    )


def give_back(entry: PointsEntry, *, reason: str, actor=None) -> PointsEntry:
    """Undo an entry by an opposite one, once. Call it inside a transaction."""
    undone, is_new = PointsEntry.objects.get_or_create(
        key=f"reverse:{entry.key}"[:80],
        defaults={
            "account": entry.account,
            "points": -entry.points,
            "kind": PointsEntry.Kind.REVERSE,
            "counterpart": entry.counterpart,
            "reason": reason,
            "actor": actor,
            "station_id": entry.station_id,
        },
    )
    if is_new:
        PointsAccount.objects.filter(pk=entry.account_id).update(balance=F("balance") - entry.points)
    return undone


def take_back(account, points: int, *, key: str, reason: str, actor=None, station=None) -> PointsEntry | None:
    """Take off what had been credited by mistake, but never more than is left; the same key once.

    None where nothing is left. Call it inside a transaction.
    """
    account = PointsAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    earlier = PointsEntry.objects.filter(key=key).first()
    taken = min(points, account.balance)
    if earlier or not taken:
        return earlier
    PointsAccount.objects.filter(pk=account.pk).update(balance=F("balance") - taken)
    return PointsEntry.objects.create(
        account=account,
        points=-taken,
        kind=PointsEntry.Kind.REVERSE,
        counterpart=PointsEntry.Counterpart.ISSUED,
        key=key,
        reason=reason,
        actor=actor,
        station=station,
    )


def not_enough(account, points: int) -> Refusal:
    missing = points - account.balance
    return Refusal("not_enough_points", _("Sorry, not enough points. You need %(n)d more.") % {"n": missing})
