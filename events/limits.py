"""How much one person may redeem: once a day, and of each reward so many pieces in so many days."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from events.models import Redemption, Reward
from stations.refusals import Refusal


def standing(account):
    return Redemption.objects.filter(account=account).exclude(status=Redemption.Status.REVERSED)


def has_redeemed(account, day: date) -> bool:
    return standing(account).filter(date=day).exists()


def check(account, reward: Reward, day: date) -> None:
    """Refuse one piece more than the reward's limit, counted in any such days around `day`."""
    if not reward.limit:
        return
    had = standing(account).filter(reward=reward)
    if reward.limit_days:
        apart = timedelta(days=reward.limit_days - 1)
        had = had.filter(date__range=(day - apart, day + apart))
    if had.count() >= reward.limit:
        raise Refusal("limit_reached", sentence(reward))


def sentence(reward) -> str:
    if reward.limit_days:
        text = _("%(limit)d in %(days)d days is the most for one person. Please choose something else.")
    else:
        text = _("%(limit)d is the most for one person. Please choose something else.")
    return text % {"limit": reward.limit, "days": reward.limit_days}
