"""Counting the books again: every balance from its entries, every stock from its movements.

The database keeps them in step by itself. After a backup was restored, or something mended by hand, this
shows whether it still holds.
"""

from collections.abc import Iterator

from django.db import connection

BATCH = 100_000  # accounts at a time, so that there is progress to show

# Each gives one row for every drift: what it is, its number, what the books say, what was counted.
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
UNION ALL
SELECT 'redemption, its goods', r.id, CASE WHEN r.status = 'reversed' THEN 0 ELSE -1 END,
  coalesce(sum(m.pieces), 0)
FROM events_redemption r LEFT JOIN events_stockmovement m ON m.redemption_id = r.id
WHERE r.id > %s AND r.id <= %s GROUP BY r.id, r.status
HAVING coalesce(sum(m.pieces), 0) <> CASE WHEN r.status = 'reversed' THEN 0 ELSE -1 END
""",
}
TABLES = {"account": "events_pointsaccount", "stock": "events_stock", "redemption": "events_redemption"}
SENTENCE = "{} {}: the books say {}, counted {}"


def drifts(say=lambda words: None) -> Iterator[str]:
    """A sentence for each drift; `say` hears how far the counting is."""
    for name, question in QUESTIONS.items():
        last = highest(TABLES[name])
        for begin in range(0, last, BATCH):
            end = begin + BATCH
            with connection.cursor() as cursor:
                cursor.execute(question, [begin, end] * (question.count("%s") // 2))
                for row in cursor.fetchall():
                    yield SENTENCE.format(*row)
            say(f"{name}s: {min(end, last):,} of {last:,}")
    yield from strays()


def highest(table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return cursor.fetchone()[0]


def strays() -> Iterator[str]:
    """Lines that name a redemption which is not there."""
    with connection.cursor() as cursor:
        cursor.execute("""
SELECT key, points FROM events_pointsentry e WHERE kind = 'redeem' AND NOT EXISTS (
  SELECT 1 FROM events_redemption r WHERE e.key = 'redeem:' || r.id)
""")
        for key, points in cursor.fetchall():
            yield f"points entry {key}: {points} points without a redemption"
