"""What each client does, operation by operation, by the seed alone: so a run can be replayed."""

import os
from dataclasses import dataclass
from random import Random

MIX = {  # per cent
    "redeem": 40,
    "repeat": 12,
    "other_body": 6,
    "hand_over": 10,
    "reverse": 12,
    "earn": 10,
    "deliver": 4,
    "pin": 6,
}
REWARDS = 5
HOT, HOT_SHARE = 0, 0.6  # the reward that everybody wants
EVERYTHING_EARNED = 100  # points that a source gives at most
LOOKS = 50  # for an earlier operation of a kind


@dataclass(frozen=True)
class Run:
    """How large a run is, and how its clients behave.

    `losing` is the share of operations whose answer gets lost on its way back, so that they are sent again.
    `habit` is "careful" (the same key again), or a mistake that a control makes on purpose, with one client:
    "fresh_key", "before_commit".
    """

    operations: int = 10_000
    stops: int = 2
    seed: int = 1
    clients: int = 32
    processes: int = min(max(os.cpu_count() or 2, 2), 8)
    losing: float = 0.01
    habit: str = "careful"

    @property
    def accounts(self):
        return max(self.operations // 3, 20)

    @property
    def cards(self):
        return max(self.accounts // 50, 5)

    def share(self, client):
        """How many operations are this client's."""
        return len(range(client, self.operations, self.clients))


@dataclass(frozen=True)
class Operation:
    kind: str
    key: str
    account: int
    reward: int
    amount: int
    loses_answer: bool = False

    @property
    def other_reward(self):
        return (self.reward + 1) % REWARDS


def operations(run: Run, client: int):
    return (operation(run, client, number) for number in range(run.share(client)))


def operation(run, client, number) -> Operation:
    """An operation on what went before it (`repeat`, `reverse` …) has the key and the body of that one."""
    dice = dice_of(run, client, number)
    kind = first_throw(dice)
    if kind in ("repeat", "other_body"):
        subject = earlier(run, dice, "redeem", client, number)
    elif kind in ("hand_over", "reverse"):
        subject = earlier(run, dice, "redeem", dice.randrange(run.clients), number)
    elif kind == "earn" and dice.random() < 0.4:
        subject = earlier(run, dice, "earn", client, number)
    else:
        subject = new(run, dice, kind, client, number)
    return Operation(**{**vars(subject), "kind": kind, "loses_answer": dice.random() < run.losing})


def new(run, dice, kind, client, number):
    hot = dice.random() < HOT_SHARE
    return Operation(
        kind=kind,
        key=f"{run.seed}-{client}-{number}",
        account=dice.randrange(run.cards if kind == "pin" else run.accounts),
        reward=HOT if hot else dice.randrange(REWARDS),
        amount=dice.randrange(1, EVERYTHING_EARNED),
    )


def earlier(run, dice, kind, client, number):
    """An operation of that kind before `number`; one that nobody has sent where there is none."""
    for _n in range(min(number, LOOKS)):
        before = dice.randrange(number)
        if first_throw(dice_of(run, client, before)) == kind:
            return operation(run, client, before)
    return new(run, dice, kind, client, number)


def dice_of(run, client, number):
    return Random(f"{run.seed} {client} {number}")


def first_throw(dice):
    return dice.choices(list(MIX), MIX.values())[0]
