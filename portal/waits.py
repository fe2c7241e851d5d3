"""What waits at the desk and how old it is: a chart of all queues of the reader."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import decisions, desk
from portal.drawings import Cell, Chart, Row, lines

DAY = timedelta(days=1)
# How long something waits, from and to. The bars have their names.
AGES = {
    "day": (gettext_lazy("Up to a day"), timedelta(0), DAY),
    "days": (gettext_lazy("Up to three days"), DAY, 3 * DAY),
    "older": (gettext_lazy("Longer"), 3 * DAY, timedelta(days=36500)),
}


def of_age(rows: QuerySet, queue, age: str) -> QuerySet:
    """Of what waits in a queue that of one age; everything where none is asked for."""
    return rows.filter(within(queue, age, timezone.now())) if age in AGES else rows


def within(queue, age: str, now) -> Q:
    youngest, oldest = AGES[age][1:]
    return Q(**{f"{queue.since}__lte": now - youngest, f"{queue.since}__gt": now - oldest})


def charts(counted_at, counted: dict[str, Counter]) -> list[Chart]:
    """One chart of `counts`, or none for whoever decides nothing."""
    rows = [
        Row(str(desk.QUEUES[key].name), [cell(desk.QUEUES[key], age, numbers[age]) for age in AGES])
        for key, numbers in counted.items()
    ]
    return [chart(rows, counted_at)] if rows else []


def counts(reached) -> dict[str, Counter]:
    """How much waits by queue and age, in one question however many queues there are."""
    queues = desk.mine(reached)
    counted = {queue.key: Counter() for queue in queues}
    if queues:
        first, *others = (by_age(queue, reached) for queue in queues)
        for key, *numbers in first.union(*others, all=True):
            counted[key].update(dict(zip(AGES, numbers, strict=True)))
    return counted


def by_age(queue, reached) -> QuerySet:
    """(key, a number for each age), or no row where nothing waits."""
    now = timezone.now()
    numbers = {age: Count("pk", within(queue, age, now)) for age in AGES}
    return decisions.waiting(queue, reached).order_by().values_list(Value(queue.key)).annotate(**numbers)


def cell(queue, age, count) -> Cell:
    return Cell(count, f"{count:,}", f"{reverse('admin:desk_queue', args=[queue.key])}?age={age}")


def chart(rows, counted_at) -> Chart:
    total, longer = sum(row.value for row in rows), sum(row.cells[-1].value for row in rows)
    words = {"total": f"{total:,}", "longer": f"{longer:,}"}
    sentence = ngettext(
        "%(total)s item waits, of these for more than three days: %(longer)s.",
        "%(total)s items wait, of these for more than three days: %(longer)s.",
        total,
    )
    return Chart(
        key="waiting",
        title=_("What waits, and for how long"),
        summary=sentence % words if total else _("Nothing waits for you. Thank you."),
        head=[_("Queue"), *(str(name) for name, *_span in AGES.values())],
        rows=rows if total else [],
        drawing=lines(rows, list(AGES)),
        counted_at=counted_at,
        legend=[(age, str(name)) for age, (name, *_span) in AGES.items()],
    )
