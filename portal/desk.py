"""The desk: what waits for the reader's decision, from all packages, the most overdue first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import IntegerField, Model, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from events import desk as events
from portal import decisions
from portal.models import Decision, User
from stations import desk as stations
from stations import history, reach
from stations.queues import Queue
from stations.reach import Reach
from volunteers import desk as volunteers

QUEUES: dict[str, Queue] = {
    queue.key: queue
    for queue in (*stations.awaiting_review(), *volunteers.awaiting_review(), *events.awaiting_review())
}
MANY = 100  # more are not counted one by one: the menu says 99+
OF_EACH = 10  # of each queue on the first page,
SHOWN = 20  # and of all together
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Item:
    """Something that waits: in which queue, where, and since when."""

    queue: Queue
    row: Model
    now: datetime

    @cached_property
    def since(self) -> datetime:
        return self.queue.waits_since(self.row)

    @property
    def due(self) -> datetime:
        return self.since + self.queue.within

    @property
    def is_overdue(self) -> bool:
        return self.due < self.now

    @property
    def age(self) -> str:
        return in_words(self.now - self.since)

    @property
    def overdue(self) -> str:
        return in_words(self.now - self.due)

    @property
    def place(self):
        """The station, or for what belongs to none the organisation."""
        station, organisation = history.place(self.row)
        return station or organisation


@dataclass(frozen=True)
class Late:
    """A decision of the reader that is held, or that came to nothing; of many at once the first."""

    decision: Decision
    count: int
    now: datetime

    @property
    def queue(self) -> Queue | None:
        return QUEUES.get(self.decision.queue)

    @property
    def choice(self) -> str:
        choice = self.queue and self.queue.choice(self.decision.choice)
        return choice.label if choice else self.decision.choice

    @property
    def seconds(self) -> int:
        return max(1, int((self.decision.due_at - self.now).total_seconds()))


def in_words(span: timedelta) -> str:
    """How long, as one says it: minutes in the first hour, hours on the first day, then days."""
    if span >= DAY:
        return ngettext("%(n)d day", "%(n)d days", span // DAY) % {"n": span // DAY}
    if span >= HOUR:
        return ngettext("%(n)d hour", "%(n)d hours", span // HOUR) % {"n": span // HOUR}
    minutes = max(1, span // timedelta(minutes=1))
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def mine(reached) -> list[Queue]:
    """The queues in which the reader may decide."""
    return [queue for queue in QUEUES.values() if reached.may(queue.roles)]


def counts(person, reached) -> dict[str, int]:
    """How much waits in each queue, up to `MANY`, in one question however many queues there are."""
    counted = {
        queue.key: Counted(decisions.waiting(queue, reached).order_by().values("pk")[:MANY])
        for queue in mine(reached)
    }
    return User.objects.values(**counted).get(pk=person.pk) if counted else {}


def counts_of(request) -> dict[str, int]:
    """The same, asked once a request: the menu and the page both show it."""
    if not hasattr(request, "desk_counts"):
        request.desk_counts = counts(request.user, reach.of_request(request))
    return request.desk_counts


def count_in_words(count: int) -> str:
    return str(count) if count < MANY else f"{MANY - 1}+"


def in_order(queue: Queue, reached: Reach) -> QuerySet:
    """What waits in the queue, the oldest first."""
    return decisions.waiting(queue, reached).order_by(queue.since, "pk")


def first_items(reached: Reach, counted: dict[str, int]) -> list[Item]:
    """What is due first, of all queues of the reader together."""
    now = timezone.now()
    items = [
        Item(queue, row, now)
        for queue in mine(reached)
        if counted[queue.key]
        for row in in_order(queue, reached)[:OF_EACH]
    ]
    return sorted(items, key=lambda item: item.due)[:SHOWN]


def after(queue: Queue, reached: Reach, row: Model) -> Model | None:
    """The item that follows in age; behind the last one the first."""
    since = queue.waits_since(row)
    others = in_order(queue, reached).exclude(pk=row.pk)
    later = Q(**{f"{queue.since}__gt": since}) | Q(**{queue.since: since, "pk__gt": row.pk})
    return others.filter(later).first() or others.first()


def before(queue: Queue, reached: Reach, row: Model) -> Model | None:
    """The item before it in age, if any."""
    since = queue.waits_since(row)
    earlier = Q(**{f"{queue.since}__lt": since}) | Q(**{queue.since: since, "pk__lt": row.pk})
    rows = decisions.waiting(queue, reached).filter(earlier)
    return rows.order_by(f"-{queue.since}", "-pk").first()


def of_late(person) -> dict[str, list[Late]]:
    """Decisions that can still be undone, a line for each batch, and those that came to nothing."""
    now, held, refused = timezone.now(), {}, []
    for decision in decisions.of_late(person):
        if decision.state == Decision.State.HELD:
            held.setdefault(decision.batch, []).append(decision)
        else:
            refused.append(Late(decision, 1, now))
    return {"held": [Late(many[0], len(many), now) for many in held.values()], "refused": refused}
