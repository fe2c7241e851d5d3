"""Decisions at the desk: given with one tap, held for ten seconds, undone or carried out once."""

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.models import Decision
from stations import history
from stations.queues import Choice, Queue
from stations.reach import Reach
from stations.refusals import Refusal

logger = logging.getLogger(__name__)
AT_ONCE = 500
DAY = timedelta(days=1)
State = Decision.State


@dataclass(frozen=True)
class Preview:
    """What a decision on many items will do: the rows it holds for; name and reason of the others."""

    rows: list
    refused: list[tuple[str, str]]


def waiting(queue: Queue, reached: Reach):
    """What waits in the queue and nobody has decided in the last ten seconds."""
    held = Decision.objects.filter(queue=queue.key, state=State.HELD)
    return queue.rows(reached).exclude(pk__in=held.values("object_id"))


def preview(queue: Queue, choice: Choice, pks, *, by, reached: Reach, reason: str) -> Preview:
    """Which of the items (ids) the decision is possible for. More than `AT_ONCE` are refused altogether."""
    pks = list(dict.fromkeys(pks))
    if len(pks) > AT_ONCE:
        raise Refusal(
            "too_many",
            _("You have chosen %(n)d. Please decide at most %(limit)d at a time.")
            % {"n": len(pks), "limit": AT_ONCE},
        )
    found = {row.pk: row for row in waiting(queue, reached).filter(pk__in=pks)}
    rows, refused = [], gone(queue, [pk for pk in pks if pk not in found], reached)
    for row in found.values():
        refusal = choice.not_theirs(row, by) or choice.why_not(row, reason)
        if refusal:
            refused.append((str(row), str(refusal)))
        else:
            rows.append(row)
    return Preview(rows, refused)


def gone(queue: Queue, pks, reached: Reach) -> list[tuple[str, str]]:
    """Name and sentence of items (ids) that do not wait any more; nothing about what is out of reach."""
    last = {decision.object_id: decision for decision in reversed(standing_on(queue, pks, reached))}
    unknown = _("This is not waiting here any more.")
    return [
        (last[pk].name, decided_before(last[pk])) if pk in last else (_("Number %(n)d") % {"n": pk}, unknown)
        for pk in pks
    ]


def standing_on(queue: Queue, pks, reached: Reach) -> list[Decision]:
    """The decisions on items that stand, the newest first."""
    if not pks:
        return []
    standing = Decision.objects.filter(queue=queue.key, object_id__in=pks, state__in=[State.HELD, State.DONE])
    return list(
        reached.limit(
            standing.select_related("by"), queue.roles, station="station", organisation="organisation"
        )
    )


def decided_before(decision: Decision) -> str:
    return _("%(who)s has decided this already, on %(when)s.") % {
        "who": decision.by,
        "when": f"{timezone.localtime(decision.decided_at):%Y-%m-%d %H:%M}",
    }


def decide(queue: Queue, choice: Choice, pks, *, by, reached: Reach, reason="") -> tuple[uuid.UUID, Preview]:
    """Hold a decision on each item (ids) that it is possible for; the batch to undo it by, and what it holds.

    Two people on one item: the row of the first wins, and the second is told.
    """
    reason, batch = reason.strip()[:200], uuid.uuid4()
    found = preview(queue, choice, pks, by=by, reached=reached, reason=reason)
    now = timezone.now()
    Decision.objects.bulk_create(
        (held(queue, choice, row, by=by, reason=reason, batch=batch, now=now) for row in found.rows),
        ignore_conflicts=True,
    )
    won = set(Decision.objects.filter(batch=batch).values_list("object_id", flat=True))
    lost = gone(queue, [row.pk for row in found.rows if row.pk not in won], reached)
    return batch, Preview([row for row in found.rows if row.pk in won], found.refused + lost)


def held(queue, choice, row, *, by, reason, batch, now) -> Decision:
    station, organisation = history.place(row)
    return Decision(
        queue=queue.key,
        object_id=row.pk,
        name=str(row)[:200],
        choice=choice.key,
        reason=reason,
        by=by,
        batch=batch,
        decided_at=now,
        due_at=now + Decision.UNDO,
        station=station,
        organisation=organisation,
    )


def undo(batch, *, by) -> int:
    """Take one's own decisions back while they are held; how many. Too late is refused in words."""
    mine = Decision.objects.filter(batch=batch, by=by)
    undone = mine.filter(state=State.HELD, due_at__gt=timezone.now()).update(state=State.UNDONE)
    if not undone and mine.filter(state=State.UNDONE).exists():
        raise Refusal("undone", _("You have undone this already. It waits again."))
    if not undone:
        raise Refusal("too_late", _("The ten seconds are over, and the decision is in effect."))
    return undone


def carry_out(decision: Decision, queue: Queue) -> bool:
    """Do what was decided, once. False where somebody else does it, or it is not possible any more."""
    with transaction.atomic(), translation.override(decision.by.language):
        due = Decision.objects.filter(pk=decision.pk, state=State.HELD, due_at__lte=timezone.now())
        if not due.update(state=State.DONE):
            return False
        sentence = try_to(decision, queue)
        if sentence:
            Decision.objects.filter(pk=decision.pk).update(state=State.REFUSED, outcome=sentence[:200])
    return not sentence


def try_to(decision, queue) -> str:
    """Call the verb; what stood in the way, in words, or nothing."""
    try:
        with transaction.atomic():
            row = queue.model._base_manager.filter(pk=decision.object_id).first()
            if row is None:
                return _("This is not there any more. Nothing has changed.")
            queue.choice(decision.choice).verb(row, by=decision.by, reason=decision.reason)
    except Refusal as refusal:
        return str(refusal)
    except Exception:
        logger.exception("decision %s could not be carried out", decision.pk)
        return _("Something went wrong on our side. The item waits again; please decide it once more.")
    return ""


def carry_out_due(queues: dict[str, Queue]) -> int:
    """Carry out what has been held long enough; how many."""
    due = Decision.objects.filter(
        queue__in=queues, state=State.HELD, due_at__lte=timezone.now()
    ).select_related("by")
    return sum(carry_out(decision, queues[decision.queue]) for decision in due.order_by("due_at", "pk"))


def of_late(person):
    """The person's decisions that can still be undone, and those of the last day that came to nothing."""
    now = timezone.now()
    return Decision.objects.filter(
        Q(state=State.HELD, due_at__gt=now) | Q(state=State.REFUSED), by=person, decided_at__gt=now - DAY
    )
