"""Confirmed hours for the national system (order 67, art. 4: what is recorded elsewhere is entered there).

The columns follow articles 5 and 7, modelled on MZ/T 061-2015, whose exact tables are not public.
"""

import csv
import io
import os
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook

from stations.list_exports import CHUNK, MOST_IN_A_SHEET, safe
from stations.refusals import Refusal
from volunteers.certificates import activity, organiser
from volunteers.models import HoursEntry, Signup

HEADINGS = [
    "记录编号",
    "志愿者编号",
    "姓名",
    "联系电话",
    "活动名称",
    "服务日期",
    "开始时间",
    "结束时间",
    "服务地点",
    "服务内容",
    "服务时长（小时）",
    "组织单位",
    "负责人",
    "备注",
]
KINDS = ["csv", "xlsx"]


def export(path: Path, *, mark: bool) -> int:
    """Write what has not been given yet, and with `mark` note that it has; how many rows there are.

    The marks are set first and kept only if the file is complete: the rows of the file are exactly
    those marked, and a second run at the same moment waits, then finds nothing.
    """
    check_kind(path)
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        entries = HoursEntry.objects.filter(synced_to_national_at=None)
        # No join: who waits for another run has to see what that one has marked.
        entries = entries.exclude(signup__in=Signup.objects.filter(shift__station__is_demo=True))
        return write(path, standing(claimed(entries) if mark else entries))


def claimed(entries):
    """Those that nobody has given meanwhile, marked."""
    given_at = timezone.now()
    is_any = entries.update(synced_to_national_at=given_at)
    return HoursEntry.objects.filter(synced_to_national_at=given_at) if is_any else entries.none()


def check_kind(path):
    if path.suffix.removeprefix(".") not in KINDS:
        raise Refusal("kind", _("Please give the file a name that ends in .csv or .xlsx."))
    if path.exists():
        raise Refusal("exists", _("This file exists already. Please choose another name."))


def standing(entries):
    """Without hours that were confirmed and undone before anybody was told of them."""
    opposite = entries.filter(signup=OuterRef("signup"), version=OuterRef("version"))
    return (
        entries.exclude(Exists(opposite.exclude(kind=OuterRef("kind")).order_by()))
        .select_related(
            "volunteer__person", "signup__shift__station__organisation", "signup__shift__service_day"
        )
        .annotate(head=F("confirmed_by__name"))
        .order_by("pk")
    )


def write(path, entries) -> int:
    number, is_table = entries.count(), path.suffix == ".xlsx"
    if is_table and number > MOST_IN_A_SHEET:
        raise Refusal("too_many", _("An Excel sheet cannot hold so many rows. Please export CSV."))
    file = open(path, "xb", opener=private)  # noqa: SIM115
    try:
        with file, closing(entries.iterator(chunk_size=CHUNK)) as found:
            rows = map(row, found)
            write_workbook(file, rows) if is_table else write_csv(file, rows)
    except BaseException:
        path.unlink()  # half a file would be taken for the whole
        raise
    return number


def private(path, flags):
    """Names and phone numbers: for whoever made the file only."""
    return os.open(path, flags, mode=0o600)


def write_csv(file, rows):
    # Excel takes UTF-8 for what it is only with a byte order mark.
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        writer.writerows(rows)


def write_workbook(file, rows):
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("志愿服务记录")
    sheet.freeze_panes = "A2"
    sheet.append(HEADINGS)
    with closing(sheet):  # also where a row cannot be read: what was written so far lies in a file
        for values in rows:
            sheet.append(values)
    workbook.save(file)


def row(entry) -> list:
    """When she came and went where it is known, else the times of the shift; the hours are as confirmed."""
    signup, shift = entry.signup, entry.signup.shift
    begins = timezone.localtime(signup.checked_in_at or shift.starts_at)
    ends = timezone.localtime(signup.checked_out_at or shift.ends_at)
    person = entry.volunteer.person
    texts = [
        f"{signup.pk}/{entry.version}",
        entry.volunteer.number,
        entry.volunteer.name,
        (person.phone or "").removeprefix("+86") or person.email or "",
        activity(shift),
        f"{begins:%Y-%m-%d}",
        f"{begins:%Y-%m-%d %H:%M}",
        f"{ends:%Y-%m-%d %H:%M}",
        f"{shift.station.name}，{shift.station.address}",
        shift.what,
    ]
    after = [organiser(shift), entry.head, remark(entry)]
    return [*map(safe, texts), round(entry.minutes / 60, 2), *map(safe, after)]


def remark(entry) -> str:
    """An opposite line takes back what was given under the same record number before."""
    if entry.kind == HoursEntry.Kind.SERVICE:
        return ""
    return "：".join(filter(None, ["更正（冲减）", entry.reason]))
