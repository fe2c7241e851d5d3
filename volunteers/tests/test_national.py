"""Hours for the national system: each given once, corrections as such."""

import csv
import os
import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from stations.tests.factories import make_station, make_user
from volunteers import national
from volunteers.models import HoursEntry
from volunteers.tests.factories import make_hours, make_shift, make_signup, make_volunteer
from volunteers.tests.test_certificates import undo


def export(folder, *options, ending="csv"):
    """What a run writes, each row by its headings."""
    path = folder / f"{timezone.now():%H%M%S%f}.{ending}"
    call_command("export_hours", str(path), *options)
    if ending == "xlsx":
        heads, *rows = load_workbook(path, read_only=False).active.values
    else:
        heads, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    assert list(heads) == national.HEADINGS
    return [dict(zip(heads, row, strict=True)) for row in rows]


def hours(rows):
    return [float(row["服务时长（小时）"]) for row in rows]


def test_a_row_has_who_what_when_where_and_how_long(station, tmp_path):
    person = make_user(name="林律师", phone="+8613800001234")
    volunteer = make_volunteer(person=person, home_station=station)
    begins = timezone.localtime().replace(hour=14, minute=0, second=0, microsecond=0) - timedelta(days=2)
    signup = make_signup(
        shift=make_shift(station=station, starts_at=begins, kind="legal"),
        volunteer=volunteer,
        checked_in_at=begins + timedelta(minutes=5),
        checked_out_at=begins + timedelta(minutes=95),
    )
    make_hours(signup=signup, minutes=90, confirmed_by=make_user(name="王站长"))

    [row] = export(tmp_path)

    assert row == {
        "记录编号": f"{signup.pk}/1",
        "志愿者编号": volunteer.number,
        "姓名": "林律师",
        "联系电话": "13800001234",
        "活动名称": row["活动名称"],
        "服务日期": f"{begins:%Y-%m-%d}",
        "开始时间": f"{begins:%Y-%m-%d} 14:05",
        "结束时间": f"{begins:%Y-%m-%d} 15:35",
        "服务地点": f"石门社区服务驿站，{station.address}",
        "服务内容": "法律咨询",
        "服务时长（小时）": "1.5",
        "组织单位": station.organisation.name,
        "负责人": "王站长",
        "备注": "",
    }


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_marked_is_given_once(db, tmp_path, ending):
    make_hours(), make_hours(minutes=30)

    looked = export(tmp_path, ending=ending)
    given = export(tmp_path, "--mark", ending=ending)
    again = export(tmp_path, "--mark", ending=ending)

    assert (hours(looked), hours(given), again) == ([2.0, 0.5], [2.0, 0.5], [])
    assert HoursEntry.objects.filter(synced_to_national_at=None).count() == 0


def test_a_correction_of_what_was_given_is_a_row_that_takes_it_back(db, tmp_path):
    entry = make_hours()
    export(tmp_path, "--mark")

    undo(entry)
    make_hours(signup=entry.signup, version=2, minutes=60)

    rows = export(tmp_path, "--mark")
    assert hours(rows) == [-2.0, 1.0]
    assert [row["记录编号"] for row in rows] == [f"{entry.signup_id}/1", f"{entry.signup_id}/2"]
    assert [row["备注"] for row in rows] == ["更正（冲减）", ""]


def test_hours_of_the_demo_are_given_to_nobody(db, tmp_path):
    make_hours(signup=make_signup(shift=make_shift(station=make_station(is_demo=True))))
    make_hours(minutes=30)

    assert hours(export(tmp_path, "--mark")) == [0.5]
    assert HoursEntry.objects.filter(synced_to_national_at=None).count() == 1


def test_what_was_undone_before_it_was_given_is_never_given(db, tmp_path):
    entry = make_hours()
    undo(entry)
    make_hours(signup=entry.signup, version=2, minutes=60)

    assert hours(export(tmp_path)) == [1.0]
    assert hours(export(tmp_path, "--mark")) == [1.0]
    assert export(tmp_path, "--mark") == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_is_calculated(db, tmp_path, ending):
    make_hours(signup=make_signup(volunteer=make_volunteer(name="=1+1")))

    assert [row["姓名"] for row in export(tmp_path, ending=ending)] == ["'=1+1"]


def test_a_file_that_cannot_be_written_marks_nothing_and_is_not_left_half(db, tmp_path, monkeypatch):
    make_hours()
    path = tmp_path / "hours.csv"

    with pytest.raises(CommandError):
        call_command("export_hours", str(tmp_path / "no" / "hours.csv"), "--mark")
    monkeypatch.setattr(national, "remark", lambda entry: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("export_hours", str(path), "--mark")

    assert HoursEntry.objects.filter(synced_to_national_at=None).count() == 1
    assert not path.exists()


def test_an_earlier_file_is_never_written_over_and_other_kinds_are_refused(db, tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text("earlier")

    with pytest.raises(CommandError):
        call_command("export_hours", str(path), "--mark")
    with pytest.raises(CommandError):
        call_command("export_hours", str(tmp_path / "hours.txt"))

    assert path.read_text() == "earlier"


def test_only_whoever_made_the_file_reads_it(db, tmp_path):
    path = tmp_path / "hours.csv"

    call_command("export_hours", str(path))

    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


@pytest.mark.parametrize("rows", [1, 3])
def test_many_rows_ask_no_more_than_one(db, tmp_path, rows, django_assert_num_queries):
    for _n in range(rows):
        make_hours()

    with django_assert_num_queries(4):  # a savepoint and its release, the number, the rows
        national.export(tmp_path / "hours.csv", mark=False)
