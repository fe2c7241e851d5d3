"""How the clients call the verbs, one small function each, and what they make of the answers."""

from django.db import transaction

from events import passes, points, redemptions, stocks
from events.models import PointsAccount, PointsEntry, Redemption, Reward, Stock, StockMovement
from events.tests.factories import PIN, make_redemption_day, make_reward, make_worker_pass
from portal.tests.soak.told import Answer
from stations.tests.factories import make_kiosk, make_station

AT_FIRST = 20  # pieces of each reward, delivered before anybody comes
PRICES = (30, 10, 60, 90, 150)  # the hot one first
GRANTED = 60  # points that each account has at first


class World:
    """Places, rewards, accounts and cards, made once and found by their order in every process."""

    def __init__(self, kiosk):
        self.kiosk = kiosk
        self.rewards = list(Reward.objects.order_by("pk"))
        self.accounts = list(PointsAccount.objects.order_by("pk").values_list("pk", flat=True))
        self.cards = list(PointsAccount.objects.order_by("pk").values_list("worker_pass__number", flat=True))

    def order(self, operation):
        """Account and reward of an operation, as a door would load them."""
        account = PointsAccount.objects.get(pk=self.accounts[operation.account])
        return account, self.rewards[operation.reward]


def make_world(run):
    """The kiosk's number."""
    station = make_station()
    kiosk = make_kiosk(station=station)
    for weekday in range(7):  # a run may last past midnight
        make_redemption_day(station=station, weekday=weekday)
    for price in PRICES:
        make_reward(station=station, points=price, left=AT_FIRST)
    for n in range(run.cards):
        make_worker_pass(station=station, number=f"33{n:06d}", points=0)
    PointsAccount.objects.bulk_create(PointsAccount() for _n in range(run.accounts - run.cards))
    grant_everybody()
    return kiosk.pk


@transaction.atomic
def grant_everybody():
    granted = {"points": GRANTED, "kind": PointsEntry.Kind.GRANT, "reason": "测试"}
    counterpart = PointsEntry.Counterpart.ISSUED
    PointsEntry.objects.bulk_create(
        PointsEntry(account=account, counterpart=counterpart, key=f"soak:first {account.pk}", **granted)
        for account in PointsAccount.objects.all()
    )


def redeem(world, operation, *, key="", other_body=False):
    account, reward = world.order(operation)
    if other_body:
        reward = world.rewards[operation.other_reward]
    said = {"station": world.kiosk.station, "kiosk": world.kiosk, "key": key or operation.key}
    redemption, _is_new = redemptions.redeem(account, reward.pk, **said)
    return Answer(redemption.pk, redemption.pickup_code, redemption.account_id, redemption.reward_id)


def hand_over(world, operation):
    """Whether it was handed over by this very call; None where the order did not go through."""
    redemption = Redemption.objects.filter(key=operation.key).first()
    return redemption and redemptions.hand_over(redemption, by=None)


def reverse(world, operation):
    """Whether it was reversed by this very call, and by a second one."""
    redemption = Redemption.objects.filter(key=operation.key).first()
    if redemption is None:
        return None
    again = Redemption.objects.get(pk=redemption.pk)
    return redemptions.reverse(redemption), redemptions.reverse(again)


@transaction.atomic
def earn(account, worth, *, key):
    return points.earn(account, worth, kind=PointsEntry.Kind.GRANT, key=f"soak:{key}", reason="测试").pk


def deliver(station, reward, pieces, *, key):
    """Deliveries have no key. One client alone sends this one, and never before the last try has ended."""
    if not StockMovement.objects.filter(reason=key).exists():
        stocks.deliver(Stock.objects.get(station=station, reward=reward), pieces, by=None, reason=key)


def try_pin(world, operation):
    """Every third try is right."""
    is_right = not operation.amount % 3
    known = passes.identify(world.cards[operation.account], PIN if is_right else "0000")
    return is_right and known.number == world.cards[operation.account]
