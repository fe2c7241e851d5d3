"""One order of locks for everything that moves places: people by number, then the shift."""

from volunteers.models import Shift, Volunteer


def lock_people(volunteers: list[Volunteer]) -> list[Volunteer]:
    """Their rows, read anew; nobody else changes what they do until the transaction ends.

    Without the key, so that a row that points at them can still be written elsewhere.
    """
    rows = Volunteer.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return list(rows.filter(pk__in={volunteer.pk for volunteer in volunteers}).order_by("pk"))


def lock_shift(shift: Shift) -> Shift:
    """The shift's row, read anew, after the people."""
    return Shift.objects.select_for_update(no_key=True, of=("self",)).with_place().get(pk=shift.pk)
