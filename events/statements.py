"""What one account has earned and spent: a month of it, what cannot be spent yet, what is about to expire."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import FilteredRelation, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from events import expiry
from events.models import PointsAccount, PointsEntry
from stations.hours import midnight
from stations.refusals import Refusal

MOST = 50  # entries a page of the API
MOST_A_MONTH = 200  # on one sheet; a program reads on
YEARS = range(2000, 2100)
Counterpart = PointsEntry.Counterpart


@dataclass(frozen=True)
class Statement:
    """Signed sums of a month: `opening` and the four between add up to `closing`."""

    opening: int
    earned: int
    taken_back: int
    spent: int  # less what came back
    expired: int
    closing: int


@dataclass(frozen=True)
class Outlook:
    """What there is today. `held` are (day, points): from which day on how many more can be spent."""

    balance: int
    available: int
    held: list[tuple[date, int]]
    expiring: int
    expires_on: date


def find(person) -> PointsAccount | None:
    return PointsAccount.objects.filter(person=person).first()


# Months


def month_of(text: str) -> date:
    """The first day of `2026-11`."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = None
    if month is None or month.year not in YEARS:
        raise Refusal("month", _("“%(text)s” is no month, such as 2026-11.") % {"text": text})
    return month


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def first_month(account) -> date:
    """The month of the oldest entry."""
    moments = account.entries.order_by("created_at").values_list("created_at", flat=True)[:1]
    return min([this_month(), *(timezone.localdate(moment).replace(day=1) for moment in moments)])


# Questions


def of_month(account, month: date) -> Statement:
    """Balance and sums come from one statement, so that they agree while somebody redeems."""
    begin, end = midnight(month), midnight(following(month))
    since = FilteredRelation("entries", condition=Q(entries__created_at__gte=begin))

    def total(**which):
        return Sum("since__points", filter=Q(since__created_at__lt=end, **which), default=0)

    sums = PointsAccount.objects.annotate(
        since=since,
        earned=total(since__counterpart=Counterpart.ISSUED, since__points__gt=0),
        taken_back=total(since__counterpart=Counterpart.ISSUED, since__points__lt=0),
        spent=total(since__counterpart=Counterpart.GOODS),
        expired=total(since__counterpart=Counterpart.EXPIRED),
        later=Sum("since__points", filter=Q(since__created_at__gte=end), default=0),
    )
    balance, later, *moved = sums.values_list(
        "balance", "later", "earned", "taken_back", "spent", "expired"
    ).get(pk=account.pk)
    closing = balance - later
    return Statement(closing - sum(moved), *moved, closing)


def entries(account, month: date | None = None):
    """Newest first."""
    rows = PointsEntry.objects.filter(account=account).order_by("-created_at", "-pk")
    if month:
        within = {"created_at__gte": midnight(month), "created_at__lt": midnight(following(month))}
        rows = rows.filter(**within)
    return rows


def older_than(rows, pk: int):
    """Of an account's entries those behind the one that was read last."""
    moment = rows.filter(pk=pk).values_list("created_at", flat=True).first()
    if moment is None:
        raise Refusal("before", _("This is no entry of yours. Please begin with the first page again."))
    return rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk))


def outlook(account) -> Outlook:
    day = following(this_month())
    waiting = held(account)
    return Outlook(
        balance=account.balance,
        available=account.balance - sum(points for _day, points in waiting),
        held=waiting,
        expiring=expiry.due(account, day),
        expires_on=day,
    )


def held(account) -> list[tuple[date, int]]:
    """What is in quarantine, by the day on which it ends; less what a complaint took of it."""
    waiting = PointsEntry.objects.filter(account=account, free_on__gt=timezone.localdate())
    days = waiting.order_by("free_on").values_list("free_on").annotate(sum=Sum("points"))
    return [(day, points) for day, points in days if points]


NOTHING_YET = Statement(0, 0, 0, 0, 0, 0)


def nothing() -> Outlook:
    """Of somebody who has no account yet."""
    return Outlook(0, 0, [], 0, following(this_month()))
