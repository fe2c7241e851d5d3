"""Faults: somebody reports one, a manager takes it up and fixes it, and everybody sees how it stands.

Each verb touches the station first: the station is made anew on maps and in exports, and its
row is the one lock behind which everybody at this station queues.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history, limits, pictures
from stations.models import Fault, FaultReport, Station, StationFacility
from stations.refusals import Refusal

TIMES, SECONDS = 10, 3600  # many phones share one address of their operator


def report(
    station: Station, *, kind="", text: str, photo=None, address: str, is_dangerous=False
) -> FaultReport:
    """Open a ticket for a facility (`kind`, empty for anything else), or join the one that is open.

    `photo` is the file as it was sent; a ValidationError where it is no picture.
    """
    # Before the picture is drawn, which costs more than all the rest.
    if not limits.allow("report", address, times=TIMES, seconds=SECONDS):
        raise Refusal(
            "too_many", _("Many reports have come from this connection. Please try again in an hour.")
        )
    drawn = pictures.redraw(photo) if photo else ""
    with transaction.atomic():
        station.touch()
        fault, _made = Fault.objects.open().get_or_create(station=station, kind=kind)
        if is_dangerous and not fault.is_dangerous:  # one person who says so is enough
            fault.is_dangerous = True
            fault.save(update_fields=["is_dangerous"])
        return fault.reports.create(text=text, photo=drawn)


def check_waits(fault, answer):
    if fault.state != Fault.State.TO_DO:
        raise Refusal("taken_up", _("Somebody sees to it already. Please choose what happens next."))


def check_answer(fault, answer):
    if not answer.strip():
        raise Refusal("answer_needed", _("Please write an answer: those who reported it read it."))


@transaction.atomic
def take_up(fault: Fault, *, by, answer="") -> Fault:
    """Somebody sees to it; until then the facility is shown as one that needs repair."""
    fault.station.touch()
    waiting = Fault.objects.filter(state=Fault.State.TO_DO)
    move(
        fault,
        waiting,
        answer=answer,
        state=Fault.State.IN_PROGRESS,
        taken_up_at=timezone.now(),
        handled_by=by,
    )
    restate(fault, StationFacility.State.NEEDS_REPAIR, by=by, before=[StationFacility.State.WORKING])
    return fault


@transaction.atomic
def fix(fault: Fault, *, by, answer="") -> Fault:
    """It works again, and so does the facility."""
    fault.station.touch()
    move(
        fault,
        Fault.objects.open(),
        answer=answer,
        state=Fault.State.FIXED,
        fixed_at=timezone.now(),
        handled_by=by,
    )
    restate(fault, StationFacility.State.WORKING, by=by, before=StationFacility.State.values)
    return fault


@transaction.atomic
def tell(fault: Fault, *, by, answer: str) -> Fault:
    """Write to those who have reported it, while it is open."""
    check_answer(fault, answer)
    return move(fault, Fault.objects.open(), answer=answer, handled_by=by)


def move(fault, movable, *, answer, **values) -> Fault:
    """The first one counts; whoever comes second is told how it stands."""
    if answer.strip():
        values["answer"] = answer.strip()
    before = {name: getattr(fault, name) for name in ("state", "answer") if name in values}
    moved = movable.filter(pk=fault.pk).update(**values)
    fault.refresh_from_db()
    if not moved:
        raise Refusal(
            "handled_before",
            _("%(who)s has changed this already. It stands at: %(state)s.")
            % {"who": fault.handled_by or _("Somebody"), "state": fault.get_state_display()},
        )
    history.note(fault, by=values["handled_by"], before=before, reason=answer.strip())
    return fault


def restate(fault, state, *, by, before):
    """Say how the facility is; nothing where the fault is about something else, or it has been taken away."""
    facilities = StationFacility.objects.filter(station=fault.station_id, kind=fault.kind)
    facility = facilities.filter(state__in=before).exclude(state=state).first()
    if facility:
        old, facility.state = facility.state, state
        StationFacility.objects.filter(pk=facility.pk).update(state=state)
        history.note(facility, by=by, before={"state": old}, reason=str(fault))
