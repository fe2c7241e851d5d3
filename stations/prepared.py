"""Questions and rows of the busiest paths: their SQL is written once instead of at every request.

That writing takes several times as long as the database needs for the answer.
"""

from datetime import date, datetime
from functools import cache, cached_property

from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError


class Slot:
    """Where a value will stand."""

    def __init__(self, number):
        self.number = number


class Prepared:
    """`build` takes as many values as it has parameters and gives a queryset of models.

    What it reads elsewhere, such as a setting or the time, is read once: let that come as a value.
    """

    def __init__(self, build):
        self.build = build

    def __call__(self, *values) -> list:
        """The rows for these values, in a list."""
        sql, slots, read, converters = self.written
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows are locked in a transaction only.")
        with connection.cursor() as cursor:
            values = adapted(values)
            cursor.execute(sql, [values[s.number] if isinstance(s, Slot) else s for s in slots])
            return [read(row) for row in self.compiler.apply_converters(cursor.fetchall(), converters)]

    @cached_property
    def queryset(self):
        count = self.build.__code__.co_argcount
        return self.build(*(RawSQL("%s", [Slot(number)]) for number in range(count)))

    @cached_property
    def locks(self):
        return self.queryset.query.select_for_update and connection.features.has_select_for_update

    @cached_property
    def written(self):
        sql, slots = self.compiler.as_sql()
        converters = self.compiler.get_converters([column for column, *_name in self.compiler.select])
        return sql, slots, self.reader(), converters

    @cached_property
    def compiler(self):
        return self.queryset.query.get_compiler(connection=connection)

    def reader(self):
        """A row as an instance, with what was selected along: as Django's `ModelIterable` does it."""
        select, found = self.compiler.select, self.compiler.klass_info
        first, *_others, last = found["select_fields"]
        names = [column.target.attname for column, *_name in select[first : last + 1]]
        beside = get_related_populators(found, select, connection.alias)
        annotations = self.compiler.annotation_col_map or {}

        def read(row):
            instance = found["model"].from_db(connection.alias, names, row[first : last + 1])
            for populator in beside:
                populator.populate(row, instance)
            for name, position in annotations.items():
                setattr(instance, name, row[position])
            return instance

        return read


def insert(row):
    """Write a row that is new for sure. No signal is sent, so no history is kept of it."""
    statement, fields = inserting(type(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        [row.pk] = cursor.fetchone()
    row._state.adding = False
    return row


@cache
def inserting(model):
    table, fields = model._meta, [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    return (
        f'INSERT INTO "{table.db_table}" ({columns}) VALUES ({values}) RETURNING "{table.pk.column}"',
        fields,
    )


def adapted(values) -> list:
    """As the database wants them: SQLite keeps dates and times as texts."""
    return [adapt(value) for value in values]


def adapt(value):
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
