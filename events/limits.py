"""How much one person may redeem: once a day, and of each reward so many pieces in so many days."""

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from events.models import Redemption, Reward
from stations.refusals import Refusal


def standing(account):
    return Redemption.objects.filter(account=account).exclude(status=Redemption.Status.REVERSED)


def has_redeemed(account, day: date) -> bool:
    return standing(account).filter(date=day).exists()


def check(account, reward: Reward, day: date) -> None:
    """Refuse one piece more than the reward's limit, counted in any such days around `day`."""
    if reward.limit:
        check_among(had(account).get(reward.pk, []), reward, day)


def had(account) -> dict[int, list[date]]:
    """The days of all that the person has, by reward; one query for a whole list of rewards."""
    days = defaultdict(list)
    for reward, day in standing(account).values_list("reward", "date"):
        days[reward].append(day)
    return days


def check_among(days: list[date], reward: Reward, day: date) -> None:
    """The same, where the days on which the person has had it are known."""
    if not reward.limit:
        return
    if reward.limit_days:
        days = [other for other in days if abs((other - day).days) < reward.limit_days]
    if len(days) >= reward.limit:
        raise Refusal("limit_reached", sentence(reward))


def sentence(reward) -> str:
    if reward.limit_days:
        text = _("%(limit)d in %(days)d days is the most for one person. Please choose something else.")
    else:
        text = _("%(limit)d is the most for one person. Please choose something else.")
    return text % {"limit": reward.limit, "days": reward.limit_days}
