"""What waits for somebody's decision: each package offers its own queues, the desk puts them together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from stations import reach
from stations.holidays import Workdays
from stations.refusals import Refusal, first_refusal


@dataclass(frozen=True)
class Choice:
    """One way to decide: `verb(row, by=…, reason=…)` does it, its checks say beforehand why not."""

    key: str
    label: str
    verb: Callable
    shortcut: str  # the key on a keyboard
    then: str  # one sentence: what will happen
    checks: tuple[Callable, ...] = ()  # check(row, reason)
    persons: tuple[Callable, ...] = ()  # check(row, person): whether it is theirs to decide
    is_good: bool = True
    reasons: tuple[str, ...] = ()  # sentences that are often needed, in words for the person concerned

    @property
    def offers(self) -> dict[str, str]:
        """The sentences by what a form calls them, which is the same in every language."""
        return {f"{self.key}-{number}": sentence for number, sentence in enumerate(self.reasons)}

    def not_theirs(self, row, person) -> Refusal | None:
        """Why this person may not decide the row like this, whatever their reason."""
        return first_refusal(self.persons, row, person)

    def why_not(self, row, reason: str) -> Refusal | None:
        return first_refusal(self.checks, row, reason)


@dataclass(frozen=True)
class About:
    """All that is needed to decide: facts as (label, value), lines about the person, similar items.

    `picture` is the address of a picture or document; `similar` are (words, address) pairs.
    """

    title: str
    facts: list[tuple[str, str]]
    picture: str = ""
    is_document: bool = False  # a file to open rather than a picture to look at
    person: list[str] = field(default_factory=list)
    similar: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Queue:
    key: str
    name: str
    model: type[Model]
    waiting: Callable[[], QuerySet]  # the rows that wait, with what `str` and `about` need
    since: str  # the path to the moment since which a row waits
    within: timedelta | Workdays  # after which it is overdue
    choices: tuple[Choice, ...]
    about: Callable[[Model], About]
    rule: str  # what is looked at, and where that is written
    station: str | None = "station"
    organisation: str | None = None
    roles: frozenset = reach.AT_THE_COUNTER

    def rows(self, reached) -> QuerySet:
        """What waits and may be decided by whoever reaches this."""
        return reached.limit(self.waiting(), self.roles, station=self.station, organisation=self.organisation)

    def choice(self, key) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)

    def waits_since(self, row):
        """The moment since which a row waits."""
        value = row
        for step in self.since.split("__"):
            value = getattr(value, step)
        return value


def moment(value) -> str:
    """A moment as the desk says it."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def address(key: str, pk: int) -> str:
    """Where an item is decided."""
    return reverse("admin:desk_item", args=[key, pk])
