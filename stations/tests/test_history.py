"""Who changed what, when and why: recorded, told in sentences, and shown to whom it concerns."""

import pytest
from django.urls import reverse
from django.utils import translation

from stations import divisions, faults, history, organisations
from stations.imports import jobs
from stations.models import HistoryLine, Posting, Station
from stations.tests.factories import (
    make_division,
    make_import,
    make_organisation,
    make_posting,
    make_report,
    make_station,
    make_user,
)

LIST = "admin:stations_historyline_changelist"


@pytest.fixture(autouse=True)
def the_history_begins_here(station, manager, admin):
    """What the fixtures have made is no part of a test's history."""
    HistoryLine.objects.all().delete()


def lines():
    """[action, kind, what changed, who, why] of each line, the oldest first."""
    found = HistoryLine.objects.order_by("pk").select_related("person")
    return [[line.action, line.model, line.changes, line.person, line.reason] for line in found]


def post_change(client, row, **values):
    label = row._meta.label_lower.replace(".", "_")
    url = reverse(f"admin:{label}_change", args=[row.pk])
    context = client.get(url).context
    form = context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {"history_mark": context["history_mark"]}
    for each in context["inline_admin_formsets"]:
        for part in [each.formset.management_form, *each.formset.forms]:
            sent |= {part.add_prefix(n): part.get_initial_for_field(f, n) for n, f in part.fields.items()}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    return client.post(url, sent | values)


# What is recorded


def test_a_form_tells_who_changed_what_and_why_in_record_and_line(client, manager, station):
    client.force_login(manager)

    answer = post_change(client, station, phone="12351", change_reason="号码换了")

    record = station.history.first()
    assert answer.status_code == 302
    assert lines() == [["~", "stations.station", [["phone", "", "12351"]], manager, "号码换了"]]
    assert [record.phone, record.history_user, record.history_change_reason] == ["12351", manager, "号码换了"]


def test_the_reason_reaches_what_hangs_on_the_row_too(client, manager, station):
    client.force_login(manager)

    post_change(client, station, **{"facilities-0-state": "needs_repair", "change_reason": "漏水"})

    assert lines() == [
        ["~", "stations.stationfacility", [["state", "working", "needs_repair"]], manager, "漏水"]
    ]


def test_a_reason_of_200_letters_is_kept_whole_in_the_line(client, manager, station):
    client.force_login(manager)

    post_change(client, station, phone="12351", change_reason="长" * 200)

    assert HistoryLine.objects.get().reason == "长" * 200
    assert station.history.first().history_change_reason == "长" * 100


def test_a_form_that_changes_nothing_leaves_neither_record_nor_line(client, manager, station):
    records, before = station.history.count(), station.updated_at
    client.force_login(manager)

    answer = post_change(client, station)

    station.refresh_from_db()
    assert answer.status_code == 302
    assert (lines(), station.history.count(), station.updated_at) == ([], records, before)


def test_a_save_without_a_change_leaves_nothing_either(station):
    records = station.history.count()

    station.save()

    assert (lines(), station.history.count()) == ([], records)


def test_what_is_deleted_beside_a_station_is_told(client, manager, station):
    client.force_login(manager)

    post_change(client, station, **{"facilities-0-DELETE": "on", "change_reason": "撤走了"})

    assert lines() == [["-", "stations.stationfacility", [], manager, "撤走了"]]


def test_a_fault_taken_up_tells_of_the_ticket_and_of_the_facility(manager, station):
    fault = make_report(station=station).fault
    HistoryLine.objects.all().delete()

    faults.take_up(fault, by=manager, answer="明天修")

    assert lines() == [
        [
            "~",
            "stations.fault",
            [["state", "to_do", "in_progress"], ["answer", "", "明天修"]],
            manager,
            "明天修",
        ],
        ["~", "stations.stationfacility", [["state", "working", "needs_repair"]], manager, str(fault)],
    ]


def test_a_report_of_danger_is_told(station):
    make_report(station=station)
    HistoryLine.objects.all().delete()

    make_report(station=station, is_dangerous=True)

    assert lines() == [["~", "stations.fault", [["is_dangerous", False, True]], None, ""]]


