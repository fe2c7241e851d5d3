"""CSV and XLSX files as numbered rows of text, below a row of headings.

Workbooks are read for what their cells say. A formula is read as its text ("=A1+1"),
never as the result that Excel stored beside it: that result may be out of date or
missing, and whoever reads the table can see the formula and refuse it. Nothing is
ever evaluated.
"""

import csv
import re
import warnings
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

# Encrypted workbooks and Excel files from before 2007 share this container.
OLE_CONTAINER = bytes.fromhex("D0CF11E0A1B11AE1")
MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
# Four times the province; whoever wants to hold up the portal needs to be refused early.
MAX_BYTES, MAX_UNPACKED = 40_000_000, 300_000_000
MAX_ROWS, MAX_LINES, MAX_COLUMNS = 50_000, 1_048_576, 200
PIECE = 1 << 20
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why, and nothing was written."""


@dataclass
class Table:
    """Headings as the file writes them, and (row number in the spreadsheet, cells) below them."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    unread_sheets: list[str] = field(default_factory=list)


def read(path) -> Table:
    path = Path(path)
    reader = reader_of(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable(_("The file cannot be opened: %(reason)s") % {"reason": error.strerror}) from error
    refuse_large(size)
    rows, unread_sheets = reader(path)
    if not rows:
        raise Unreadable(_("The file is empty."))
    return Table(headings=rows[0][1], rows=rows[1:], unread_sheets=unread_sheets)


def reader_of(path):
    reader = {".csv": csv_rows, ".xlsx": xlsx_rows}.get(Path(path).suffix.lower())
    if reader is None:
        raise Unreadable(_("Only .csv and .xlsx files can be read. Please save the table as one of them."))
    return reader


def refuse_large(size):
    if size > MAX_BYTES:
        words = {"megabytes": MAX_BYTES // 1_000_000}
        raise Unreadable(
            _("The file is larger than %(megabytes)d MB. Please divide it into several.") % words
        )


def numbered(rows):
    """Rows with something in them. Empty ones count: numbers are those that the spreadsheet shows."""
    filled = []
    for number, cells in enumerate(rows, start=1):
        if any(cells):
            filled.append((number, cells))
        if len(filled) > MAX_ROWS + 1 or number > MAX_LINES:
            words = {"rows": MAX_ROWS}
            raise Unreadable(
                _("The table has more than %(rows)d rows. Please divide it into several.") % words
            )
    return filled


def csv_rows(path):
    with path.open(encoding=encoding_of(path), newline="") as file:
        # An unclosed quotation mark would swallow the rows after it; `strict` makes it an error.
        reader = csv.reader(file, strict=True)
        try:
            return numbered([clean(cell) for cell in row] for row in reader), []
        except csv.Error as error:
            raise Unreadable(
                _("Line %(line)d is not proper CSV. Please check the quotation marks.")
                % {"line": reader.line_num}
            ) from error


def encoding_of(path):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                pieces = iter(lambda: file.read(PIECE), "")
                if not any("\0" in piece for piece in pieces):
                    return encoding
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The file is not text in UTF-8 or GB18030. Please save it as CSV again."))


def xlsx_rows(path):
    with path.open("rb") as file:
        if not file.read(1):
            return [], []
        refuse_other_containers(file)
        try:
            with warnings.catch_warnings():
                # About styles and validation lists, which do not matter here.
                warnings.filterwarnings("ignore", module="openpyxl")
                return visible_rows(file)
        except Unreadable:
            raise
        except Exception as error:  # openpyxl raises whatever a damaged part happens to break
            raise Unreadable(_("The workbook is damaged. Please save it again in Excel or WPS.")) from error


def refuse_other_containers(file):
    file.seek(0)
    if file.read(len(OLE_CONTAINER)) == OLE_CONTAINER:
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise Unreadable(_("The workbook is protected by a password. Please save it without one."))
        raise Unreadable(_("This is an Excel file of the old kind. Please save it as .xlsx."))
    if not zipfile.is_zipfile(file):
        raise Unreadable(_("This is not an Excel workbook, although its name ends in .xlsx."))
    # What a part is said to unpack to is also all that is ever read of it.
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise Unreadable(_("The workbook unpacks to a size that no table of stations has."))


def visible_rows(file):
    workbook = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # some programs write a size that is smaller than the sheet
        values = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
        rows = numbered(map(texts_of, values))
        if rows:
            fill_down(rows, merged_downwards(sheet))
            return rows, [other.title for other in workbook.worksheets if other != sheet]
    raise Unreadable(_("The workbook has no visible sheet with anything in it."))


def texts_of(row) -> list[str]:
    """The texts of a row's values up to the last that is not empty."""
    cells = [text_of(value) for value in row] if row.count(None) < len(row) else []
    while cells and not cells[-1]:
        cells.pop()
    return cells


def merged_downwards(sheet) -> dict:
    """{first row: {(column from 0, last row), …}} of the cells merged over several rows.

    A sheet read as a stream does not know them: in the file they stand behind the rows.
    """
    merged, rest = defaultdict(set), b""
    with sheet._get_source() as source:
        while piece := source.read(PIECE):
            for name in MERGED.findall(rest + piece):
                left, top, _right, bottom = range_boundaries(name.decode())
                if bottom > top:
                    merged[top].add((left - 1, bottom))
            rest = piece[-100:]
    return merged


def fill_down(rows, merged):
    """Let every row say what a cell merged over it says; headings and empty rows stay as they are."""
    above = {}  # by column: (last row, text)
    for number, cells in rows[1:]:
        starting = merged.get(number, ())
        above |= {column: (last, cells[column]) for column, last in starting if column < len(cells)}
        for column, (last, text) in above.items():
            if number <= last:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = cells[column] or text


def text_of(value):
    if value is None:
        return ""
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "="
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a code typed as a number: 331002, not 331002.0
    return clean(str(value))


def clean(text):
    return text.translate(INVISIBLE).strip()
