"""The public table of a quarter: counted once, under nicknames, and for all others as one sum a station.

A card stands at the station that issued it; who has none, where the points were earned or redeemed.
"""

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import QuarterLine
from stations import search
from stations.hours import midnight
from stations.refusals import Refusal

# What was reversed is not spent, and what a complaint took back not earned.
PUBLISH = """
INSERT INTO events_quarterline
  (year, quarter, station_id, worker_pass_id, nickname, people, earned, spent)
WITH moved AS (
  SELECT account_id, station_id, points AS earned, 0 AS spent FROM events_pointsentry
  WHERE counterpart = 'issued' AND created_at >= %s AND created_at < %s
  UNION ALL
  SELECT account_id, station_id, 0, points FROM events_redemption
  WHERE status <> 'reversed' AND date >= %s AND date < %s
), persons AS (
  SELECT coalesce(c.station_id, m.station_id) AS station_id,
    CASE WHEN c.is_in_table THEN c.id END AS worker_pass_id,
    CASE WHEN c.is_in_table THEN c.nickname ELSE '' END AS nickname,
    sum(m.earned) AS earned, sum(m.spent) AS spent
  FROM moved m LEFT JOIN events_workerpass c ON c.account_id = m.account_id
  GROUP BY m.account_id, 1, 2, 3
)
SELECT %s, %s, p.station_id, p.worker_pass_id, p.nickname, count(*),
  sum(CASE WHEN p.earned > 0 THEN p.earned ELSE 0 END), sum(p.spent)
FROM persons p JOIN stations_station s ON s.id = p.station_id
GROUP BY s.code, p.station_id, p.worker_pass_id, p.nickname
ORDER BY s.code, CASE WHEN p.worker_pass_id IS NULL THEN 1 ELSE 0 END, 7 DESC, p.worker_pass_id
ON CONFLICT DO NOTHING
"""


def last_finished(today: date) -> tuple[int, int]:
    day = first_day(today.year, (today.month + 2) // 3) - timedelta(days=1)
    return day.year, day.month // 3


def first_day(year: int, quarter: int) -> date:
    return date(year + quarter // 5, (quarter - 1) % 4 * 3 + 1, 1)


@transaction.atomic
def publish(year: int, quarter: int) -> int:
    """Count a quarter that is over, once; how many lines that made. What is published stays as it is."""
    begin, end = first_day(year, quarter), first_day(year, quarter + 1)
    if end > timezone.localdate():
        raise Refusal(
            "not_over", _("This quarter is not over yet. It is published on %(day)s.") % {"day": end}
        )
    if QuarterLine.objects.filter(year=year, quarter=quarter).exists():
        return 0
    moments = [connection.ops.adapt_datetimefield_value(midnight(day)) for day in (begin, end)]
    days = [connection.ops.adapt_datefield_value(day) for day in (begin, end)]
    with connection.cursor() as cursor:
        # Where somebody else counts at this moment, one of the two waits and then adds nothing.
        cursor.execute(PUBLISH, [*moments, *days, year, quarter])
        return cursor.rowcount


# Reading


def published() -> list[tuple[int, int]]:
    """From the newest quarter to the oldest."""
    quarters = QuarterLine.objects.values_list("year", "quarter")
    newest, oldest = (
        quarters.order_by(*order).first() for order in (["-year", "-quarter"], ["year", "quarter"])
    )
    if newest is None:
        return []
    numbers = range(number_of(*newest), number_of(*oldest) - 1, -1)
    return [(n // 4, n % 4 + 1) for n in numbers]


def number_of(year, quarter):
    return year * 4 + quarter - 1


def asked(text: str, published) -> tuple[int, int] | None:
    """`2026-3` if it is there, otherwise the newest."""
    chosen = {f"{year}-{quarter}": (year, quarter) for year, quarter in published}
    return chosen.get(text) or next(iter(published), None)


def lines(chosen, words=""):
    """Station by station; only of those who still agree. `words` name a station, or are its code."""
    year, quarter = chosen
    rows = QuarterLine.objects.filter(year=year, quarter=quarter)
    rows = rows.filter(Q(worker_pass=None) | Q(worker_pass__is_in_table=True))
    if words:
        rows = rows.filter(search.matches(["station__search"], words))
    return rows.select_related("station").order_by("pk")
