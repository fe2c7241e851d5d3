"""Many rows at once, batch by batch."""

from itertools import islice

BATCH = 2000


def save(rows) -> list[int]:
    """The numbers of the rows, which are let go batch by batch."""
    rows, numbers = iter(rows), []
    while some := list(islice(rows, BATCH)):
        numbers += [row.pk for row in type(some[0]).objects.bulk_create(some)]
    return numbers


def save_of_late(rows, name, moments):
    """Rows that note by themselves when they are made are told otherwise afterwards."""
    save(rows)
    for row, moment in zip(rows, moments, strict=True):
        setattr(row, name, moment)
    type(rows[0]).objects.bulk_update(rows, [name], batch_size=500)
