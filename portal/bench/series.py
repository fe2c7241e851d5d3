"""One series of shifts at each of many stations: how long eight weeks take, and what a second run writes.

Alone: `./manage.py shell -c "from portal.bench import series; print(*series.figures(), sep='\\n')"`
"""

from datetime import time
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.bench import site
from stations import synthetic
from stations.models import Station
from volunteers import series
from volunteers.models import Series, ServiceKind, Shift
from volunteers.rules import DAYS

MANY = 12_000
WRITES = ("INSERT", "UPDATE", "DELETE")


def figures():
    """(what, limit, value, unit) of the rows of the table."""
    with site.portal() as portal:
        portal.call(fill, MANY)
        seconds, made = portal.call(first_run)
        yield f"{MANY:,} weekly series, {made:,} shifts made", 60, seconds, "s"
        yield "the same once more: writes", 0, portal.call(second_run), ""


def fill(size):
    call_command("migrate", verbosity=0)
    synthetic.make(size)
    Series.objects.bulk_create(
        (
            Series(
                station_id=station,
                kind=ServiceKind.HELPER,
                rule=f"FREQ=WEEKLY;BYDAY={list(DAYS)[n % len(DAYS)]}",
                starts_on=timezone.localdate(),
                starts_at=time(8 + n % 10),
            )
            for n, station in enumerate(Station.objects.order_by("pk").values_list("pk", flat=True))
        ),
        batch_size=1000,
    )


def first_run() -> tuple[float, int]:
    begin = perf_counter()
    series.generate()
    return perf_counter() - begin, Shift.objects.count()


def second_run() -> int:
    with CaptureQueriesContext(connection) as queries:
        series.generate()
    return sum(query["sql"].startswith(WRITES) for query in queries)
