"""After a test whose transactions are real, only the tables that have rows are emptied.

Django truncates all of them and makes content types and permissions anew: seconds instead of milliseconds,
and on SQLite the triggers of what is append-only would refuse it.
"""

from contextlib import contextmanager
from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
MADE_BY_MIGRATIONS = {"events_earningrule": "starts_on = '2020-01-01'"}


def set_up():
    TransactionTestCase._fixture_teardown = empty


def empty(test_case):
    with transaction.atomic(), connection.cursor() as cursor, without_triggers(cursor):
        for name in filled(cursor):
            cursor.execute(f'DELETE FROM "{name}" WHERE NOT ({MADE_BY_MIGRATIONS.get(name, "false")})')


def filled(cursor):
    for name in tables():
        cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')
        if cursor.fetchone()[0]:
            yield name


@cache
def tables():
    return sorted(set(connection.introspection.table_names()) - KEPT)


@contextmanager
def without_triggers(cursor):
    """Nor, on PostgreSQL, the order of foreign keys; whoever makes test databases there is a superuser."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in triggers:
        cursor.execute(sql)
