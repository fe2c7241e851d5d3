"""Any list of the workplace as a table: the rows as filtered, the columns as plain text.

Rows are read a thousand at a time, so a list of any length needs the same memory.
"""

import csv
import io
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from html import unescape
from itertools import islice

from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from stations.exports.tables import cell
from stations.map_entries import harmless

CHUNK = 1000
MOST_IN_A_SHEET = 1_048_575  # rows below the headings, says Excel
WIDTH = 20  # a time is shown as #### in a narrower column
NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
NUMBERS_AND_TIMES = (int, float, Decimal, date, time)


def columns(changelist: ChangeList) -> list:
    return [name for name in changelist.list_display if name != "action_checkbox"]


def headings(changelist: ChangeList) -> list[str]:
    """What stands above the columns of the list, in the reader's language."""
    admin = changelist.model_admin
    return [
        safe(capfirst(str(label_for_field(name, changelist.model, admin)))) for name in columns(changelist)
    ]


def lines(changelist: ChangeList):
    """Lists of up to `CHUNK` lines of values."""
    rows, names = changelist.queryset.iterator(chunk_size=CHUNK), columns(changelist)
    while some := list(islice(rows, CHUNK)):
        yield [[plain(shown(name, row, changelist.model_admin)) for name in names] for row in some]


def csv_pieces(changelist: ChangeList, language: str):
    """The table as pieces of CSV. Excel takes UTF-8 for what it is only with a mark in front."""
    yield ("\ufeff" + as_csv([headings(changelist)])).encode()
    pieces = lines(changelist)
    while True:
        with override(language):  # pieces are asked for after the page has been answered
            some = next(pieces, None)
        if some is None:
            return
        yield as_csv(some).encode()


def as_csv(some) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(some)
    return text.getvalue()


def write_workbook(changelist: ChangeList, file, progress=lambda done: None) -> None:
    """The table as XLSX; `progress` is told how many rows are done."""
    workbook = Workbook(write_only=True)
    title = capfirst(str(changelist.opts.verbose_name_plural)).translate(NOT_IN_A_TITLE)
    sheet = workbook.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number in range(1, len(columns(changelist)) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.append(headings(changelist))
    with closing(sheet):  # also where a row cannot be read: what was written so far lies in a file
        done = 0
        for some in lines(changelist):
            for line in some:
                sheet.append([None if value == "" else value for value in line])
            done += len(some)
            progress(done)
    workbook.save(file)


def shown(name, row, admin):
    """What the list shows in a column, before it is dressed up for the page."""
    try:
        field, _attribute, value = lookup_field(name, row, admin)
    except ObjectDoesNotExist:
        return None
    if field is None or field.remote_field or value is None:
        return value
    if field.flatchoices or not isinstance(value, NUMBERS_AND_TIMES):
        return display_for_field(value, field, "")
    return value


def plain(value):
    """A number, a time on the wall here, or a text that no spreadsheet would calculate."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return (timezone.make_naive(value) if timezone.is_aware(value) else value).replace(microsecond=0)
    if isinstance(value, NUMBERS_AND_TIMES):
        return value
    if isinstance(value, list | tuple):
        return safe("、".join(map(str, value)))
    return safe(unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value))


def safe(text) -> str:
    """Signs that no workbook can hold are left out first: a formula could hide behind one."""
    return harmless(cell(text))
