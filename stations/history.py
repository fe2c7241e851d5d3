"""The history of everything that is governed: a record of django-simple-history, and a line to read.

What is saved through forms is recorded by the library. Verbs write by conditional UPDATE, which the
library does not see: they say what was before, with `note`.
"""

from contextlib import contextmanager
from types import SimpleNamespace

from django.apps import apps
from django.conf import settings
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.dispatch import receiver
from django.utils.translation import override
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record, pre_create_historical_record
from simple_history.utils import get_history_manager_for_model

from stations.models import HistoryLine, Organisation, Station

Action = HistoryLine.Action
IN_A_RECORD = 100  # letters of a reason; the line has them all


def note(row: Model, *, by, before: dict, reason: str = "") -> None:
    """A verb has changed the fields that `before` names with their old values; `row` has the new ones.

    Call it in the transaction of the change.
    """
    note_many([(row, before)], by=by, reason=reason)


def note_many(changed: list[tuple[Model, dict]], *, by=None, reason: str = "") -> None:
    """Rows of one model were changed at once: each with the old values of what has changed."""
    lines = []
    for row, before in changed:
        changes = [(name, old, getattr(row, name)) for name, old in before.items()]
        lines.append((row, Action.CHANGED, [change for change in changes if change[1] != change[2]]))
    record_and_write(lines, by=by, reason=reason, update=True)


def note_new(rows: list[Model], *, by=None, reason: str = "") -> None:
    """Many rows of one model were made at once."""
    record_and_write([(row, Action.ADDED, []) for row in rows], by=by, reason=reason)


def record_and_write(lines, *, by, reason, update=False):
    if not lines:
        return
    by, reason = by or who(), str(reason or why())
    record([row for row, _action, _changes in lines], by=by, reason=reason, update=update)
    HistoryLine.objects.bulk_create(
        (line(*each, person=by, reason=reason) for each in lines), batch_size=1000
    )


def record(rows: list[Model], *, by=None, reason: str = "", update=False) -> None:
    """Records alone, for rows that came with another one, which has a line."""
    if rows:
        get_history_manager_for_model(rows[0]).bulk_history_create(
            rows, batch_size=1000, update=update, default_user=by, default_change_reason=reason[:IN_A_RECORD]
        )


# Who and why: the library knows the request from its middleware; tasks stand in for one.


@contextmanager
def acting(by, *, why: str = ""):
    """What is changed inside was done by this person, for this reason, where no verb says it better."""
    context = HistoricalRecords.context
    earlier = getattr(context, "request", None)
    context.request = SimpleNamespace(user=by, change_reason=why)
    try:
        yield
    finally:
        context.request = earlier


def who():
    person = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return person if person and person.is_authenticated else None


def why() -> str:
    return getattr(getattr(HistoricalRecords.context, "request", None), "change_reason", "")


@receiver(pre_create_historical_record)
def say_why(sender, history_instance, **kwargs):
    history_instance.history_change_reason = (history_instance.history_change_reason or why())[:IN_A_RECORD]


@receiver(post_create_historical_record)
def write_beside(sender, instance, history_instance, history_change_reason, **kwargs):
    """The library has recorded a save or a deletion; a save that changed nothing is forgotten."""
    action = Action(history_instance.history_type)
    changes = differences(history_instance) if action == Action.CHANGED else []
    if action == Action.CHANGED and not changes:
        history_instance.delete()
        return
    reason = history_change_reason or why()
    write(instance, action, changes, person=history_instance.history_user, reason=reason)


def differences(record) -> list:
    """(field, before, after) of a record and the one before it; of all fields, where there is none."""
    earlier = record.prev_record
    found = []
    for field in record.tracked_fields:
        old = getattr(earlier, field.attname) if earlier else None
        new = getattr(record, field.attname)
        if old != new and field.name != "id":
            found.append((field.name, old, new))
    return [
        (name, named(record.instance_type, name, old), named(record.instance_type, name, new))
        for name, old, new in found
    ]


def named(model, name, value):
    """A value as it will be read: for a foreign key the name of what it leads to."""
    field = model._meta.get_field(name)
    if value is None or isinstance(value, Model) or not field.is_relation:
        return value
    return str(field.related_model._base_manager.filter(pk=value).first() or value)


def write(row, action, changes, *, person, reason):
    line(row, action, changes, person=person, reason=reason).save(force_insert=True)


def line(row, action, changes, *, person, reason) -> HistoryLine:
    station, organisation = place(row)
    with override(settings.LANGUAGE_CODE):  # names are kept in one language, whoever writes them
        name = str(row)[:200]
        kept = [(field, plain(old), plain(new)) for field, old, new in changes]
    return HistoryLine(
        person=person,
        reason=str(reason)[:200],
        action=action,
        model=row._meta.label_lower,
        object_id=row.pk,
        name=name,
        station=station,
        organisation=organisation,
        changes=kept,
    )


def place(row) -> tuple[Station | None, Organisation | None]:
    """In whose care a row is; every governed model says it as `station` or `organisation`."""
    station = getattr(row, "station", None)
    return station, None if station else getattr(row, "organisation", None)


def plain(value):
    return str(value) if isinstance(value, Model | FieldFile) else value


# Reading


def is_kept(model) -> bool:
    """Whether what happens to rows of the model is kept here."""
    return hasattr(model._meta, "simple_history_manager_attribute")


def kept() -> list[type[Model]]:
    """Every model whose history is kept, in the order of their names."""
    return sorted(filter(is_kept, apps.get_models()), key=lambda model: model._meta.label_lower)


def of(row: Model, parts=()) -> QuerySet[HistoryLine]:
    """Lines of a row, the newest first; of a station together with `parts`, models that hang on it."""
    label = row._meta.label_lower
    if parts and isinstance(row, Station):
        labels = [label, *(part._meta.label_lower for part in parts)]
        return HistoryLine.objects.filter(station=row.pk, model__in=labels)
    return HistoryLine.objects.filter(model=label, object_id=row.pk)
