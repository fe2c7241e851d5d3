"""A table on its way in, whatever it is of: where its columns stand, and what becomes of its rows."""

from django.utils.translation import gettext as _
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter

from stations.imports import spellings, tables
from stations.imports.reports import Finding, Rejected, Report
from stations.search import plain


def columns_of(headings, words, required) -> dict[str, int]:
    """Where the fields stand in the table; refuses a table where one is missing or there twice."""
    columns, known = {}, spellings.headings(words)
    for index, heading in enumerate(headings):
        name = known.get(plain(heading))
        if name in columns:
            both = {"first": headings[columns[name]], "second": heading}
            raise tables.Unreadable(_("The columns “%(first)s” and “%(second)s” mean the same.") % both)
        if name:
            columns[name] = index
    missing = [name for names in required if not columns.keys() & names for name in sorted(names)[:1]]
    if missing:
        names = ", ".join(spellings.heading(words, name) for name in missing)
        raise tables.Unreadable(
            _("The first row must hold the headings. Missing: %(names)s") % {"names": names}
        )
    return columns


class Incoming:
    """What importers have in common. `words` are how headings are written, by field; of each of the
    sets in `required` one column must be there.
    """

    words: dict[str, str]
    required: list[set[str]]
    make_report = Report

    def __init__(self, table, *, dry_run, report=None):
        self.dry_run = dry_run
        self.headings = table.headings
        self.columns = columns_of(table.headings, self.words, self.required)
        self.report = report or self.make_report(
            ignored=self.ignored(table.rows), unread_sheets=table.unread_sheets
        )

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
            named = [[self.heading(name), str(why)] for name, why in problems]
            self.report.findings.append(Finding(row_number, kind, named))

    def heading(self, name):
        """As the file writes it."""
        return self.headings[self.columns[name]] if name in self.columns else ""

    def texts(self, cells) -> dict[str, str]:
        """A row's texts by field, of a row that stands below its headings and needs no calculating."""
        texts = {name: self.cell(cells, name) for name in self.columns}
        if any(cells[len(self.headings) :]):
            why = _("The row is longer than the headings. A text with a comma needs quotation marks.")
            raise Rejected(("", why))
        why = _("A formula is not calculated here. Please fill in the value itself.")
        formulas = [name for name, text in texts.items() if text.startswith("=") or text in ERROR_CODES]
        if formulas:
            raise Rejected(*((name, why) for name in formulas))
        return texts
