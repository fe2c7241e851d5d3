"""What clients keep of their answers. It knows no models, so that it can leave their processes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Answer(NamedTuple):
    """What the person takes to the counter."""

    redemption: int
    code: str
    account: int
    reward: int


@dataclass
class Told:
    """What clients were told, by order and by source, and what they had to say themselves."""

    redeemed: dict = field(default_factory=dict)
    settled: dict = field(default_factory=dict)
    earned: dict = field(default_factory=dict)
    delivered: set = field(default_factory=set)
    counts: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)

    def __ior__(self, other):
        self.redeemed |= other.redeemed
        self.settled |= other.settled
        self.earned |= other.earned
        self.delivered |= other.delivered
        self.counts += other.counts
        self.wrong += other.wrong
        return self
