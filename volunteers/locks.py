"""One order of locks for everything that moves places: people by number, then the shift."""

from stations.prepared import Prepared
from volunteers.models import Shift, Volunteer

# Of rows that stand beside the locked ones only what the checks and letters say: many ask for one shift.
PERSON = [f"person__{name}" for name in ("email", "phone", "name", "language")]
STATION = [f"station__{name}" for name in ("name", "address", "latitude", "longitude", "organisation")]


def columns(model):
    return [field.name for field in model._meta.concrete_fields]


def people(pks):
    """Without the key, so that a row that points at them can still be written elsewhere."""
    rows = Volunteer.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return rows.only(*columns(Volunteer), *PERSON).filter(pk__in=pks).order_by("pk")


def one_shift(pk):
    rows = Shift.objects.select_related("station").only(*columns(Shift), *STATION)
    return rows.filter(pk=pk).order_by()


prepared_person = Prepared(lambda pk: people([pk]))
prepared_shift = Prepared(one_shift)
locked_shift = Prepared(lambda pk: one_shift(pk).select_for_update(no_key=True, of=("self",)))


def lock_people(volunteers: list[Volunteer]) -> list[Volunteer]:
    """Their rows, read anew; nobody else changes what they do until the transaction ends."""
    pks = {volunteer.pk for volunteer in volunteers}
    return prepared_person(*pks) if len(pks) == 1 else list(people(pks))


def lock_shift(shift: Shift) -> Shift:
    """The shift's row, read anew, after the people."""
    return the_one(locked_shift(shift.pk))


def read_shift(shift: Shift) -> Shift:
    """The same without a lock: what it says may change at once."""
    return the_one(prepared_shift(shift.pk))


def the_one(found):
    if not found:
        raise Shift.DoesNotExist
    return found[0]
