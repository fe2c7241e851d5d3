"""Points: earning by rules, granting, taking back. The ledger itself is kept by the database.

Points are thanks without cash value; they cannot be bought, paid out or moved between people.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events import messages
from events.models import EarningRule, PointsAccount, PointsEntry
from stations.refusals import Refusal

Kind = PointsEntry.Kind


def account_of(person) -> PointsAccount:
    return PointsAccount.objects.get_or_create(person=person)[0]


def available(account) -> int:
    """What can be spent today: the balance without what is still in quarantine."""
    return account.balance - held(account)


def held(account) -> int:
    waiting = PointsEntry.objects.filter(account=account, free_on__gt=timezone.localdate())
    return waiting.aggregate(sum=Sum("points", default=0))["sum"]


# Earning


def rule_on(kind, day: date) -> EarningRule | None:
    """The rule that holds on the day."""
    return EarningRule.objects.filter(kind=kind, starts_on__lte=day).order_by("-starts_on").first()


def for_minutes(minutes: int, rule: EarningRule | None) -> int:
    """Whole points for minutes of volunteer service; a begun point is not counted."""
    return minutes * rule.points // 60 if rule else 0


def free_on(rule: EarningRule) -> date | None:
    days = rule.quarantine_days
    return timezone.localdate() + timedelta(days=days) if days else None


def earn(account, points: int, *, kind, key: str, reason: str, **more) -> PointsEntry:
    """Credit points for something named by `key`; the same key earns once, however often it is asked.

    `more`: actor, station, earned_on, free_on. Call it inside a transaction.
    """
    credit = {"account": account, "points": points, "kind": kind, "reason": reason, **more}
    return PointsEntry.objects.get_or_create(
        key=key, defaults={"counterpart": PointsEntry.Counterpart.ISSUED, **credit}
    )[0]


def earn_by_rule(account, kind, *, key: str, day: date, reason: str, **more) -> PointsEntry | None:
    """Credit what the rule of the day gives for one thing; None where it gives nothing more that day.

    Call it inside a transaction.
    """
    rule = rule_on(kind, day)
    lock(account)
    earned = PointsEntry.objects.filter(account=account, kind=kind, earned_on=day).exclude(key=key).count()
    if not rule or not rule.points or (rule.most_a_day is not None and earned >= rule.most_a_day):
        return None
    return earn(
        account, rule.points, kind=kind, key=key, reason=reason, earned_on=day, free_on=free_on(rule), **more
    )


# Taking back


def take_back(account, points: int, *, key: str, reason: str, **more) -> PointsEntry | None:
    """Take off what had been credited by mistake, but never more than is left; the same key once.

    None where nothing is left. Call it inside a transaction.
    """
    account = lock(account)
    earlier = PointsEntry.objects.filter(key=key).first()
    taken = min(points, account.balance)
    if earlier or not taken:
        return earlier
    return PointsEntry.objects.create(
        account=account,
        points=-taken,
        kind=Kind.REVERSE,
        counterpart=PointsEntry.Counterpart.ISSUED,
        key=key,
        reason=reason,
        **more,
    )


def check_earned(entry):
    if entry.kind not in EarningRule.Kind.values:
        raise Refusal("not_earned", _("Only points that were earned can be taken back after a complaint."))


def check_not_forfeited(entry):
    if PointsEntry.objects.filter(key=complaint(entry.key)).exists():
        raise Refusal("forfeited", _("These points are taken back already."))


@transaction.atomic
def forfeit(entry: PointsEntry, *, by, reason: str) -> PointsEntry:
    """A complaint about what has earned the points was upheld: they become zero, once. The person is told."""
    reason = reason.strip()[:120]
    if not reason:
        raise Refusal("reason_needed", _("Please say which complaint was upheld: the person reads it."))
    check_earned(entry)
    taken = take_back(
        entry.account,
        entry.points,
        key=complaint(entry.key),
        reason=reason,
        actor=by,
        station=entry.station,
        free_on=entry.free_on,
    )
    if taken is None:
        raise Refusal("nothing_left", _("These points are spent already, so nothing can be taken back."))
    tell_forfeited(taken)
    return taken


def tell_forfeited(taken) -> None:
    person = taken.account.person
    if person is None:
        return
    with translation.override(person.language):
        said = {"name": person.name, "n": -taken.points, "reason": taken.reason}
        said |= {"place": taken.station or _("The trade union"), "url": settings.SITE_URL + reverse("me")}
        messages.write(
            person.address,
            key=f"forfeit:{taken.pk}",
            person=person,
            subject=_("Points taken back: %(n)d") % said,
            body=_(
                "Hello %(name)s,\n\n"
                "a complaint was upheld, so %(n)d points were taken back. The reason: %(reason)s\n\n"
                "Your confirmed hours are kept. If this is a mistake, please speak to the staff: "
                "%(place)s.\n\nYour points: %(url)s"
            )
            % said,
        )


def complaint(key: str) -> str:
    return f"complaint:{key}"[:80]


def lock(account) -> PointsAccount:
    """The account's row, read anew; its balance stays as it is until the transaction ends."""
    return PointsAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def not_enough(missing: int) -> Refusal:
    return Refusal("not_enough_points", _("Sorry, not enough points. You need %(n)d more.") % {"n": missing})