# Imports

TABLE = "name,division,address,lat,lng,phone,facilities\n石门驿站,青田县,瓯南街道,28.131,120.29,{},{}\n"


def run_import(person, phone, facilities):
    divisions.load()
    job = make_import(TABLE.format(phone, facilities), by=person)
    jobs.run(job.pk)
    job.refresh_from_db()
    HistoryLine.objects.all().delete()
    jobs.start(job)
    jobs.run(job.pk)
    return job


def test_an_import_adds_a_station_in_one_line_with_records_of_all_it_has(admin):
    job = run_import(admin, "1", "饮水机；空调")

    station = Station.objects.get(name="石门驿站")
    line = HistoryLine.objects.get(model__startswith="stations.station")
    assert [line.action, line.name, line.person, line.reason] == ["+", "石门驿站", admin, f"导入 {job.name}"]
    assert [record.history_user for record in station.history.all()] == [admin]
    assert [each.history.count() for each in station.facilities.all()] == [1, 1]


def test_an_import_tells_what_it_changed_at_a_station_that_was_there(admin):
    run_import(admin, "1", "饮水机；空调")

    job = run_import(admin, "2", "饮水机:待维修；微波炉")

    told = [[line.action, line.name, line.changes] for line in HistoryLine.objects.order_by("pk")]
    assert told == [
        ["~", "石门驿站", [["phone", "1", "2"]]],
        ["-", "空调", []],
        ["~", "饮水机", [["state", "working", "needs_repair"]]],
        ["+", "微波炉", []],
    ]
    assert {(line.person, line.reason) for line in HistoryLine.objects.all()} == {(admin, f"导入 {job.name}")}


def test_the_same_table_again_tells_nothing(admin):
    run_import(admin, "1", "饮水机；空调")

    run_import(admin, "1", "饮水机；空调")

    assert lines() == []


# Sentences


@pytest.mark.parametrize(
    ("change", "chinese", "english"),
    [
        (
            ["status", "open", "closed"],
            "状态：从“正常使用”改为“暂停开放”",
            "Status: from “In use” to “Temporarily closed”",
        ),
        (["phone", "", "12351"], "电话：填为“12351”", "Telephone: now “12351”"),
        (["phone", "12351", ""], "电话：已清空，原为“12351”", "Telephone: now empty, before “12351”"),
        (["is_demo", False, True], None, "Demo data: from “No” to “Yes”"),
        (["map_checked_on", None, "2026-11-23"], None, "Looked up on the maps on: now “Nov. 23, 2026”"),
        (["roles", [], ["rest"]], None, None),
        (["gone_field", 1, 2], "gone_field：从“1”改为“2”", "gone_field: from “1” to “2”"),
    ],
)
def test_a_change_is_a_sentence_in_the_readers_language(change, chinese, english):
    line = HistoryLine(model="stations.station", action="~", changes=[change])

    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = line.sentences

    assert chinese is None or said["zh-hans"] == [chinese]
    assert english is None or said["en"] == [english]


def test_a_long_text_is_shortened_and_a_file_is_only_named_changed():
    photo = HistoryLine(model="stations.stationphoto", action="~", changes=[["image", "a.jpg", "b.jpg"]])
    about = HistoryLine(model="stations.station", action="~", changes=[["about", "", "长" * 500]])

    with translation.override("en"):
        said = [photo.sentences, about.sentences]

    assert said == [["Picture: another file"], [f"About: now “{'长' * 79}…”"]]


def test_a_line_is_told_as_a_whole(manager, station):
    with translation.override("en"):
        history.write(station, "~", [("phone", "1", "2")], person=manager, reason="moved")
        told = HistoryLine.objects.get().told

    sentence = "王站长 changed the station “石门社区服务驿站”: Telephone: from “1” to “2”. Reason: moved"
    assert told.endswith(sentence)


def test_a_kind_that_is_no_more_is_told_by_its_old_name():
    line = HistoryLine(model="stations.bench", name="长椅", action="-", changes=[])

    with translation.override("en"):
        assert line.deed == "The portal itself deleted the stations.bench “长椅”"


# The list and the pages


