"""Shifts come in from a table: every bad row is named, the rest is written, and nobody is dropped."""

import json
from datetime import datetime, time, timedelta
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from events.models import Message
from stations.imports import tables
from stations.models import HistoryLine
from stations.tests.factories import make_division, make_station
from stations.tests.tables import counts, write_table
from volunteers import shift_import, shifts, signups
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_shift

DAY = timezone.localdate() + timedelta(days=3)


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def row(station):
    def make(**kw):
        values = {
            "station": station.code,
            "service": "helper",
            "role": "",
            "date": str(DAY),
            "starts": "14:00",
            "ends": "16:00",
            "places": "2",
            "bring": "",
        }
        return values | kw

    return make


@pytest.fixture
def table(tmp_path):
    """Writes rows (dicts) under the keys of the first, by the ending of the name."""

    def write(*rows, name="shifts.csv", encoding="utf-8"):
        return write_table(tmp_path / name, rows, encoding)

    return write


def reasons(report):
    return [str(finding) for finding in report.findings]


def stored():
    left_out = {"id", "service_day_id", "series_id"}
    rows = Shift.objects.order_by("starts_at", "kind", "role").values()
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def kept():
    return [list(model.objects.order_by("pk").values()) for model in (Shift, Signup, HistoryLine, Message)]


def at(hour, *, days=0):
    return timezone.make_aware(datetime.combine(DAY + timedelta(days=days), time(hour)))


# What comes in


def test_a_table_with_chinese_headings_and_words_comes_in(table, station):
    path = table(
        {
            "驿站": station.name,
            "服务": "义诊",
            "岗位": "量血压",
            "日期": f"{DAY:%Y年%m月%d日}",
            "开始时间": "９：００",
            "时长（分钟）": "150",
            "名额": "5",
            "至少人数": "3",
            "所需资质": "医师证",
            "携带物品": "血压仪",
            "风险提示": "无",
            "主办单位": "县人民医院",
            "状态": "草稿",
        },
        encoding="gb18030",
    )

    report = shift_import.import_file(path)

    assert (counts(report), reasons(report), report.ignored) == ((1, 0, 0, 0), [], [])
    shift = Shift.objects.get()
    assert (shift.station, shift.kind, shift.role, shift.status) == (station, "clinic", "量血压", "draft")
    assert (shift.starts_at, shift.minutes, shift.places, shift.needed) == (at(9), 150, 5, 3)
    assert (shift.extra_credential, shift.bring, shift.organiser) == ("medical", "血压仪", "县人民医院")
    assert HistoryLine.objects.get(model="volunteers.shift").object_id == shift.pk


@pytest.mark.parametrize("name", ["a.csv", "bom.csv", "gb.csv", "a.xlsx", "a.json"])
def test_the_formats_give_the_same(table, row, name):
    rows = [row(role="帮手", places=3), row(starts="20:00", ends="06:00", bring="雨衣"), row(service="跳舞")]
    encoding = {"bom.csv": "utf-8-sig", "gb.csv": "gb18030"}.get(name, "utf-8")

    report = shift_import.import_file(table(*rows, name=name, encoding=encoding))

    assert (counts(report), report.findings[0].row) == ((2, 0, 0, 1), 3 if name == "a.json" else 4)
    assert [(s["role"], s["starts_at"], s["ends_at"], s["places"], s["bring"]) for s in stored()] == [
        ("帮手", at(14), at(16), 3, ""),
        ("", at(20), at(6, days=1), 2, "雨衣"),
    ]


def test_dates_and_times_of_a_workbook_are_read_as_it_keeps_them(table, row):
    midnight = datetime.combine(DAY, time())
    path = table(row(date=midnight, starts=time(22), ends="24:00", places=3.0), name="a.xlsx")

    report = shift_import.import_file(path)

    assert (counts(report), reasons(report)) == ((1, 0, 0, 0), [])
    assert (Shift.objects.get().starts_at, Shift.objects.get().ends_at) == (at(22), at(0, days=1))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_second_run_writes_nothing(table, row, name):
    path = table(row(), row(role="登记", starts="20:00", ends="2:00"), name=name)
    shift_import.import_file(path)
    before = kept()

    with CaptureQueriesContext(connection) as context:
        report = shift_import.import_file(path)

    verbs = {query["sql"].split()[0] for query in context.captured_queries}
    assert (counts(report), verbs - {"SAVEPOINT", "RELEASE"}) == ((0, 0, 2, 0), {"SELECT"})
    assert kept() == before


def test_more_rows_take_no_more_queries(table, row):
    taken = []
    for hours in ([8], [9, 10, 11, 12]):
        path = table(*(row(starts=f"{hour}:00", ends=f"{hour + 1}:00") for hour in hours))
        with CaptureQueriesContext(connection) as context:
            assert shift_import.import_file(path).created == len(hours)
        taken.append(len(context))

    assert taken[0] == taken[1]


