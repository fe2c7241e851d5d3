"""CSV and XLSX files as numbered rows of text, below a row of headings.

Workbooks are read for what their cells say. A formula is read as its text ("=A1+1"),
never as the result that Excel stored beside it: that result may be out of date or
missing, and whoever reads the table can see the formula and refuse it. Nothing is
ever evaluated.
"""

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

# Encrypted workbooks and Excel files from before 2007 share this container.
OLE_CONTAINER = bytes.fromhex("D0CF11E0A1B11AE1")
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
    reader = {".csv": csv_rows, ".xlsx": xlsx_rows}.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(_("Only .csv and .xlsx files can be read. Please save the table as one of them."))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(_("The file cannot be opened: %(reason)s") % {"reason": error.strerror}) from error
    if not content:
        raise Unreadable(_("The file is empty."))
    rows, unread_sheets = reader(content)
    # Empty lines are not rows, but they count: numbers are those that the spreadsheet shows.
    filled = [(number, cells) for number, cells in enumerate(rows, start=1) if any(cells)]
    if not filled:
        raise Unreadable(_("The file is empty."))
    return Table(headings=filled[0][1], rows=filled[1:], unread_sheets=unread_sheets)


def csv_rows(content):
    # An unclosed quotation mark would swallow the rows after it; `strict` makes it an error.
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    try:
        return [[clean(cell) for cell in row] for row in reader], []
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)d is not proper CSV. Please check the quotation marks.")
            % {"line": reader.line_num}
        ) from error


def decode(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(_("The file is not text in UTF-8 or GB18030. Please save it as CSV again."))


def xlsx_rows(content):
    refuse_other_containers(content)
    try:
        with warnings.catch_warnings():
            # About styles and validation lists, which do not matter here.
            warnings.filterwarnings("ignore", module="openpyxl")
            return visible_rows(content)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part happens to break
        raise Unreadable(_("The workbook is damaged. Please save it again in Excel or WPS.")) from error


def refuse_other_containers(content):
    if content.startswith(OLE_CONTAINER):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(_("The workbook is protected by a password. Please save it without one."))
        raise Unreadable(_("This is an Excel file of the old kind. Please save it as .xlsx."))
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Unreadable(_("This is not an Excel workbook, although its name ends in .xlsx."))


def visible_rows(content):
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # some programs write a size that is smaller than the sheet
        rows = [[text_of(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        if any(map(any, rows)):
            return rows, [other.title for other in workbook.worksheets if other != sheet]
    raise Unreadable(_("The workbook has no visible sheet with anything in it."))


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
