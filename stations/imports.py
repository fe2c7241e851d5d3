"""Importing stations from a table: `import_file` is the verb; every row stands for itself.

What becomes of a row is decided in memory, by its form and a `Register` of all stations.
So a dry run goes through the same steps, skips the writing, locks nobody out, and
reports just what a real run would.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter

from stations import divisions, spellings, tables
from stations.import_reports import CREATED, FLAGGED, REJECTED, UNCHANGED, UPDATED, Finding, Rejected, Report
from stations.models import Division, FacilityKind, Station, StationFacility
from stations.refusals import Refusal
from stations.register import Register
from stations.station_rows import StationRow

BATCH = 500
REQUIRED = [{"name"}, {"division", "division_code"}, {"latitude"}, {"longitude"}, {"address"}]
COMPARED = [f.attname for f in Station._meta.concrete_fields if f.name not in ("id", "code", "updated_at")]
POSITION = ("division_id", "latitude", "longitude")


def import_file(path, *, dry_run=False, progress=None) -> Report:
    """Bring the stations in line with a CSV or XLSX file.

    Raises `tables.Unreadable` before anything is written. Otherwise each row is
    created, updated, unchanged or rejected, in transactions of `BATCH` rows; after each
    of them `progress(rows done, rows in all)` is called. A dry run writes nothing.
    """
    table = tables.read(path)
    importer = Importer(table, dry_run=dry_run)
    if not dry_run and not Division.objects.exists():
        divisions.load()
    for start in range(0, len(table.rows), BATCH):
        importer.import_batch(table.rows[start : start + BATCH])
        if progress:
            progress(min(start + BATCH, len(table.rows)), len(table.rows))
    return importer.report


def columns_of(headings) -> dict[str, int]:
    """Where the fields stand in the table; refuses a table where one is missing or there twice."""
    columns = {}
    for index, heading in enumerate(headings):
        name = spellings.headings().get(spellings.plain(heading))
        if name in columns:
            words = {"first": headings[columns[name]], "second": heading}
            raise tables.Unreadable(_("The columns “%(first)s” and “%(second)s” mean the same.") % words)
        if name:
            columns[name] = index
    missing = [name for names in REQUIRED if not columns.keys() & names for name in sorted(names)[:1]]
    if missing:
        names = ", ".join(spellings.heading(name) for name in missing)
        raise tables.Unreadable(
            _("The first row must hold the headings. Missing: %(names)s") % {"names": names}
        )
    return columns


@dataclass
class Row:
    """A row that can be imported, as far as one can tell without looking at other rows."""

    number: int
    division: Division
    values: dict

    @property
    def code(self):
        return self.values.get("code", "")

    @property
    def key(self):
        return self.division.pk, self.values["name"]


class Importer:
    """One table on its way in."""

    def __init__(self, table, *, dry_run):
        self.dry_run = dry_run
        self.new_facilities = []
        self.headings = table.headings
        self.columns = columns_of(table.headings)
        self.gazetteer = divisions.Gazetteer(Division.objects.all() or divisions.read())
        self.register = Register({self.cell(cells, "code") for _number, cells in table.rows})
        self.report = Report(ignored=self.ignored(table.rows), unread_sheets=table.unread_sheets)

    def cell(self, cells, name):
        index = self.columns.get(name, len(cells))
        return cells[index] if index < len(cells) else ""

    def ignored(self, rows):
        others = set(range(len(self.headings))) - set(self.columns.values())
        filled = {index for _number, cells in rows for index in others if any(cells[index : index + 1])}
        return [
            self.headings[index] or _("column %(letter)s") % {"letter": get_column_letter(index + 1)}
            for index in sorted(others)
            if self.headings[index] or index in filled
        ]

    def note(self, kind, row_number, problems=()):
        self.report.counts[kind] += 1
        if problems:
            named = [(self.headings[self.columns[name]] if name else "", str(why)) for name, why in problems]
            self.report.findings.append(Finding(row_number, kind, named))

    def import_batch(self, numbered_cells):
        rows = []
        for number, cells in numbered_cells:
            try:
                rows.append(self.read(number, cells))
            except Rejected as no:
                self.note(REJECTED, number, no.problems)
        with transaction.atomic():
            meant = {self.register.meant_by(row.code, row.key) for row in rows}
            found = Station.objects.filter(code__in=meant).prefetch_related("facilities")
            existing = {station.code: station for station in found}
            for row in rows:
                self.import_row(row, existing)
            # All of the batch at once; someone may have added one meanwhile, which is just as well.
            StationFacility.objects.bulk_create(self.new_facilities, ignore_conflicts=True)
            self.new_facilities.clear()

    def read(self, number, cells) -> Row:
        texts = {name: self.cell(cells, name) for name in self.columns}
        if any(cells[len(self.headings) :]):
            why = _("The row is longer than the headings. A text with a comma needs quotation marks.")
            raise Rejected(("", why))
        why = _("A formula is not calculated here. Please fill in the value itself.")
        formulas = [name for name, text in texts.items() if text.startswith("=") or text in ERROR_CODES]
        if formulas:
            raise Rejected(*((name, why) for name in formulas))
        form, problems, division = StationRow(texts), [], None
        try:
            division = self.division(texts)
        except Rejected as no:
            problems = no.problems
        problems += [(name, reason) for name, reasons in form.errors.items() for reason in reasons]
        if problems:
            raise Rejected(*problems)
        return Row(number, division, form.cleaned_data)

    def division(self, texts):
        """The county, from its code, its name or both (which must agree)."""
        found = {}
        for name in ("division_code", "division"):
            if texts.get(name):
                try:
                    found[name] = self.gazetteer.find(texts[name])
                except Refusal as refusal:
                    raise Rejected((name, refusal.sentence)) from refusal
        if not found:
            name = "division" if "division" in texts else "division_code"
            raise Rejected((name, _("Please name the county.")))
        if len(set(found.values())) > 1:
            words = {"county": found["division_code"]}
            raise Rejected(("division", _("The code beside it stands for %(county)s.") % words))
        return found.popitem()[1]

    def import_row(self, row, existing):
        try:
            code = self.register.claim(row.code, row.key)
            station = existing.get(code) or Station(code=code or self.register.next_code(row.division))
            kind = self.save(station, row)
        except Rejected as no:
            return self.note(REJECTED, row.number, no.problems)
        except IntegrityError:
            why = _("Someone else changed this station at the same moment. Please import it again.")
            return self.note(REJECTED, row.number, [("name", why)])
        self.register.enter(station.code, row.key, row.number)
        self.note(kind, row.number)
        if station.position_doubt:
            self.note(FLAGGED, row.number, [("latitude", station.position_doubt)])

    def save(self, station, row):
        """Save one station as its row says, and say what that was: created, updated or unchanged."""
        is_new = station.pk is None
        changed = self.fill_in(station, row)
        present = set() if is_new else {facility.kind for facility in station.facilities.all()}
        wanted = row.values.get("facilities", present)
        if not changed and wanted == present:
            return UNCHANGED
        if not self.dry_run:
            with transaction.atomic():
                station.save(update_fields=None if is_new else [*changed, "updated_at"])
            self.replace_facilities(station, present, wanted)
        return CREATED if is_new else UPDATED

    def replace_facilities(self, station, present, wanted):
        """Those that stay keep their state."""
        if present - wanted:
            station.facilities.filter(kind__in=present - wanted).delete()
        new = [kind for kind in FacilityKind.values if kind in wanted - present]
        self.new_facilities += [StationFacility(station=station, kind=kind) for kind in new]

    def fill_in(self, station, row):
        """Put the row's values on the station; the names of the fields that are different now."""
        before = snapshot(station)
        station.division = row.division
        for name, value in row.values.items():
            if name not in ("code", "facilities"):
                setattr(station, name, value)
        after = snapshot(station)
        # Not asked again while nothing moves: a person may have looked and cleared the doubt.
        if any(before[name] != after[name] for name in POSITION):
            doubt = self.gazetteer.doubt(row.division, station.latitude, station.longitude)
            station.position_doubt = after["position_doubt"] = doubt
        return [name for name in COMPARED if before[name] != after[name]]


def snapshot(station):
    values = {name: getattr(station, name) for name in COMPARED}
    for name in ("latitude", "longitude"):
        values[name] = values[name] and round(values[name], 7)
    return values
