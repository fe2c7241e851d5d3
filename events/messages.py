"""The outbox: messages are rows first, so a dead broker or mail server delays and loses nothing."""

import logging
from datetime import timedelta
from time import monotonic

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events import channels
from events.models import Message
from stations.prepared import insert

logger = logging.getLogger(__name__)
GIVE_UP_AFTER = 5
NUDGES_APART = 1  # second: a worker that looks finds all that was written meanwhile
LOST_AFTER = timedelta(minutes=10)
State = Message.State


def write(address, *, key: str, **letter) -> bool:
    """Put a message in the outbox; False when the same occasion (`key`) has one already.

    Write it in the transaction of what it reports.
    """
    _message, is_new = Message.objects.get_or_create(key=key, defaults=as_row(address, **letter))
    if is_new:
        transaction.on_commit(nudge, robust=True)
    return is_new


def write_first(address, *, key: str, **letter) -> None:
    """As `write`, of an occasion that is made in this transaction: nobody can have written of it yet.

    One question instead of four; were the key there, the database would refuse the whole transaction.
    """
    insert(Message(key=key, **as_row(address, **letter)))
    transaction.on_commit(nudge, robust=True)


def as_row(address, *, subject: str, body: str, person=None, due_at=None) -> dict:
    return {
        "person": person,
        "channel": Message.Channel.EMAIL if "@" in address else Message.Channel.SMS,
        "address": address,
        "subject": " ".join(subject.split())[:120],
        "body": body,
        "due_at": due_at or timezone.now(),
    }


nudged_until = 0.0  # by the clock of this process


def nudge():
    """Ask a worker to look, at once but at most once a second; without it, beat's next round finds the row.

    A question that is still to come covers what is written until then, so that nothing waits for beat.
    """
    global nudged_until
    now = monotonic()
    if now < nudged_until:
        return
    begin = max(now, nudged_until + NUDGES_APART)
    current_app.send_task("events.tasks.send_due_messages", countdown=begin - now)
    nudged_until = begin


def cancel(key: str) -> bool:
    """Silence a message that has become untrue, unless it is on its way already."""
    return bool(Message.objects.filter(key=key, state=State.WAITING).update(state=State.CANCELLED))


def send_due(limit: int = 500) -> int:
    """Send what is due, each message claimed by one worker only; how many went out.

    What was claimed and never settled (a worker died between) becomes uncertain
    and is never sent again blindly.
    """
    now = timezone.now()
    lost = Message.objects.filter(state=State.SENDING, claimed_at__lt=now - LOST_AFTER)
    lost.update(state=State.UNCERTAIN)
    due = Message.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at")
    return sum(send(pk) for pk in due.values_list("pk", flat=True)[:limit])


def send(pk: int) -> bool:
    row = Message.objects.filter(pk=pk)
    claimed = row.filter(state=State.WAITING).update(
        state=State.SENDING, claimed_at=timezone.now(), tries=F("tries") + 1
    )
    if not claimed:
        return False
    message = row.get()
    try:
        channels.deliver(message)
    except channels.Undelivered as problem:
        settle_failure(message, problem)
        return False
    row.update(state=State.SENT, sent_at=timezone.now(), error="")
    return True


def settle_failure(message, problem) -> None:
    """Wait longer after each failure; after five give up, visibly."""
    logger.info("message %s not delivered: %s", message.pk, problem)
    gives_up = message.tries >= GIVE_UP_AFTER
    Message.objects.filter(pk=message.pk).update(
        state=State.FAILED if gives_up else State.WAITING,
        due_at=timezone.now() + timedelta(minutes=2**message.tries),
        error=str(problem)[:200],
    )
