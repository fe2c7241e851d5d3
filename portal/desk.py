"""The desk: what waits for the reader's decision, from all packages, the most overdue first."""

from django.db.models import IntegerField, Subquery

from events import desk as events
from portal import decisions
from portal.models import User
from stations import desk as stations
from stations.queues import Queue
from volunteers import desk as volunteers

QUEUES: dict[str, Queue] = {
    queue.key: queue
    for queue in (*stations.awaiting_review(), *volunteers.awaiting_review(), *events.awaiting_review())
}
MANY = 100  # more are not counted one by one: the menu says 99+


class Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


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
