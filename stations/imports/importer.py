"""Importing stations from a table: `import_file` is the verb; every row stands for itself.

What becomes of a row is decided in memory, by its words and a `Register` of all stations.
So a dry run goes through the same steps, skips the writing, locks nobody out, and
reports just what a real run would.
"""

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache, cached_property

from django.db import transaction
from django.utils.translation import gettext as _

from stations import divisions, organisations
from stations.imports import spellings, station_rows, tables
from stations.imports.changes import Change, differences, snapshot, store
from stations.imports.incoming import Incoming
from stations.imports.register import Register
from stations.imports.reports import (
    CREATED,
    FLAGGED,
    HOURS,
    REJECTED,
    UNCHANGED,
    UPDATED,
    Rejected,
    Report,
)
from stations.models import Division, Organisation, Station
from stations.refusals import Refusal

BATCH = 500
REQUIRED = [{"name"}, {"division", "division_code"}, {"latitude"}, {"longitude"}, {"address"}]
NOT_COLUMNS = {"code", "facilities", "opening_hours", "hours_as_written"}
POSITION = {"division_id", "latitude", "longitude"}


def import_file(path, *, dry_run=False, progress=None, so_far=None) -> Report:
    """Bring the stations in line with a CSV or XLSX file.

    Raises `tables.Unreadable` before anything is written. Otherwise each row is
    created, updated, unchanged or rejected, in transactions of `BATCH` rows. At the end of each
    `progress(rows done, rows in all, report)` is called: what it writes stands or
    falls with the batch. `so_far` is (rows done, their report) of a run that broke off.
    A dry run writes nothing.
    """
    table = tables.read(path)
    done, report = so_far or (0, None)
    importer = Importer(table, dry_run=dry_run, report=report)
    if not dry_run and not Division.objects.exists():
        divisions.load()
    if not dry_run:
        organisations.load()
    importer.recall(table.rows[:done])
    for start in range(done, len(table.rows), BATCH):
        with nullcontext() if dry_run else transaction.atomic():
            importer.import_batch(table.rows[start : start + BATCH])
            if progress:
                progress(min(start + BATCH, len(table.rows)), len(table.rows), importer.report)
    return importer.report


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


class Importer(Incoming):
    """One table of stations on its way in."""

    words, required = spellings.HEADINGS, REQUIRED

    def __init__(self, table, *, dry_run, report=None):
        super().__init__(table, dry_run=dry_run, report=report)
        self.gazetteer = divisions.Gazetteer(Division.objects.all() or divisions.read())
        self.find_division = cache(self.gazetteer.find)
        self.register = Register({self.cell(cells, "code") for _number, cells in table.rows})
        self.report.names_datum = not self.columns.keys().isdisjoint({"source_datum", "coordinates_in"})

    def recall(self, numbered_cells):
        """Know again which stations the rows of an earlier run stand for: no later row may have them too."""
        rejected = {finding.row for finding in self.report.findings if finding.kind == REJECTED}
        for number, cells in numbered_cells:
            if number not in rejected:
                with suppress(Rejected):  # it was readable then
                    row = self.read(number, cells)
                    self.register.recall(row.code, row.key, number)

    def import_batch(self, numbered_cells):
        rows = []
        for number, cells in numbered_cells:
            try:
                rows.append(self.read(number, cells))
            except Rejected as no:
                self.note(REJECTED, number, no.problems)
        existing = self.existing(rows)
        changes = [change for row in rows if (change := self.decide(row, existing))]
        lost = [] if self.dry_run else store(changes)
        for change in changes:
            if change in lost:
                why = _("Someone else changed this station at the same moment. Please import it again.")
                self.note(REJECTED, change.row.number, [("name", why)])
            else:
                self.note_imported(CREATED if change.is_new else UPDATED, change.row, change.station)

    @cached_property
    def unions(self):
        """The union of each division, by their keys."""
        return dict(Organisation.objects.exclude(division=None).values_list("division", "pk"))

    def existing(self, rows):
        """The stations that the rows mean, by code; locked in one order, where they may be written."""
        meant = {self.register.meant_by(row.code, row.key) for row in rows}
        found = Station.objects.filter(code__in=meant).order_by("pk").prefetch_related("facilities")
        found = found if self.dry_run else found.select_for_update()
        return {station.code: station for station in found}

    def read(self, number, cells) -> Row:
        texts = self.texts(cells)
        problems, division = [], None
        try:
            division = self.division(texts)
        except Rejected as no:
            problems = no.problems
        values, more = station_rows.read(texts)
        if problems or more:
            raise Rejected(*problems, *more)
        return Row(number, division, values)

    def division(self, texts):
        """The county, from its code, its name or both (which must agree)."""
        found = {}
        for name in ("division_code", "division"):
            if texts.get(name):
                try:
                    found[name] = self.find_division(texts[name])
                except Refusal as refusal:
                    raise Rejected((name, refusal.sentence)) from refusal
        if not found:
            name = "division" if "division" in texts else "division_code"
            raise Rejected((name, _("Please name the county.")))
        if len(set(found.values())) > 1:
            words = {"county": found["division_code"]}
            raise Rejected(("division", _("The code beside it stands for %(county)s.") % words))
        return found.popitem()[1]

    def decide(self, row, existing):
        """What the row changes, or None: it is rejected, or everything is so already."""
        try:
            code = self.register.claim(row.code, row.key)
        except Rejected as no:
            self.note(REJECTED, row.number, no.problems)
            return None
        station = existing.get(code) or Station(code=code or self.register.next_code(row.division))
        change = Change(row, station, self.fill_in(station, row))
        self.register.enter(station.code, row.key, row.number)
        if change.is_empty:
            self.note_imported(UNCHANGED, row, station)
            return None
        return change

    def note_imported(self, kind, row, station):
        self.note(kind, row.number)
        if station.position_doubt:
            self.note(FLAGGED, row.number, [("latitude", station.position_doubt)])
        if station.hours_as_written and not station.opening_hours:
            column = "opening_hours" if "opening_hours" in self.columns else ""
            self.note(HOURS, row.number, [(column, station.hours_as_written)])

    def fill_in(self, station, row):
        """Put the row's values on the station; the names of the fields that are different now."""
        before = snapshot(station)
        # A station that its county looks after goes with the county; others stay where they are.
        if station.organisation_id == self.unions.get(station.division_id):
            station.organisation_id = self.unions.get(row.division.pk)
        station.division = row.division
        for name, value in row.values.items():
            if name not in NOT_COLUMNS:
                setattr(station, name, value)
        station_rows.put_hours(station, row.values)
        changed = differences(before, station)
        # Not asked again while nothing moves: a person may have looked and cleared the doubt.
        if POSITION.intersection(changed):
            station.position_doubt = self.gazetteer.doubt(row.division, station.latitude, station.longitude)
            changed = differences(before, station)
        return changed
