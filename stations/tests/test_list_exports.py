"""Lists of the workplace that leave as a table: the rows as filtered, harmless, and noted."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin as workplace
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from stations import export_jobs, exported, list_exports
from stations.imports.jobs import TakenOver
from stations.models import ExportJob, HistoryLine, Kiosk, Posting, Station
from stations.tests.factories import make_kiosk, make_report, make_station

WITH_TIMES = datetime(2026, 11, 20, 1, 30, tzinfo=ZoneInfo("UTC"))


def address(name="stations_station", ending="csv", query=""):
    return reverse(f"admin:{name}_export", args=[ending]) + query


def from_csv(answer):
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def from_xlsx(answer):
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def column(table, heading):
    place = table[0].index(heading)
    return [line[place] for line in table[1:]]


def in_english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def office(client, admin):
    client.force_login(admin)
    return client


# Which rows, which columns


def test_the_rows_that_the_list_shows_are_exported_in_its_order(office):
    for name in ("甲", "乙", "丙"):
        make_station(name=name, status=Station.Status.OPEN)
    make_station(name="丁", status=Station.Status.WITHDRAWN)
    query = f"?status__exact={Station.Status.OPEN}&o=-1"
    listed = office.get(reverse("admin:stations_station_changelist") + query).context["cl"].result_list

    rows = [
        from_csv(office.get(address(query=query))),
        from_xlsx(office.get(address(ending="xlsx", query=query))),
    ]

    assert [column(table, "编号") for table in rows] == [[each.code for each in listed]] * 2
    assert column(rows[0], "名称") == ["甲", "乙", "丙"]


def test_all_rows_are_exported_whatever_page_was_open(office):
    for _n in range(3):
        make_station()

    assert len(from_csv(office.get(address(query="?p=99&all=")))) == 4


def test_what_was_searched_for_is_exported(office):
    make_station(name="石门驿站")
    make_station(name="湖滨驿站")

    table = from_csv(office.get(address(query="?q=shimen")))

    assert column(table, "名称") == ["石门驿站"]


@pytest.mark.parametrize(
    ("language", "headings", "status", "word"),
    [("en", ["Name", "Code"], "Status", "In use"), ("zh-hans", ["名称", "编号"], "状态", "正常使用")],
)
def test_headings_and_words_are_in_the_readers_language(office, station, language, headings, status, word):
    office.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    table = from_csv(office.get(address()))

    assert table[0][:2] == headings
    assert column(table, status) == [word]


def test_times_are_those_on_the_wall_and_numbers_are_numbers(office, station):
    with time_machine.travel(WITH_TIMES, tick=False):
        make_report(station=station)

    plain, book = (
        from_csv(office.get(address("stations_fault"))),
        office.get(address("stations_fault", "xlsx")),
    )

    cells = from_xlsx(book)[1]
    wall = timezone.make_naive(WITH_TIMES)  # 9:30 in Shanghai
    assert [value for value in cells if isinstance(value, datetime)] == [wall]
    assert [value for value in cells if isinstance(value, int)] == [1]
    assert [str(value or "") for value in cells] == plain[1]


def test_columns_that_are_links_on_the_page_are_plain_text_in_the_table():
    html = workplace.utils.format_html('<a href="/x/">{}</a>', "A & B <C>")

    assert list_exports.plain(html) == "A & B <C>"


def test_every_list_of_the_workplace_can_be_exported(office, station):
    make_report(station=station)
    lists = [f"{model._meta.app_label}_{model._meta.model_name}" for model in workplace.site._registry]

    for name in lists:
        assert from_csv(office.get(address(name)))[0] == from_xlsx(office.get(address(name, "xlsx")))[0]


def test_a_list_offers_its_exports_with_the_filters_that_are_chosen(office, station):
    page = in_english(office).get(reverse("admin:stations_station_changelist") + "?status__exact=open").text

    assert f'href="{address(query="?status__exact=open")}"' in page
    assert f'href="{address(ending="xlsx", query="?status__exact=open")}"' in page


# Harmless


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\x01="])
def test_no_cell_is_calculated_by_a_spreadsheet(office, station, begin):
    Kiosk.objects.filter(pk=make_kiosk(station=station).pk).update(label=f"{begin}1+1")

    tables = [
        from_csv(office.get(address("stations_kiosk"))),
        from_xlsx(office.get(address("stations_kiosk", "xlsx"))),
    ]

    cells = [str(cell) for table in tables for line in table for cell in line if "1+1" in str(cell)]
    assert len(cells) == 2
    assert {cell[0] for cell in cells} == {"'"} or begin == "\r" and {cell[0] for cell in cells} == {"1"}


# Whose rows


def test_a_managers_export_has_no_row_of_others(client, manager, station, other_station):
    make_kiosk(station=station)
    make_kiosk(station=other_station)
    client.force_login(manager)

    names = ["stations_station", "stations_kiosk"]
    tables = [from_csv(client.get(address(name))) for name in names]
    tables += [from_xlsx(client.get(address(name, "xlsx"))) for name in names]

    assert [len(table) for table in tables] == [2, 2, 2, 2]
    assert "湖滨" not in str(tables)


def test_a_list_that_is_not_shown_is_not_exported(client, manager, station):
    client.force_login(manager)

    found = [client.get(address("portal_user", ending)).status_code for ending in ("csv", "xlsx")]

    assert found == [403, 403]
    assert client.get(reverse("admin:portal_user_changelist")).status_code == 403
    assert not ExportJob.objects.exists()


def test_filters_that_do_not_fit_are_explained(office, station):
    answer = in_english(office).get(address(query="?is_demo__exact=perhaps"), follow=True)

    assert "These filters do not fit. Please choose them again and export then." in answer.text
    assert not ExportJob.objects.exists()


def test_there_are_no_other_kinds_of_file(office):
    assert office.get(address(ending="pdf")).status_code == 404


# Its trace


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_export_says_in_the_history_who_took_which_rows(client, manager, station, ending):
    client.force_login(manager)

    b"".join(client.get(address(ending=ending, query="?status__exact=open")).streaming_content)

    line, job = HistoryLine.objects.get(model="stations.exportjob"), ExportJob.objects.get()
    assert (line.person, line.action, line.object_id) == (manager, "+", job.pk)
    assert line.name == f"{Station._meta.verbose_name_plural} · {ending.upper()}"
    assert line.changes == [["query", "", "status__exact=open"], ["rows_total", None, 1]]
    assert (job.list, job.state, job.made_by) == ("stations.station", "at_once", manager)


def test_what_a_manager_took_is_read_by_the_county_above(client, manager, moderator, other_manager, station):
    client.force_login(manager)
    b"".join(client.get(address()).streaming_content)

    found = {}
    for person in (manager, moderator, other_manager):
        client.force_login(person)
        lines = client.get(reverse("admin:stations_historyline_changelist")).context["cl"].result_list
        found[person] = [line.person for line in lines if line.model == "stations.exportjob"]

    assert found == {manager: [manager], moderator: [manager], other_manager: []}


def test_looking_at_a_list_leaves_no_trace(office, station):
    office.get(reverse("admin:stations_station_changelist"))

    assert not ExportJob.objects.exists()


# Its cost


@pytest.mark.parametrize("rows", [3, 30])
def test_an_export_asks_no_more_for_more_rows(office, rows, django_assert_max_num_queries):
    for _n in range(rows):
        make_kiosk()

    with django_assert_max_num_queries(12):
        assert len(from_csv(office.get(address("stations_kiosk")))) == rows + 1


# Large ones


@pytest.fixture
def large(monkeypatch):
    """Two rows are many, and a worker tells of each."""
    monkeypatch.setattr(exported, "AT_ONCE", 1)
    monkeypatch.setattr(list_exports, "CHUNK", 1)


def page(job, name="change"):
    return reverse(f"admin:stations_exportjob_{name}", args=[job.pk])


@pytest.fixture
def asked(large, client, manager, station):
    """A manager with two kiosks has asked for a workbook of them."""
    make_kiosk(station=station, label="一号")
    make_kiosk(station=station, label="二号")
    make_kiosk(label="别人的")
    in_english(client).force_login(manager)
    client.get(address("stations_kiosk", "xlsx"))
    return ExportJob.objects.get()


def loaded(job):
    return ExportJob.objects.get(pk=job.pk)


def test_a_large_workbook_is_made_by_a_worker_and_then_downloaded(asked, client):
    waiting = client.get(page(asked)).text
    export_jobs.run(asked.pk)
    ready = client.get(page(asked)).text
    table = from_xlsx(client.get(page(asked, "file")))

    assert "Waiting for its turn" in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "2 of 2 rows" in ready
    assert f'href="{page(asked, "file")}"' in ready
    assert len(table) == 3
    assert ("一号" in str(table), "二号" in str(table), "别人的" in str(table)) == (True, True, False)
    assert HistoryLine.objects.get(model="stations.exportjob").changes[1] == ["rows_total", None, 2]


def test_the_page_of_a_large_export_tells_how_far_it_is(asked, client, monkeypatch):
    told, keep = [], export_jobs.keep

    def look(job, done):
        keep(job, done)
        told.append(client.get(page(asked, "progress")).json())

    monkeypatch.setattr(export_jobs, "keep", look)
    export_jobs.run(asked.pk)

    assert [(each["done"], each["says"]) for each in told[:2]] == [(1, "1 of 2 rows"), (2, "2 of 2 rows")]
    assert client.get(page(asked, "progress")).json()["state"] == "done"


def test_a_second_press_finds_the_export_that_is_being_made(asked, client):
    answer = client.get(address("stations_kiosk", "xlsx"))

    assert (answer.status_code, answer.url) == (302, page(asked))


def test_a_csv_of_any_length_comes_at_once(asked, client):
    assert len(from_csv(client.get(address("stations_kiosk")))) == 3


class Killed(BaseException):
    """As abrupt as a test can be: nothing of ours catches it."""


@pytest.mark.parametrize("place", ["keep", "trace"])
def test_after_a_worker_died_another_makes_the_whole_file(asked, client, monkeypatch, place):
    def die(*args):
        raise Killed

    with monkeypatch.context() as death:
        death.setattr(export_jobs, place, die)
        with pytest.raises(Killed):
            export_jobs.run(asked.pk)
    export_jobs.take_up()
    assert loaded(asked).state == "running"  # it may still be alive

    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        export_jobs.take_up()

    assert loaded(asked).state == "done"
    assert len(from_xlsx(client.get(page(asked, "file")))) == 3
    assert HistoryLine.objects.filter(model="stations.exportjob").count() == 1


def test_a_worker_that_was_given_up_leaves_the_file_alone(asked, monkeypatch):
    keep = export_jobs.keep

    def late(job, done):
        if done == 2:  # another worker has just come
            ExportJob.objects.filter(pk=job.pk).update(beat_at=timezone.now())
        keep(job, done)

    monkeypatch.setattr(export_jobs, "keep", late)

    with pytest.raises(TakenOver):
        export_jobs.run(asked.pk)

    assert (loaded(asked).state, loaded(asked).file.name) == ("running", "")


def test_an_export_is_nobody_elses(asked, client, other_manager, admin):
    export_jobs.run(asked.pk)
    names = ["change", "progress", "file"]

    found = []
    for person in (other_manager, admin):
        client.force_login(person)
        found += [client.get(page(asked, name)).status_code for name in names]
        assert str(asked) not in client.get(reverse("admin:stations_exportjob_changelist")).text

    assert found == [404] * 6


def test_the_rows_are_those_in_reach_when_the_file_is_made(asked, manager, other_station):
    Posting.objects.filter(person=manager).delete()

    export_jobs.run(asked.pk)

    assert (loaded(asked).state, loaded(asked).file.name) == ("refused", "")


def test_who_runs_another_station_now_cannot_fetch_the_file(asked, client, manager, other_station):
    export_jobs.run(asked.pk)
    Posting.objects.filter(person=manager).update(station=other_station)

    answer = client.get(page(asked, "file"), follow=True)

    assert answer.redirect_chain == [(page(asked), 302)]
    assert "This file cannot be fetched any more. Please export the list again." in answer.text
    assert "What is in your care has changed since." in answer.text


def test_seven_days_later_the_file_is_gone_and_the_trace_stays(asked, client):
    export_jobs.run(asked.pk)
    storage, name = loaded(asked).file.storage, loaded(asked).file.name

    with time_machine.travel(timezone.now() + timedelta(days=6)):
        export_jobs.take_up()
        kept = storage.exists(name)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        export_jobs.take_up()

    assert (kept, storage.exists(name)) == (True, False)
    assert (loaded(asked).state, loaded(asked).rows_total, loaded(asked).file.name) == ("gone", 2, "")
    assert "Files are deleted after seven days." in client.get(page(asked)).text


def test_a_worker_is_asked_after_the_commit(
    large, client, manager, station, django_capture_on_commit_callbacks
):
    make_kiosk(station=station)
    make_kiosk(station=station)
    client.force_login(manager)

    with django_capture_on_commit_callbacks() as callbacks:
        client.get(address("stations_kiosk", "xlsx"))

    assert len(callbacks) == 1


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way_out(asked, client, monkeypatch):
    monkeypatch.setattr(list_exports, "MOST_IN_A_SHEET", 1)

    answer = client.get(address("stations_kiosk", "xlsx"), follow=True)

    assert "An Excel sheet cannot hold so many rows. Please filter the list, or export CSV." in answer.text


@pytest.mark.parametrize("exports", [1, 4])
def test_the_list_of_exports_asks_no_more_for_more_of_them(
    office, exports, django_assert_max_num_queries, admin
):
    for _n in range(exports):
        export_jobs.hand_over(
            ExportJob(list="stations.station", ending="csv", language="en", made_by=admin), rows=1
        )

    with django_assert_max_num_queries(12):
        office.get(reverse("admin:stations_exportjob_changelist"))
