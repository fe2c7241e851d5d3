"""The counters of a province at work: cards, redemptions, hazard reports and points to decide."""

from datetime import timedelta

from django.utils import timezone

from events.models import (
    HazardReport,
    PointsAccount,
    PointsDecision,
    PointsEntry,
    Redemption,
    Reward,
    Stock,
    StockMovement,
    WorkerPass,
)
from portal.bench.writing import save
from stations.models import Kiosk

DAY = timedelta(days=1)
REDEMPTIONS, HAZARDS = 50, 10  # of a thousand rows
FOR_A_DAY = 25  # one redemption in so many waits
PRICE = 10


def make(province):
    make_redemptions(province)
    make_hazards_and_proposals(province)


def make_redemptions(province):
    reward = Reward.objects.create(name_zh="测速", name_en="Bench")
    reward.prices.create(points=PRICE)
    shelves = save(Stock(station_id=place.pk, reward=reward) for place in province.places)
    delivered = {"kind": StockMovement.Kind.DELIVERY, "pieces": len(province.each(REDEMPTIONS))}
    save(StockMovement(stock_id=shelf, **delivered) for shelf in shelves)
    kiosks = save(Kiosk(station_id=place.pk, label="bench") for place in province.places)
    accounts = save(PointsAccount() for _n in range(len(province.each(REDEMPTIONS)) // 2))
    save(entry(province, n, accounts) for n in province.each(REDEMPTIONS))
    save(
        WorkerPass(
            account_id=account, station_id=province.place(n), number=f"{n:08}", nickname="师傅", pin="!"
        )
        for n, account in enumerate(accounts)
    )
    states = Redemption.Status
    save(
        Redemption(
            account_id=accounts[n % len(accounts)],
            station_id=province.place(n),
            kiosk_id=kiosks[n % len(kiosks)],
            reward=reward,
            points=PRICE,
            date=timezone.localdate(at),
            pickup_code=f"{n % 1_000_000:06}",
            key=f"bench{n}",
            status=states.WAITING if waits else states.COLLECTED,
            created_at=at,
        )
        for n in province.each(REDEMPTIONS)
        for waits in [n % FOR_A_DAY == 0]
        for at in [redeemed_at(province, n, len(accounts), waits)]
    )


def redeemed_at(province, n, accounts, waits):
    """Who comes twice comes on two days: today, where it still waits."""
    if waits:
        return province.now - (1 if n < accounts else 1441 + n % 60) * timedelta(minutes=1)
    return province.now - (3 + n % 50 + (60 if n >= accounts else 0)) * DAY


def entry(province, n, accounts):
    """What was earned before it is redeemed, which writes its own."""
    return PointsEntry(
        account_id=accounts[n % len(accounts)],
        counterpart=PointsEntry.Counterpart.ISSUED,
        kind=PointsEntry.Kind.GRANT,
        points=2 * PRICE,
        key=f"bench:{n}",
        reason="测速",
        created_at=province.ago(n, 90),
        station_id=province.place(n),
    )


def make_hazards_and_proposals(province):
    """All of them wait."""
    save(
        HazardReport(
            person_id=province.person(n),
            category="road",
            photo="hazards/bench.jpg",
            latitude=province.places[n % len(province.places)].latitude,
            longitude=province.places[n % len(province.places)].longitude,
            station_id=province.place(n),
            created_at=province.ago(n, 12),
        )
        for n in province.each(HAZARDS)
    )
    cards = WorkerPass.objects.order_by("pk")[: len(province.each(HAZARDS))]
    save(
        PointsDecision(
            account_id=card.account_id,
            station_id=card.station_id,
            kind="grant",
            points=60,
            decision=f"测速{card.pk}",
            proposed_by_id=province.person(card.pk),
            proposed_at=province.ago(card.pk, 12),
        )
        for card in cards
    )
