"""What waits at the desk and how old it is: a chart of all queues of the reader."""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import decisions, desk
from portal.drawings import Cell, Chart, Row, lines
from portal.models import User

DAY = timedelta(days=1)
# How long something waits, from and to. The bars have their names.
AGES = {
    "day": (gettext_lazy("Up to a day"), timedelta(0), DAY),
    "days": (gettext_lazy("Up to three days"), DAY, 3 * DAY),
    "older": (gettext_lazy("Longer"), 3 * DAY, timedelta(days=36500)),
}
MOST = 10_000  # more are not counted one by one


def of_age(rows: QuerySet, queue, age: str) -> QuerySet:
    """Of what waits in a queue that of one age; everything where none is asked for."""
    if age not in AGES:
        return rows
    youngest, oldest = AGES[age][1:]
    now = timezone.now()
    return rows.filter(**{f"{queue.since}__lte": now - youngest, f"{queue.since}__gt": now - oldest})


def charts(reached) -> list[Chart]:
    """One chart, or none for whoever decides nothing."""
    queues, counted = desk.mine(reached), counts(reached)
    rows = [
        Row(str(queue.name), [cell(queue, age, counted[f"{queue.key}_{age}"]) for age in AGES])
        for queue in queues
    ]
    return [chart(rows)] if rows else []


def counts(reached) -> dict[str, int]:
    """How much waits in each queue by age, in one question however many queues there are."""
    counted = {
        f"{queue.key}_{age}": desk.Counted(
            of_age(decisions.waiting(queue, reached), queue, age).order_by().values("pk")[:MOST]
        )
        for queue in desk.mine(reached)
        for age in AGES
    }
    # Any one row would do to hang the numbers on.
    return User.objects.values(**counted)[:1].get() if counted else {}


def cell(queue, age, count) -> Cell:
    text = f"{count:,}" if count < MOST else _("%(n)s or more") % {"n": f"{MOST:,}"}
    return Cell(count, text, f"{reverse('admin:desk_queue', args=[queue.key])}?age={age}")


def chart(rows) -> Chart:
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
        counted_at=timezone.now(),
        legend=[(age, str(name)) for age, (name, *_span) in AGES.items()],
    )
