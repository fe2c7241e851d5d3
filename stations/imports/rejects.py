"""The rows of an import that were rejected, as a workbook to put right and import again."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from stations.imports import tables
from stations.imports.reports import REJECTED, Report


def workbook(job) -> bytes:
    """The rejected rows with their own cells, the reasons behind them; nothing in it is a formula."""
    table = tables.read(job.file.path)
    reasons = {
        each.row: each.reasons for each in Report.from_json(job.report).findings if each.kind == REJECTED
    }
    width = len(table.headings)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rejected rows"))
    sheet.append(texts(sheet, [*table.headings, _("Row in the table"), _("Why it was not imported")]))
    for number, cells in table.rows:
        if number in reasons:
            padded = [*cells, *[""] * width][: max(width, len(cells))]
            sheet.append(texts(sheet, [*padded, str(number), reasons[number]]))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def texts(sheet, values):
    """Cells that a spreadsheet shows as they are written, whatever they begin with."""
    for value in values:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.quotePrefix = True
        yield cell
