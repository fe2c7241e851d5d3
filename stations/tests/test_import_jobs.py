"""Tables that come in through the workplace, and workers that die over them."""

import io
import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from stations.imports import importer, jobs, tables
from stations.imports.reports import Report
from stations.models import ImportJob, Station, StationFacility
from stations.refusals import Refusal
from stations.tests.factories import make_import, make_user
from stations.tests.races import at_once, everybody

HEADINGS = "name,division,address,lat,lng,facilities"
MANY = 4  # workers at once


def line(name, lat="28.131"):
    return f"{name},青田县,瓯南街道,{lat},120.29,饮水机；空调"


def csv(*lines):
    return "\n".join([HEADINGS, *lines]) + "\n"


@pytest.fixture
def checked(db):
    """A table with a good row and a bad one, looked at."""
    job = make_import(csv(line("石门驿站"), line("=1+1", lat="0")), language="en")
    jobs.run(job.pk)
    return loaded(job)


def loaded(job):
    return ImportJob.objects.get(pk=job.pk)


def counts(job):
    return Report.from_json(loaded(job).report).counts


# What a job does


def test_a_table_is_looked_at_first_and_nothing_is_written(checked):
    assert (checked.state, checked.rows_done, checked.rows_total) == ("checked", 2, 2)
    assert counts(checked) == {"created": 1, "rejected": 1}
    assert Station.objects.count() == 0


def test_what_was_looked_at_is_imported_when_somebody_says_so_and_once(checked):
    jobs.start(checked)
    assert jobs.run(checked.pk)

    with pytest.raises(Refusal):
        jobs.start(checked)
    assert not jobs.run(checked.pk)
    assert loaded(checked).state == "done"
    assert counts(checked) == {"created": 1, "rejected": 1}
    assert Station.objects.get().name == "石门驿站"


def test_reasons_are_in_the_language_of_who_uploaded_the_table(checked):
    chinese = make_import(csv(line("石门驿站", lat="0")))
    jobs.run(chinese.pk)

    found = [Report.from_json(loaded(job).report).findings[0].reasons for job in (checked, chinese)]
    assert found[0].startswith("name: A formula is not calculated here.")
    assert found[1].startswith("lat: ")
    assert re.search("[\u4e00-\u9fff]", found[1])


def test_a_table_that_cannot_be_read_says_why(db):
    job = make_import("hello,world\n1,2\n", language="en")

    jobs.run(job.pk)

    assert loaded(job).state == "unreadable"
    assert loaded(job).trouble.startswith("The first row must hold the headings. Missing: name/名称")