# What is left out


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"station": "X-404"}, "station", "There is no station"),
        ({"station": ""}, "station", "required"),
        ({"station": "A\0B"}, "station", "Null characters"),
        ({"station": "同名驿站"}, "station", "Several stations are called so"),
        ({"service": "跳舞"}, "service", "is not known here"),
        ({"service": ""}, "service", "required"),
        ({"role": "很" * 41}, "role", "at most 40"),
        ({"date": "2026-02-30"}, "date", "valid date"),
        ({"date": "2206-01-01"}, "date", "cannot be meant"),
        ({"date": ""}, "date", "required"),
        ({"starts": "下午"}, "starts", "is not a time"),
        ({"starts": "25:00"}, "starts", "is not a time"),
        ({"starts": "24:00"}, "starts", "next day"),
        ({"ends": "16:60"}, "ends", "is not a time"),
        ({"ends": ""}, "ends", "when it ends"),
        ({"ends": "14:00"}, "ends", "ends when it begins"),
        ({"ends": "4:01"}, "ends", "14 hours at most"),
        ({"minutes": "90"}, "minutes", "do not agree"),
        ({"minutes": "841", "ends": ""}, "minutes", "less than or equal to 840"),
        ({"places": "0"}, "places", "greater than or equal to 1"),
        ({"places": "501"}, "places", "less than or equal to 500"),
        ({"places": "两个"}, "places", "whole number"),
        ({"needed": "3"}, "needed", "More people are needed"),
        ({"needed": "2", "places": ""}, "needed", "More people are needed"),
        ({"document": "驾照"}, "document", "is not known here"),
        ({"bring": "=A1"}, "bring", "formula"),
        ({"bring": ["伞", "水"]}, "bring", "one text or number"),
        ({"bring": "\ud800"}, "bring", "one text or number"),
        ({"risks": "险" * 201}, "risks", "at most 200"),
        ({"organiser": "县" * 81}, "organiser", "at most 80"),
        ({"state": "cancelled"}, "state", "cancels nothing"),
        ({"state": "也许"}, "state", "is not known here"),
    ],
)
def test_a_bad_row_is_named_with_its_field_and_the_others_come_in(row, tmp_path, wrong, field, why):
    for code in ("330105", "330106"):
        make_station(name="同名驿站", division=make_division(code=code, name=code))
    path = tmp_path / "shifts.json"
    path.write_text(json.dumps([row(role="一"), row(role="二") | wrong, row(role="三")]), encoding="utf-8")

    report = shift_import.import_file(path)

    assert counts(report) == (2, 0, 0, 1)
    finding = report.findings[0]
    assert (finding.row, [name for name, _why in finding.problems]) == (2, [field])
    assert why in finding.problems[0][1]
    assert not Shift.objects.filter(role="二").exists()


def test_all_that_is_wrong_with_a_row_is_said_at_once(table, row):
    report = shift_import.import_file(table(row(station="?", service="?", date="?", places="?")))

    assert [name for name, _why in report.findings[0].problems] == ["station", "service", "date", "places"]


