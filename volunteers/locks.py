"""One order of locks for everything that moves places: people by number, then the shift."""

from volunteers.models import Shift, Volunteer

# Of rows that stand beside the locked ones only what the checks and letters say: many ask for one shift.
PERSON = [f"person__{name}" for name in ("email", "phone", "name", "language")]
STATION = [f"station__{name}" for name in ("name", "address", "latitude", "longitude", "organisation")]


def columns(model):
    return [field.name for field in model._meta.concrete_fields]


def lock_people(volunteers: list[Volunteer]) -> list[Volunteer]:
    """Their rows, read anew; nobody else changes what they do until the transaction ends.

    Without the key, so that a row that points at them can still be written elsewhere.
    """
    rows = Volunteer.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    rows = rows.only(*columns(Volunteer), *PERSON)
    return list(rows.filter(pk__in={volunteer.pk for volunteer in volunteers}).order_by("pk"))


def lock_shift(shift: Shift) -> Shift:
    """The shift's row, read anew, after the people."""
    rows = Shift.objects.select_for_update(no_key=True, of=("self",)).select_related("station")
    return rows.only(*columns(Shift), *STATION).get(pk=shift.pk)
