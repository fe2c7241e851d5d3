"""Importing shifts from a table: `import_file` is the verb; every row stands for itself.

A shift is known by its station, service, role and start, as the database knows it (`shift_once`): with
another start it is another shift, so that a table never moves anybody. What else a row changes goes
through `shifts.change`, which tells people and refuses what would drop somebody.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stations import history
from stations.imports.incoming import Incoming
from stations.imports.reports import CREATED, REJECTED, UNCHANGED, UPDATED, Rejected, Report
from stations.models import Station
from stations.refusals import Refusal
from stations.search import plain
from volunteers import series, shift_rows, shift_tables, shifts
from volunteers.models import Shift

BATCH = 500
# Which column a refusal of `shifts.change` is about.
COLUMNS = {"places": "places", "has_signups": "status", "cancelled": "status", "overlap": "ends"}


class ShiftReport(Report):
    def sums(self):
        return self.sums_of_rows()


def import_file(path, *, dry_run=False, progress=None) -> Report:
    """Bring the shifts in line with a CSV, XLSX or JSON file.

    Raises `tables.Unreadable` before anything is written. Otherwise each row is created, updated,
    unchanged or rejected. A changed shift has a transaction of its own: locks of people and shifts
    are never held from one shift to the next. A dry run writes nothing: it takes the same steps back.
    `progress` is called as that of stations is (`stations.imports.importer.import_file`).
    """
    table = shift_tables.read(path)
    importer = ShiftImporter(table, dry_run=dry_run)
    for start in range(0, len(table.rows), BATCH):
        importer.import_batch(table.rows[start : start + BATCH])
        if progress:
            progress(min(start + BATCH, len(table.rows)), len(table.rows), importer.report)
    return importer.report


@dataclass
class Row:
    number: int
    values: dict

    @property
    def key(self):
        return tuple(self.values[name] for name in ("station_id", "kind", "role", "starts_at"))


class ShiftImporter(Incoming):
    """One table of shifts on its way in."""

    words, required, make_report = shift_rows.HEADINGS, shift_rows.REQUIRED, ShiftReport

    def __init__(self, table, *, dry_run):
        super().__init__(table, dry_run=dry_run)
        self.stations, self.rows = Stations(), {}

    def import_batch(self, numbered_cells):
        rows = []
        for number, cells in numbered_cells:
            try:
                rows.append(self.claim(self.read(number, cells)))
            except Rejected as no:
                self.note(REJECTED, number, no.problems)
        existing, new = self.existing(rows), []
        for row in rows:
            shift = existing.get(row.key)
            try:
                row.values |= needed_within(row.values, shift or Shift())
                self.change(row, shift) if shift else new.append(row)
            except Refusal as refusal:
                self.note(REJECTED, row.number, [(self.column(refusal), str(refusal))])
        self.create(new)

    def read(self, number, cells) -> Row:
        texts = self.texts(cells)
        values, problems = shift_rows.read(texts)
        try:
            if "station" in values:
                values["station_id"] = self.stations.find(values.pop("station"))
        except Rejected as no:
            problems = [*no.problems, *problems]
        if problems:
            raise Rejected(*problems)
        values.setdefault("role", "")
        return Row(number, values)

    def claim(self, row):
        if row.key in self.rows:
            words = {"row": self.rows[row.key]}
            raise Rejected(("starts", _("This shift stands in row %(row)d already.") % words))
        self.rows[row.key] = row.number
        return row

    def existing(self, rows) -> dict:
        stations, moments = {row.key[0] for row in rows}, {row.key[3] for row in rows}
        found = Shift.objects.filter(station__in=stations, starts_at__in=moments)
        return {(each.station_id, each.kind, each.role, each.starts_at): each for each in found}

    def change(self, row, shift):
        fields = {name: value for name, value in row.values.items() if getattr(shift, name) != value}
        if not fields:
            self.note(UNCHANGED, row.number)
            return
        check_not_cancelled(shift)
        try:
            with transaction.atomic():
                shifts.change(shift, fields, by=history.who(), reason=history.why())
                transaction.set_rollback(self.dry_run)
        except IntegrityError:
            self.note_lost(row)
        else:
            self.note(UPDATED, row.number)

    def column(self, refusal):
        name = refusal.code if refusal.code in self.columns else COLUMNS.get(refusal.code, "")
        return "minutes" if name == "ends" and name not in self.columns else name

    def note_lost(self, row):
        why = _("Someone else changed this shift at the same moment. Please import it again.")
        self.note(REJECTED, row.number, [("starts", why)])

    def create(self, rows):
        made = dict(zip((row.number for row in rows), new_shifts(rows), strict=True))
        lost = set() if self.dry_run else store(made)
        for row in rows:
            if row.number in lost:
                self.note_lost(row)
            else:
                self.note(CREATED, row.number)


class Stations:
    """The stations by code and by name, read once."""

    def __init__(self):
        self.codes, self.names = {}, defaultdict(list)
        for pk, code, name in Station.objects.order_by("code").values_list("pk", "code", "name"):
            self.codes[code] = pk
            self.names[plain(name)].append((code, pk))

    def find(self, text) -> int:
        if text in self.codes:
            return self.codes[text]
        found = self.names.get(plain(text), [])
        if not found:
            raise Rejected(("station", _("There is no station with this code or name.")))
        if len(found) > 1:
            words = {"codes": " / ".join(code for code, _pk in found[:5])}
            why = _("Several stations are called so. Please write the code, such as %(codes)s.") % words
            raise Rejected(("station", why))
        return found[0][1]


def check_not_cancelled(shift):
    if shift.status == Shift.Status.CANCELLED:
        raise Refusal("cancelled", _("Everybody was told that it is cancelled. Please plan a new shift."))


def needed_within(fields, shift) -> dict:
    """With fewer places fewer are needed, unless the row says how many."""
    needed, places = (fields.get(name, getattr(shift, name)) for name in ("needed", "places"))
    if needed <= places:
        return {}
    if "needed" in fields:
        raise Refusal("needed", _("More people are needed than there are places."))
    return {"needed": places}


def new_shifts(rows) -> list[Shift]:
    """As the rows say, each on the service day that is held there then."""
    if not rows:
        return []
    stations = Station.objects.select_related("organisation").in_bulk({row.key[0] for row in rows})
    moments = [row.key[3] for row in rows]
    held = series.service_days(stations, min(moments), max(moments))
    made = []
    for row in rows:
        station, _kind, _role, moment = row.key
        day = series.covering(held[station], moment)
        made.append(Shift(station=stations[station], service_day_id=day, **row.values))
    return made


def store(made: dict[int, Shift]) -> set[int]:
    """Write new shifts, with their history; the rows that met with somebody else's and were left out."""
    try:
        write(list(made.values()))
    except IntegrityError:
        return {number for number, shift in made.items() if not is_stored(shift)}
    return set()


def is_stored(shift):
    shift.pk, shift._state.adding = None, True
    try:
        write([shift])
    except IntegrityError:
        return False
    return True


@transaction.atomic
def write(new):
    Shift.objects.bulk_create(new, batch_size=BATCH)
    history.note_new(new)
