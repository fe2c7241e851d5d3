"""The history of everything that is governed: a record of django-simple-history, and a line to read.

What is saved through forms is recorded by the library. Verbs write by conditional UPDATE, which the
library does not see: they say what was before, with `note`.
"""

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record
from simple_history.utils import get_history_manager_for_model

from stations.models import HistoryLine, Organisation, Station

Action = HistoryLine.Action


def note(row: Model, *, by, before: dict, reason: str = "") -> None:
    """A verb has changed the fields that `before` names with their old values; `row` has the new ones.

    Call it in the transaction of the change.
    """
    manager = get_history_manager_for_model(row)
    manager.bulk_history_create([row], update=True, default_user=by, default_change_reason=reason[:100])
    changes = [(name, old, getattr(row, name)) for name, old in before.items()]
    write(row, Action.CHANGED, changes, person=by, reason=reason)


def note_new(rows: list[Model], *, by, reason: str = "") -> None:
    """Many rows were made at once."""
    if not rows:
        return
    get_history_manager_for_model(rows[0]).bulk_history_create(
        rows, default_user=by, default_change_reason=reason[:100]
    )
    HistoryLine.objects.bulk_create(line(row, Action.ADDED, [], person=by, reason=reason) for row in rows)


@receiver(post_create_historical_record)
def write_beside(sender, instance, history_instance, **kwargs):
    """The library has recorded a save or a deletion."""
    action = Action(history_instance.history_type)
    changes = differences(history_instance) if action == Action.CHANGED else []
    if action == Action.CHANGED and not changes:
        return
    write(
        instance,
        action,
        changes,
        person=history_instance.history_user,
        reason=history_instance.history_change_reason or "",
    )


def differences(record) -> list:
    """(field, before, after) of a record and the one before it; of all fields, where there is none."""
    earlier = record.prev_record
    found = []
    for field in record.tracked_fields:
        old = getattr(earlier, field.attname) if earlier else None
        new = getattr(record, field.attname)
        if old != new and field.name != "id":
            found.append((field.name, old, new))
    return [(name, named(record, name, old), named(record, name, new)) for name, old, new in found]


def named(record, name, value):
    """A value as it will be read: for a foreign key the name of what it leads to."""
    field = record.instance_type._meta.get_field(name)
    if value is None or not field.is_relation:
        return value
    return str(field.related_model._base_manager.filter(pk=value).first() or value)


def write(row, action, changes, *, person, reason):
    line(row, action, changes, person=person, reason=reason).save(force_insert=True)


def line(row, action, changes, *, person, reason) -> HistoryLine:
    station, organisation = place(row)
    return HistoryLine(
        person=person,
        reason=reason[:200],
        action=action,
        model=row._meta.label_lower,
        object_id=row.pk,
        name=str(row)[:200],
        station=station,
        organisation=organisation,
        changes=[(name, plain(old), plain(new)) for name, old, new in changes],
    )


def place(row) -> tuple[Station | None, Organisation | None]:
    """In whose care a row is; every governed model says it as `station` or `organisation`."""
    station = getattr(row, "station", None)
    return station, None if station else getattr(row, "organisation", None)


def plain(value):
    return str(value) if isinstance(value, Model | FieldFile) else value


def of(row: Model):
    """Lines of a row, the newest first."""
    return HistoryLine.objects.filter(model=row._meta.label_lower, object_id=row.pk)
