"""What a batch of imported rows does to stations: few statements for many rows."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from stations import history
from stations.models import FacilityKind, Station, StationFacility

DERIVED = ("id", "code", "updated_at", "search")
COMPARED = [f.attname for f in Station._meta.concrete_fields if f.name not in DERIVED]


def snapshot(station) -> dict:
    """What is compared: to the centimetre, and whichever way lines are broken."""
    values = {name: getattr(station, name) for name in COMPARED}
    for name in ("latitude", "longitude"):
        values[name] = values[name] and round(values[name], 7)
    values["about"] = values["about"].replace("\r\n", "\n")
    return values


def differences(before, station) -> dict:
    """What was there before, by the names of the columns that are different now."""
    after = snapshot(station)
    return {name: before[name] for name in COMPARED if before[name] != after[name]}


@dataclass(eq=False)
class Change:
    """What a row does to a station: columns that have changed, facilities that go, come or change."""

    row: object
    station: Station
    columns: dict  # with what was there before
    gone: list = field(default_factory=list)
    new: list = field(default_factory=list)
    restated: list = field(default_factory=list)  # with the state that they are to have

    def __post_init__(self):
        self.is_new = self.station.pk is None
        wanted = self.row.values.get("facilities")
        if wanted is not None:
            self.compare_facilities(wanted)

    def compare_facilities(self, wanted):
        """`wanted` gives states by kind; None keeps the state that a facility has."""
        present = {} if self.is_new else {each.kind: each for each in self.station.facilities.all()}
        self.gone = [each for kind, each in present.items() if kind not in wanted]
        for kind in FacilityKind.values:
            state = wanted.get(kind)
            if kind in wanted and kind not in present:
                self.new.append({"kind": kind, "state": state or StationFacility.State.WORKING})
            elif state and state != present[kind].state:
                present[kind].state = state
                self.restated.append(present[kind])

    @property
    def is_empty(self):
        return not (self.is_new or self.columns or self.gone or self.new or self.restated)


def store(changes) -> list[Change]:
    """Write the changes; returns those that met with somebody else's and were left out."""
    try:
        write(changes)
    except IntegrityError:
        return [change for change in changes if not is_stored(change)]
    return []


def is_stored(change):
    if change.is_new:
        change.station.pk, change.station._state.adding = None, True
    try:
        write([change])
    except IntegrityError:
        return False
    return True


@transaction.atomic
def write(changes):
    """What is written is recorded too, with who and why as `history.acting` says."""
    renewed = [change for change in changes if change.columns and not change.is_new]
    for change in renewed:  # first: a name may have become free for a new station
        change.station.skip_history_when_saving = True  # recorded below, many at once
        change.station.save(update_fields=[*change.columns, "search", "updated_at"])
    history.note_many([(change.station, before_of(change)) for change in renewed])
    new = [change.station for change in changes if change.is_new]
    Station.objects.bulk_create(new)
    history.note_new(new)
    write_facilities(changes)
    for change in changes:
        if not change.is_new and not change.columns:
            change.station.touch()


def before_of(change) -> dict:
    """Fields with what was there before, foreign keys by the names of the rows."""
    fields = {field.attname: field.name for field in Station._meta.concrete_fields}
    return {
        fields[column]: history.named(Station, fields[column], old) for column, old in change.columns.items()
    }


def write_facilities(changes):
    gone = [each.pk for change in changes for each in change.gone]
    if gone:
        StationFacility.objects.filter(pk__in=gone).delete()
    restated = defaultdict(list)
    for each in (each for change in changes for each in change.restated):
        restated[each.state].append(each)
    for state, rows in restated.items():
        before = dict(
            StationFacility.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "state")
        )
        StationFacility.objects.filter(pk__in=before).update(state=state)
        history.note_many([(row, {"state": before[row.pk]}) for row in rows if row.pk in before])
    add_facilities(changes)


def add_facilities(changes):
    """A new station's own line tells of its facilities too; those that others get have lines."""
    new = [StationFacility(station=change.station, **each) for change in changes for each in change.new]
    # Someone may have added one meanwhile, which is just as well.
    StationFacility.objects.bulk_create(new, ignore_conflicts=True)
    wanted = {(each.station_id, each.kind) for each in new}
    kinds = {each.kind for each in new}
    stored = StationFacility.objects.filter(station__in={each.station_id for each in new}, kind__in=kinds)
    made = [each for each in stored.select_related("station") if (each.station_id, each.kind) in wanted]
    fresh = {change.station.pk for change in changes if change.is_new}
    history.record([each for each in made if each.station_id in fresh])
    history.note_new([each for each in made if each.station_id not in fresh])