def test_a_shift_stands_in_a_table_once(table, row):
    report = shift_import.import_file(table(row(), row(places="5")))

    assert counts(report) == (1, 0, 0, 1)
    assert "This shift stands in row 2 already." in reasons(report)[0]
    assert Shift.objects.get().places == 2


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", b"[{", "not proper JSON at line 1, character 3"),
        ("a.json", b"", "not proper JSON at line 1"),
        ("a.json", b'{"station": 1}', "must be a list of objects"),
        ("a.json", b"[[1], 2]", "must be a list of objects"),
        ("a.json", b"[]", "empty"),
        ("a.json", b"[{}]", "empty"),
        ("a.json", b'[{"station": NaN}]', "not proper JSON"),
        ("a.json", b"[" * 200_000, "not proper JSON"),
        ("a.json", b'[{"station": "a"}]', "Missing: service/"),
        ("a.json", b'[{"a\0": 1}]', "not text"),
        ("a.json", b"\xff\xff\xff", "not text"),
        ("a.json", json.dumps([{str(n): 1 for n in range(201)}]).encode(), "more than 200 columns"),
        ("a.json", json.dumps([{"station": "a"}] * 50_001).encode(), "more than 50000 rows"),
        ("a.csv", b"station,service,date\n", "Missing: starts/"),
        ("a.csv", "station,驿站,service,date,starts,ends\n".encode(), "mean the same"),
        ("a.txt", b"", "Only .csv, .xlsx and .json"),
    ],
    ids=count(),
)
def test_a_file_that_cannot_be_read_says_why(db, tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(tables.Unreadable, match=why):
        shift_import.import_file(path)


# Who has signed up stays


@pytest.fixture
def signup(table, row, newcomer):
    """On the shift of `row()`, which has come in."""
    shift_import.import_file(table(row()))
    return signups.sign_up(newcomer, Shift.objects.get())


def test_another_end_more_places_and_what_to_bring_keep_who_signed_up(table, row, signup):
    path = table(row(ends="17:00", places="4", bring="手套"))

    report = shift_import.import_file(path)

    assert (counts(report), reasons(report)) == ((0, 1, 0, 0), [])
    shift = Shift.objects.get()
    signup.refresh_from_db()
    assert (shift.ends_at, shift.places, shift.bring, shift.taken) == (at(17), 4, "手套", 1)
    assert (signup.status, signup.ends_at) == ("confirmed", at(17))
    assert Message.objects.filter(key=f"moved:{signup.pk}:1").count() == 1
    assert counts(shift_import.import_file(path)) == (0, 0, 1, 0)


def test_another_start_is_another_shift(table, row, signup):
    report = shift_import.import_file(table(row(starts="15:00")))

    assert counts(report) == (1, 0, 0, 0)
    signup.refresh_from_db()
    assert (Shift.objects.count(), signup.shift.starts_at, signup.status) == (2, at(14), "confirmed")


def test_places_do_not_fall_below_those_taken(table, row, signup, volunteer):
    signups.sign_up(volunteer, signup.shift)

    report = shift_import.import_file(table(row(places="1"), row(role="登记")))

    assert counts(report) == (1, 0, 0, 1)
    assert reasons(report) == [
        "Row 2 rejected. places: 2 places are taken or offered. "
        "Please take somebody off first, or plan as many."
    ]
    assert signup.shift.signups.filter(status="confirmed").count() == 2
    assert Shift.objects.get(pk=signup.shift_id).places == 2


def test_a_shift_with_people_does_not_become_a_draft(table, row, signup):
    report = shift_import.import_file(table(row(state="draft")))

    assert [name for name, _why in report.findings[0].problems] == ["state"]
    assert Shift.objects.get().status == "published"


def test_an_end_at_which_somebody_is_elsewhere_is_refused(table, row, signup, other_station):
    later = make_shift(station=other_station, starts_at=at(16))
    signups.sign_up(signup.volunteer, later)
    rows = [{**row(), "minutes": "240"}]
    del rows[0]["ends"]

    report = shift_import.import_file(table(*rows))

    assert [name for name, _why in report.findings[0].problems] == ["minutes"]
    assert Shift.objects.get(pk=signup.shift_id).ends_at == at(16)


def test_what_is_cancelled_is_not_brought_back(table, row, signup, manager):
    shifts.cancel(signup.shift, by=manager, reason="停电")

    report = shift_import.import_file(table(row(state="published")))

    assert counts(report) == (0, 0, 0, 1)
    assert "it is cancelled" in reasons(report)[0]
    assert Shift.objects.get().status == "cancelled"


def test_what_a_row_does_not_say_stays(table, row, station):
    shift_import.import_file(table(row(needed="2", document="律师证", risks="高温", state="draft")))
    plain = row(places="")
    del plain["bring"]

    assert counts(shift_import.import_file(table(plain))) == (0, 0, 1, 0)
    report = shift_import.import_file(table(row(places="1", document="无", risks="")))

    shift = Shift.objects.get()
    assert counts(report) == (0, 1, 0, 0)
    assert (shift.places, shift.needed, shift.extra_credential, shift.risks) == (1, 1, "", "")
    assert shift.status == "draft"


# The command


def test_a_dry_run_reports_the_same_and_writes_nothing(table, row, signup):
    path = table(row(bring="手套"), row(role="登记"), row(role="坏", places="0"))
    before = kept()

    trial = shift_import.import_file(path, dry_run=True)

    assert kept() == before
    assert (counts(trial), reasons(trial)) == ((1, 1, 0, 1), reasons(shift_import.import_file(path)))


@pytest.mark.parametrize(
    ("wrong", "status"), [({}, 0), ({"places": "0"}, 1), ({"station": "=A1"}, 1), (None, 2)]
)
def test_the_exit_status_says_what_became_of_the_table(table, row, capsys, wrong, status):
    path = "gone.csv" if wrong is None else table(row(**wrong))
    found = 0
    try:
        call_command("import_shifts", str(path), "--dry-run")
    except CommandError as error:
        found = error.returncode

    assert found == status
    out = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in out[-5:]] == (
        [] if status == 2 else ["Rows read", "Created", "Updated", "Unchanged", "Rejected"]
    )
    assert not Shift.objects.exists()


def test_the_history_says_which_file_it_was(table, row, capsys):
    call_command("import_shifts", str(table(row())))
    call_command("import_shifts", str(table(row(bring="伞"))))

    lines = HistoryLine.objects.filter(model="volunteers.shift").order_by("pk")
    assert [line.reason for line in lines] == ["Import of shifts.csv"] * 2
