"""A day at a counter, settled: points taken, goods handed over and the shelf agree, to zero.

Only read, in five questions. What is said of a moment is counted from what was written until then, so a day
that is over reads the same for ever, and ends with what the next one begins with.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from events.models import PointsEntry, Redemption, Reward, Stock, StockMovement
from stations.hours import midnight

Kind = StockMovement.Kind
Status = Redemption.Status


@dataclass(frozen=True)
class Amount:
    pieces: int = 0
    points: int = 0

    def __add__(self, other) -> "Amount":
        return Amount(self.pieces + other.pieces, self.points + other.points)


@dataclass(frozen=True)
class Line:
    """One reward on the day; or all of them together, where `reward` is None."""

    reward: Reward | None
    before: int  # pieces on the shelf
    delivered: int
    difference: int  # of the stock-takes
    after: int
    waiting_before: Amount
    redeemed: Amount
    collected: Amount
    reversed: Amount
    waiting_after: Amount
    ledger: int  # points taken for it less those given back, by the ledger
    moved: int  # pieces taken for redemptions less those given back, by the movements
    unexplained: int = 0  # pieces of a stock-take that no reason explains
    stock: Stock | None = None
    counts: tuple[StockMovement, ...] = ()

    @property
    def points_open(self) -> int:
        """Points of the ledger less the price of what is collected and what waits."""
        held = self.waiting_before.points + self.ledger
        return held - self.collected.points - self.waiting_after.points

    @property
    def pieces_open(self) -> int:
        """Pieces handed over by the redemptions less those by the movements."""
        return self.collected.pieces - (self.waiting_before.pieces + self.moved - self.waiting_after.pieces)


@dataclass(frozen=True)
class Settlement:
    lines: list[Line]
    strays: int  # points of entries that name no redemption of this counter

    @property
    def total(self) -> Line:
        names = [name for name in Line.__dataclass_fields__ if name not in ("reward", "stock", "counts")]
        amounts = [name for name, field in Line.__dataclass_fields__.items() if field.type is Amount]
        return Line(
            reward=None,
            **{
                name: sum((getattr(line, name) for line in self.lines), Amount() if name in amounts else 0)
                for name in names
            },
        )

    @property
    def points_open(self) -> int:
        """What is open of one reward never makes up for what is open of another."""
        return sum(abs(line.points_open) for line in self.lines) + abs(self.strays)

    @property
    def pieces_open(self) -> int:
        return sum(abs(line.pieces_open) for line in self.lines)

    @property
    def unexplained(self) -> int:
        return sum(abs(line.unexplained) for line in self.lines)

    @property
    def is_zero(self) -> bool:
        return not (self.points_open or self.pieces_open or self.unexplained)


def read(station, day: date) -> Settlement:
    """The settlement of the day, midnight to midnight in Zhejiang; of today as far as it has come."""
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    stocks = {
        stock.reward_id: stock for stock in Stock.objects.filter(station=station).select_related("reward")
    }
    before = StockMovement.objects.filter(stock__station=station, created_at__lt=begin).order_by()
    sums = dict(before.values_list("stock").annotate(Sum("pieces")))
    movements, redemptions = of_stocks(station, begin, end), of_rewards(station, begin, end)
    points, strays = of_ledger(station, begin, end, redemptions)
    rewards = {r.reward_id: r.reward for rows in redemptions.values() for r in rows}
    rewards |= {pk: stock.reward for pk, stock in stocks.items()}
    lines = []
    for pk in sorted(rewards):
        stock = stocks.get(pk)
        moved, was = movements[stock.pk if stock else None], sums.get(stock and stock.pk, 0)
        lines.append(line(rewards[pk], stock, was, moved, redemptions[pk], points[pk], begin, end))
    return Settlement(lines, strays)


def of_stocks(station, begin, end) -> dict[int, list[StockMovement]]:
    rows = StockMovement.objects.filter(stock__station=station, created_at__gte=begin, created_at__lt=end)
    found = defaultdict(list)
    for movement in rows.select_related("actor").order_by("created_at", "pk"):
        found[movement.stock_id].append(movement)
    return found


def of_rewards(station, begin, end) -> dict[int, list[Redemption]]:
    """What waited at some moment of the day, by reward."""
    found = defaultdict(list)
    for redemption in touching(station, begin, end).select_related("reward").order_by("pk"):
        found[redemption.reward_id].append(redemption)
    return found


def touching(station, begin, end) -> QuerySet[Redemption]:
    still = Q(settled_at=None) | Q(settled_at__gte=begin)
    return Redemption.objects.filter(still, station=station, created_at__lt=end)


def of_ledger(station, begin, end, redemptions) -> tuple[dict[int, int], int]:
    """Points taken less points given back, by reward; and those of entries that belong to nothing here."""
    rewards = {str(r.pk): pk for pk, rows in redemptions.items() for r in rows}
    entries = PointsEntry.objects.filter(
        station=station, counterpart=PointsEntry.Counterpart.GOODS, created_at__gte=begin, created_at__lt=end
    )
    points, strays = defaultdict(int), 0
    for key, taken in entries.values_list("key", "points"):
        reward = rewards.get(key.rpartition(":")[2])
        if reward is None:
            strays += abs(taken)
        else:
            points[reward] -= taken
    return points, strays


def line(reward, stock, was, movements, redemptions, ledger, begin, end) -> Line:
    """`was` is the sum of the movements before the day."""
    waiting_before, waiting_after = at(begin, redemptions), at(end, redemptions)
    counts = tuple(m for m in movements if m.kind == Kind.COUNT)
    return Line(
        reward=reward,
        stock=stock,
        before=was + waiting_before.pieces,
        delivered=pieces(movements, Kind.DELIVERY),
        difference=pieces(movements, Kind.COUNT),
        after=was + pieces(movements, *Kind) + waiting_after.pieces,
        waiting_before=waiting_before,
        redeemed=amount(r for r in redemptions if r.created_at >= begin),
        collected=amount(settled(redemptions, Status.COLLECTED, end)),
        reversed=amount(settled(redemptions, Status.REVERSED, end)),
        waiting_after=waiting_after,
        ledger=ledger,
        moved=-pieces(movements, Kind.REDEEM, Kind.REVERSE),
        unexplained=unexplained(was, movements, redemptions, counts),
        counts=counts,
    )


def pieces(movements, *kinds) -> int:
    return sum(m.pieces for m in movements if m.kind in kinds)


def amount(redemptions) -> Amount:
    return sum((Amount(1, r.points) for r in redemptions), Amount())


def settled(redemptions, status, end) -> list[Redemption]:
    """None of them was settled before the day."""
    return [r for r in redemptions if r.status == status and r.settled_at and r.settled_at < end]


def at(moment, redemptions) -> Amount:
    """What waited at a moment: redeemed before it, and not settled before it."""
    return amount(
        r for r in redemptions if r.created_at < moment and not (r.settled_at and r.settled_at < moment)
    )


def unexplained(was, movements, redemptions, counts) -> int:
    """Differences without a reason, and what the last count has found beside the books of its moment."""
    silent = sum(abs(count.pieces) for count in counts if not count.reason.strip())
    if not counts:
        return 0
    last = counts[-1]
    books = was + pieces(movements[: movements.index(last) + 1], *Kind)
    shelf = books + at(last.created_at, redemptions).pieces
    return silent + abs(last.counted - shelf)