def test_a_worker_is_asked_after_the_commit(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        make_import(csv(line("石门驿站")))

    assert len(callbacks) == 1


# Workers that die


class Killed(BaseException):
    """As abrupt as a test can be: nothing of ours catches it."""


def dying_in(batch, monkeypatch):
    """Let the worker die at the end of a batch, before its transaction is committed."""
    real, done = jobs.keep, []

    def keep(*args):
        real(*args)
        done.append(args)
        if len(done) == batch:
            raise Killed

    monkeypatch.setattr(jobs, "keep", keep)


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_after_a_worker_died_another_goes_on_behind_the_last_batch(db, monkeypatch, batch):
    monkeypatch.setattr(importer, "BATCH", 2)
    names = ["一号", "二号", "一号", "三号", "坏", "二号", "四号", "三号"]
    rows = [line(name, lat="0" if name == "坏" else "28.131") for name in names]
    job = make_import(csv(*rows), language="en")
    jobs.run(job.pk)
    jobs.start(job)
    with monkeypatch.context() as death:
        dying_in(batch, death)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    assert loaded(job).rows_done == (batch - 1) * 2
    assert Station.objects.count() == [0, 2, 3, 3][batch - 1]

    jobs.take_up()
    assert loaded(job).state == "running"  # it may still be alive
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        jobs.take_up()

    job = loaded(job)
    assert (job.state, job.rows_done) == ("done", 8)
    assert counts(job) == {"created": 4, "rejected": 4}
    assert [(each.row, each.problems[0][0]) for each in Report.from_json(job.report).findings] == [
        (4, "name"),
        (6, "lat"),
        (7, "name"),
        (9, "name"),
    ]
    assert list(Station.objects.values_list("code", "name")) == [
        (f"331121-T-000{n}", name) for n, name in enumerate(["一号", "二号", "三号", "四号"], start=1)
    ]
    assert StationFacility.objects.count() == 8


def test_a_look_that_broke_off_begins_again(db, monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 1)
    job = make_import(csv(line("一号"), line("一号"), line("二号")))
    with monkeypatch.context() as death:
        dying_in(2, death)
        with pytest.raises(Killed):
            jobs.run(job.pk)

    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        jobs.take_up()

    assert loaded(job).state == "checked"
    assert counts(job) == {"created": 2, "rejected": 1}


def test_a_worker_that_was_given_up_writes_nothing_more(db, monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 1)
    job = make_import(csv(line("一号"), line("二号"), line("三号")))
    jobs.run(job.pk)
    jobs.start(job)
    real = jobs.keep

    def keep(job, done, *args):
        if done == 2:  # another worker has just come
            ImportJob.objects.filter(pk=job.pk).update(beat_at=timezone.now())
        real(job, done, *args)

    monkeypatch.setattr(jobs, "keep", keep)

    with pytest.raises(jobs.TakenOver):
        jobs.run(job.pk)

    assert [station.name for station in Station.objects.all()] == ["一号"]
    assert loaded(job).rows_done == 1


def test_a_job_whose_worker_was_never_asked_is_taken_up(db):
    job = make_import(csv(line("石门驿站")))

    jobs.take_up()

    assert loaded(job).state == "checked"


# Two workers


@pytest.fixture
def waiting(transactional_db):
    """A table that waits for whoever comes first."""
    job = make_import(csv(line("石门驿站")))
    jobs.run(job.pk)
    jobs.start(job)
    return job


@pytest.mark.postgres
def test_of_workers_at_once_one_imports_the_table(waiting):
    answers = at_once(*[partial(jobs.run, waiting.pk)] * MANY)

    assert sorted(answers) == [False] * (MANY - 1) + [True]
    assert (loaded(waiting).state, Station.objects.count()) == ("done", 1)


@pytest.mark.postgres
def test_control_looking_before_claiming_lets_every_worker_begin(waiting):
    has_looked = everybody(MANY)

    def claim():
        is_free = jobs.unattended().filter(pk=waiting.pk).exists()
        has_looked()
        return is_free and ImportJob.objects.filter(pk=waiting.pk).update(beat_at=timezone.now()) == 1

    assert at_once(*[claim] * MANY) == [True] * MANY


# In the workplace


@pytest.fixture
def office(client, admin):
    admin.language = "en"
    admin.save()
    client.force_login(admin)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page(job, name="change"):
    return reverse(f"admin:stations_importjob_{name}", args=[job.pk])


def upload(office, name, content):
    file = SimpleUploadedFile(name, content)
    return office.post(reverse("admin:stations_importjob_add"), {"file": file}, follow=True)


def test_from_upload_to_the_workbook_of_rejected_rows(office):
    bad = '"=HYPERLINK(""http://example.org"",""x"")"'
    table = csv(line("石门驿站"), line(bad), line("零", lat="0"))
    shown = upload(office, "站点.csv", table.encode())
    job = ImportJob.objects.get()
    assert shown.redirect_chain == [(page(job), 302)]
    assert "Waiting for its turn" in shown.text
    assert office.get(page(job, "progress")).json() == {
        "state": "looking",
        "done": 0,
        "total": 0,
        "says": "Waiting for its turn",
    }

    jobs.run(job.pk)
    shown = office.get(page(job)).text
    assert "Created: 1" in shown
    assert "Row 4 rejected. lat: The position lies outside Zhejiang. Please check it." in shown
    assert Station.objects.count() == 0
    assert office.post(page(job, "start"), follow=True).redirect_chain == [(page(job), 302)]
    jobs.run(job.pk)
    assert "3 of 3 rows" in office.get(page(job)).text
    assert Station.objects.get().name == "石门驿站"

    answer = office.get(page(job, "rejected"))
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book.active.iter_rows())
    assert [cell.value for cell in rows[0]] == [
        *HEADINGS.split(","),
        "Row in the table",
        "Why it was not imported",
    ]
    assert [cell.value for cell in rows[1]] == [
        '=HYPERLINK("http://example.org","x")',
        *line("").split(",")[1:],
        "3",
        "name: A formula is not calculated here. Please fill in the value itself.",
    ]
    assert {(cell.data_type, cell.quotePrefix) for row in rows for cell in row} == {("s", True)}
    assert [cell.value for cell in rows[2]][-2:] == [
        "4",
        "lat: The position lies outside Zhejiang. Please check it.",
    ]


def test_the_workbook_of_rejected_rows_can_be_put_right_and_imported(office, checked):
    book = load_workbook(io.BytesIO(office.get(page(checked, "rejected")).content))
    for column, value in enumerate(["湖滨驿站", "青田县", "瓯南街道", "28.131", "120.29"], start=1):
        book.active.cell(2, column).value = value
    written = io.BytesIO()
    book.save(written)

    upload(office, "rejected.xlsx", written.getvalue())

    job = ImportJob.objects.exclude(pk=checked.pk).get()
    jobs.run(job.pk)
    assert counts(job) == {"created": 1}


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("a.csv", tables.MAX_BYTES + 1, "The file is larger than 40 MB. Please divide it into several."),
        ("a.pdf", 10, "Only .csv and .xlsx files can be read. Please save the table as one of them."),
        ("a.csv", 0, "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused_at_the_door(office, name, size, sentence):
    answer = upload(office, name, bytes(size))

    assert sentence in answer.text
    assert not ImportJob.objects.exists()


def test_why_a_table_cannot_be_read_is_shown(office):
    upload(office, "a.xlsx", b"not a workbook")
    job = ImportJob.objects.get()
    jobs.run(job.pk)

    shown = office.get(page(job)).text

    assert "This is not an Excel workbook, although its name ends in .xlsx. Nothing was written." in shown
    assert office.get(page(job, "rejected")).status_code == 404


def test_what_is_at_work_refreshes_itself_without_a_script(office, checked):
    jobs.start(checked)
    at_work = office.get(page(checked)).text
    jobs.run(checked.pk)

    refresh = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    assert (refresh in at_work, refresh in office.get(page(checked)).text) == (True, False)


def test_a_second_click_is_answered_with_a_sentence(office, checked):
    office.post(page(checked, "start"))

    shown = office.post(page(checked, "start"), follow=True).text

    assert "This table is not waiting to be imported." in shown


def test_managers_see_nothing_of_imports(client, manager, checked):
    client.force_login(manager)

    assert reverse("admin:stations_importjob_changelist") not in client.get(reverse("admin:index")).text
    assert client.post(page(checked, "start")).status_code == 403
    assert loaded(checked).state == "checked"


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_list_of_imports_asks_no_more_for_more_of_them(office, jobs, django_assert_num_queries):
    for _n in range(jobs):
        make_import(csv(line("石门驿站")), by=make_user())

    with django_assert_num_queries(7):
        office.get(reverse("admin:stations_importjob_changelist"))