def moderator(station):
    person = make_user(name="周干事")
    make_posting(person, station.organisation, role=Posting.Role.MODERATOR)
    return person


def listed(client, reader, **query):
    client.force_login(reader)
    return [line.name for line in client.get(reverse(LIST), query).context["cl"].result_list]


@pytest.fixture
def far_away():
    division = make_division(code="331121", name="青田县", prefecture="丽水市")
    return make_station(name="青田驿站", division=division, facilities=[])


def test_the_list_shows_what_is_in_reach_and_nothing_else(client, manager, admin, station, far_away):
    near, far = moderator(station), moderator(far_away)
    HistoryLine.objects.all().delete()
    history.write(station, "~", [("phone", "1", "2")], person=admin, reason="")

    assert listed(client, manager) == ["石门社区服务驿站"]
    assert listed(client, near) == ["石门社区服务驿站"]
    assert listed(client, far) == []


def test_an_auditor_reads_and_cannot_alter(client, admin, station):
    auditor = make_user(name="审计员")
    make_posting(auditor, station.organisation, role=Posting.Role.AUDITOR)
    history.write(station, "~", [("phone", "1", "2")], person=admin, reason="")
    line = HistoryLine.objects.latest("pk")
    url = reverse("admin:stations_historyline_change", args=[line.pk])
    client.force_login(auditor)

    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("王站长", 1),
        ("0042", 1),
        ("石门", 1),
        ("shimen", 1),
        ("smsq", 1),
        ("王站长 石门", 1),
        ("没有", 0),
        ("42", 0),
    ],
)
def test_the_list_is_searched_by_person_and_station(client, admin, station, typed, found):
    person = make_user(name="王站长", phone="+8613900000042")
    HistoryLine.objects.all().delete()
    history.write(station, "~", [("phone", "1", "3")], person=person, reason="")

    assert len(listed(client, admin, q=typed)) == found


def test_the_list_is_narrowed_by_kind_person_and_day(client, admin, manager, station):
    make_organisation(name="快递业工会")
    HistoryLine.objects.all().delete()
    history.write(station, "~", [("phone", "1", "3")], person=manager, reason="")
    line = HistoryLine.objects.get()
    month, day = f"{line.at.astimezone():%Y-%m}", f"{line.at.astimezone():%Y-%m-%d}"

    found = [
        len(listed(client, admin, **query))
        for query in (
            {"model": "stations.station"},
            {"model": "stations.kiosk"},
            {"person": manager.pk},
            {"person": admin.pk},
            {"person": "x"},
            {"station__id__exact": station.pk},
            {"day": month},
            {"day": day},
            {"day": "2020-01"},
            {"day": "2020-13-45"},
        )
    ]

    assert found == [1, 0, 1, 0, 0, 1, 1, 1, 0, 1]


def test_the_list_costs_the_same_for_one_line_and_for_three(
    client, manager, station, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(manager)
    history.write(station, "~", [("phone", "1", "2")], person=manager, reason="")
    with django_assert_max_num_queries(20) as first:
        client.get(reverse(LIST))
    for _time in range(2):
        history.write(station, "~", [("phone", "1", "2")], person=manager, reason="")

    with django_assert_num_queries(len(first)):
        client.get(reverse(LIST))


def test_the_page_of_a_station_tells_of_its_facilities_too(client, manager, station):
    client.force_login(manager)
    post_change(client, station, **{"facilities-0-state": "needs_repair", "change_reason": "漏水"})
    url = reverse("admin:stations_station_history", args=[station.pk])

    page = client.get(url)

    assert [line.name for line in page.context["page"]] == ["饮水机"]
    assert "漏水" in page.content.decode()


def test_the_page_of_somebody_elses_station_is_not_there(client, other_manager, station):
    client.force_login(other_manager)

    assert client.get(reverse("admin:stations_station_history", args=[station.pk])).status_code == 404


def test_a_union_is_told_of_as_well(client, admin, station):
    client.force_login(admin)
    union = organisations.of(station.division)

    post_change(client, union, name="新名字总工会", change_reason="更名")

    assert [[line[0], line[3], line[4]] for line in lines()] == [["~", admin, "更名"]]
