"""Many at once: threads with database sessions of their own, let go together.

Every race has a control that leaves the guard out: each thread looks, all wait until
everybody has looked, then each writes. If that does not go wrong, the race proves nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import connection

PATIENCE = 10  # seconds, for what ought to take none
SESSIONS = 20  # of PostgreSQL, shared by the threads; xdist's processes have as many each
WAIT = 120  # seconds for one of them, when a thousand want it on a busy machine


@pytest.fixture
def many_sessions(transactional_db):
    """The pool as large as a race needs; the site's own is smaller."""
    options = connection.settings_dict["OPTIONS"]
    before = options.get("pool")
    reopen(options, {"min_size": 4, "max_size": SESSIONS, "timeout": WAIT})
    yield
    reopen(options, before)


def reopen(options, pool):
    connection.close()
    connection.close_pool()
    options["pool"] = pool


def at_once(*jobs):
    """What each job answered, or the exception that it raised, in the order of the jobs."""
    start = Barrier(len(jobs))

    def run(job):
        start.wait(PATIENCE)
        try:
            return job()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def everybody(count):
    """To be called between looking and writing: goes on when `count` threads have looked."""
    looked = Barrier(count)

    def has_looked():
        connection.close()  # the next thread wants the session
        looked.wait(PATIENCE)

    return has_looked


@contextmanager
def without_guard(table, name):
    """For controls: the table without one of its constraints, unique indexes or triggers; then emptied."""
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS, [name] * 3)
        [[drop, restore]] = cursor.fetchall()
        cursor.execute(drop.format(table=table, name=name))
        try:
            yield
        finally:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(restore.format(table=table, name=name))


DEFINITIONS = """
SELECT 'ALTER TABLE {table} DROP CONSTRAINT {name}',
  'ALTER TABLE {table} ADD CONSTRAINT {name} ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conname = %s
UNION ALL SELECT 'DROP INDEX {name}', indexdef FROM pg_indexes
WHERE indexname = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)
UNION ALL SELECT 'DROP TRIGGER {name} ON {table}', pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s
"""
