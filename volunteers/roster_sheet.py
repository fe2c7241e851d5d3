"""The roster of a week as a workbook: a row for each person, and one for a shift without any."""

from tempfile import TemporaryFile

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from stations.list_exports import NOT_IN_A_TITLE, plain
from volunteers.roster import AtStation, Comer, Line

RED = Font(color="FFB3261E", bold=True)
WIDTHS = [24, 12, 16, 12, 8, 8, 8, 8, 8, 8, 8, 14, 18, 24]
MISSING = 8  # the column, counted from 1


def headings() -> list[str]:
    return [
        _("Station"),
        _("Service"),
        _("Role"),
        _("Date"),
        _("From"),
        _("Until"),
        _("Needed"),
        _("Missing"),
        _("Places taken"),
        _("Places"),
        _("On the waiting list"),
        _("Name"),
        _("Telephone"),
        _("Remarks"),
    ]


def rows(roster: list[AtStation]) -> list[list]:
    return [
        [plain(value) for value in [*about(at, line), *person]]
        for at in roster
        for line in at.lines
        for person in people(line)
    ]


def about(at: AtStation, line: Line) -> list:
    shift = line.shift
    starts, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    return [
        at.station.name,
        shift.get_kind_display(),
        shift.role,
        starts.date(),
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        shift.needed,
        line.missing,
        shift.taken,
        shift.places,
        shift.waiting,
    ]


def people(line: Line) -> list[list[str]]:
    state = line.shift.get_status_display() if line.shift.status != line.shift.Status.PUBLISHED else ""
    if not line.comers:
        return [["", "", state]]
    return [
        [comer.name, comer.phone, "；".join(filter(None, [state, *remarks(comer)]))] for comer in line.comers
    ]


def remarks(comer: Comer) -> list[str]:
    return [
        _("a place is offered, no answer yet") if comer.signup.is_offer else "",
        _("looks for a stand-in") if comer.signup.stand_in_wanted_at else "",
        _("no valid document") if comer.lacks_document else "",
    ]


def write(roster_rows: list[list], title: str):
    """An open file, from its beginning."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = capfirst(title).translate(NOT_IN_A_TITLE)[:31]
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJKLMN", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(headings())
    for row in roster_rows:
        sheet.append([None if value == "" else value for value in row])
        if row[MISSING - 1]:
            sheet.cell(sheet.max_row, MISSING).font = RED
    file = TemporaryFile()  # noqa: SIM115, the answer closes it
    workbook.save(file)
    file.seek(0)
    return file
