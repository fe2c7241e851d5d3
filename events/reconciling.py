"""Counting the books again: every balance from its entries, every stock from its movements.

The database keeps them in step by itself. After a backup was restored, or something mended by hand, this
shows whether it still holds.
"""

from collections.abc import Iterator

from django.db import connection

BATCH = 100_000  # rows at a time, so that there is progress to show

# Each gives one row for every drift: what it is, its number, what the books say, what was counted.
# Each is one statement and so sees one moment: a redemption is there with all its lines or not at all.
QUESTIONS = {
    "account": """
SELECT 'points account', a.id, a.balance, coalesce(sum(e.points), 0)
FROM events_pointsaccount a LEFT JOIN events_pointsentry e ON e.account_id = a.id
WHERE a.id > %s AND a.id <= %s GROUP BY a.id, a.balance HAVING a.balance <> coalesce(sum(e.points), 0)
""",
    "stock": """
SELECT 'stock', s.id, s."left", coalesce(sum(m.pieces), 0)
FROM events_stock s LEFT JOIN events_stockmovement m ON m.stock_id = s.id
WHERE s.id > %s AND s.id <= %s GROUP BY s.id, s."left" HAVING s."left" <> coalesce(sum(m.pieces), 0)
""",
    "redemption": """
SELECT 'redemption, its points', r.id, CASE WHEN r.status = 'reversed' THEN 0 ELSE -r.points END,
  coalesce(taken.points, 0) + coalesce(given.points, 0)
FROM events_redemption r
LEFT JOIN events_pointsentry taken ON taken.key = 'redeem:' || r.id AND taken.account_id = r.account_id
LEFT JOIN events_pointsentry given ON given.key = 'reverse:redeem:' || r.id
  AND given.account_id = r.account_id
WHERE r.id > %s AND r.id <= %s AND (taken.id IS NULL OR taken.points <> -r.points
  OR coalesce(given.points, 0) <> CASE WHEN r.status = 'reversed' THEN r.points ELSE 0 END)
""",
    "redemption of goods": """
SELECT 'redemption, its goods', r.id, CASE WHEN r.status = 'reversed' THEN 0 ELSE -1 END,
  coalesce(sum(m.pieces), 0)
FROM events_redemption r
LEFT JOIN events_stock s ON s.station_id = r.station_id AND s.reward_id = r.reward_id
LEFT JOIN events_stockmovement m ON m.redemption_id = r.id AND m.stock_id = s.id
WHERE r.id > %s AND r.id <= %s GROUP BY r.id, r.status
HAVING coalesce(sum(m.pieces), 0) <> CASE WHEN r.status = 'reversed' THEN 0 ELSE -1 END
  OR count(m.id) <> CASE WHEN r.status = 'reversed' THEN 2 ELSE 1 END
""",
    "decision": """
SELECT 'points decision', d.id, CASE WHEN d.state = 'approved' THEN d.points ELSE 0 END, coalesce(e.points, 0)
FROM events_pointsdecision d
LEFT JOIN events_pointsentry e ON e.key = 'decision:' || d.id AND e.account_id = d.account_id
WHERE d.id > %s AND d.id <= %s
  AND coalesce(e.points, 0) <> CASE WHEN d.state = 'approved' THEN d.points ELSE 0 END
""",
    "entry": """
SELECT 'points entry without what it names', e.id, 0, e.points FROM events_pointsentry e
WHERE e.id > %s AND e.id <= %s AND (
  e.counterpart = 'goods' AND NOT EXISTS (
    SELECT 1 FROM events_redemption r WHERE r.account_id = e.account_id
    AND e.key IN ('redeem:' || r.id, 'reverse:redeem:' || r.id))
  OR e.key LIKE 'decision:%%' AND NOT EXISTS (
    SELECT 1 FROM events_pointsdecision d WHERE d.account_id = e.account_id AND e.key = 'decision:' || d.id))
""",
    "movement": """
SELECT 'stock movement of another shelf', m.id, 0, m.pieces FROM events_stockmovement m
JOIN events_redemption r ON r.id = m.redemption_id JOIN events_stock s ON s.id = m.stock_id
WHERE m.id > %s AND m.id <= %s AND (s.station_id <> r.station_id OR s.reward_id <> r.reward_id)
""",
}
TABLES = {
    "account": "events_pointsaccount",
    "stock": "events_stock",
    "redemption": "events_redemption",
    "redemption of goods": "events_redemption",
    "decision": "events_pointsdecision",
    "entry": "events_pointsentry",
    "movement": "events_stockmovement",
}
SENTENCE = "{} {}: the books say {}, counted {}"


def drifts(say=lambda words: None) -> Iterator[str]:
    """A sentence for each drift; `say` hears how far the counting is."""
    for name, table in TABLES.items():
        last = highest(table)
        for begin in range(0, last, BATCH):
            end = begin + BATCH
            with connection.cursor() as cursor:
                cursor.execute(QUESTIONS[name], [begin, end])
                for row in cursor.fetchall():
                    yield SENTENCE.format(*row)
            say(f"{name}: {min(end, last):,} of {last:,}")


def highest(table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return cursor.fetchone()[0]
