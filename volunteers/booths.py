"""The booth that a shift opens for those who are served: as many chairs as volunteers are confirmed.

Call these in the transaction that has changed the shift's places: its row is locked then, so that the
volunteers counted here are all of them. A shift whose service is not bookable asks the database nothing.
"""

from django.db.models.expressions import RawSQL

from events import bookings
from volunteers.models import CONFIDENTIAL, SLOT_MINUTES, Shift, Signup

ANOTHER = {"station", "starts_at", "role"}  # what makes it another booth
PLANNED = {*ANOTHER, "kind", "ends_at", "service_day"}


def follow(shift: Shift) -> None:
    """Somebody was confirmed: one more chair, in one statement."""
    if not is_bookable(shift):
        return
    bookings.open_booth(
        source(shift),
        station_id=shift.station_id,
        service_day_id=shift.service_day_id,
        kind=shift.kind,
        is_confidential=shift.kind in CONFIDENTIAL,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        slot_minutes=SLOT_MINUTES[shift.kind],
        chairs=confirmed(shift),
    )


def shrink(shift: Shift) -> None:
    """Somebody does not come: whose booked time cannot be kept is told."""
    if is_bookable(shift):
        bookings.resize(source(shift), chairs=confirmed(shift))


def move(shift: Shift, before: dict) -> None:
    """The shift was changed: who booked another time or place, or one after its end, is told."""
    if shift.kind not in SLOT_MINUTES or not shift.taken or PLANNED.isdisjoint(before):
        return
    if not ANOTHER.isdisjoint(before):
        bookings.close(source(shift))
    follow(shift)
    shrink(shift)


def is_bookable(shift) -> bool:
    """Where a service has several roles, some only help: nobody can say how many are served at once."""
    return shift.kind in SLOT_MINUTES and not shift.role


def source(shift):
    return f"shift:{shift.pk}"


def confirmed(shift):
    """Counted where it is written, so that nothing comes in between."""
    return RawSQL(
        "SELECT count(*) FROM volunteers_signup WHERE shift_id = %s AND status = %s",
        [shift.pk, Signup.Status.CONFIRMED.value],
    )
