"""The pages of hazards as a rider finds them, without JavaScript, and the desk's as the station does."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events import desk, hazards
from events.models import HazardReport
from events.tests.factories import make_hazard
from stations import reach
from stations.tests.factories import make_picture, make_station, make_user

SEND = "/hazards/report/"


@pytest.fixture
def rider(db):
    return make_user(name="李骑手", language="en")


@pytest.fixture
def mine(client, rider):
    """The rider's browser, whose language is English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(rider)
    return client


def words(response):
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.partition(">")[2])).split())


def filled(**kw):
    values = {
        "photo": make_picture(),
        "category": "manhole",
        "place": "石祥路9号",
        "point": "",
        "text": "",
        **kw,
    }
    return {name: value for name, value in values.items() if value is not None}


# Reporting


def test_a_report_is_sent_thanked_for_and_listed(mine, rider, station):
    answer = mine.post(SEND, filled(point="30.3214,120.1399", place="桥头", text="盖子翘起来了"), follow=True)

    report = HazardReport.objects.get()
    assert answer.redirect_chain == [("/hazards/", 302)]
    assert (report.person, report.station, report.point) == (rider, station, (30.3214, 120.1399))
    page = words(answer)
    assert "Thank you. We will look at it and write to you." in page
    assert "Manhole cover missing or loose Waiting to be checked 桥头" in page
    assert "盖子翘起来了" in words(mine.get(report.get_absolute_url()))


def test_a_place_that_is_marked_needs_no_words(mine, station):
    mine.post(SEND, filled(point="30.3214,120.1399", place=""))

    assert HazardReport.objects.get().where.endswith(station.name)


@pytest.mark.parametrize("typed", ["石门社区服务驿站", "30.32,120.14", "浙江省杭州市拱墅区石门社区服务驿站"])
def test_without_a_map_the_place_is_found_by_its_words(mine, station, typed):
    mine.post(SEND, filled(place=typed))

    report = HazardReport.objects.get()
    assert (report.place, report.station) == (typed, station)
    assert report.point == pytest.approx((30.32, 120.14), abs=0.01)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"photo": None}, "Please take a photo: it shows where to look."),
        ({"photo": SimpleUploadedFile("x.jpg", b"text")}, "This file is not a picture that we can read."),
        ({"photo": SimpleUploadedFile("x.jpg", b"")}, "The submitted file is empty."),
        ({"category": ""}, "Please choose what it is."),
        ({"category": "dragon"}, "is not one of the available choices"),
        ({"place": ""}, "Please say where it is: a street, or the name of a station."),
        ({"place": "无此地方"}, "“无此地方” was not found."),
        ({"place": "39.9,116.4"}, "This place lies outside Zhejiang."),
        ({"place": "x\0y"}, "Null characters are not allowed."),
        ({"point": "nan,nan", "place": ""}, "Please say where it is"),
        ({"point": "39.9,116.4"}, "This place lies outside Zhejiang."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(mine, station, wrong, sentence):
    answer = mine.post(SEND, filled(text="盖子翘起来了", **wrong))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="盖子翘起来了"' in page
    if "category" not in wrong:
        assert re.search(r'value="manhole"[^>]*checked', page)
    assert not HazardReport.objects.exists()


# Following


def test_the_list_shows_state_answer_and_points_and_costs_the_same_for_more(
    mine, rider, station, manager, django_assert_num_queries
):
    hazards.verify(make_hazard(station=station, person=rider), by=manager, reason="已经修好了")
    mine.get("/hazards/")

    with django_assert_num_queries(5):
        page = words(mine.get("/hazards/"))
    for _n in range(3):
        hazards.decline(make_hazard(station=station, person=rider), by=manager, reason="没有找到")
    with django_assert_num_queries(5):
        more = words(mine.get("/hazards/"))

    assert "Verified · +10 points" in page and "已经修好了" in page
    assert more.count("Not verified") == 3


def test_the_page_of_a_report_tells_how_it_stands(mine, rider, station, manager):
    reports = [make_hazard(station=station, person=rider) for _n in range(4)]

    def page():
        return words(mine.get(reports[-1].get_absolute_url()))

    assert f"{station} looks at it within three days" in page()
    for report in reports:
        hazards.verify(report, by=manager, reason="已经修好了")
    assert "It earns no points" in page() and "The station writes: 已经修好了" in page()


def test_to_everybody_else_a_report_does_not_exist(client, station, manager, other_manager, stranger):
    report = make_hazard(station=station)
    page, photo = report.get_absolute_url(), reverse("hazards:photo", args=[report.pk])

    def opened(person):
        client.force_login(person)
        answers = [client.get(page), client.get(photo)]
        for answer in answers:
            list(answer)  # a file is read to its end, and so closed
        return [answer.status_code for answer in answers]

    assert opened(report.person) == [200, 200]
    assert opened(manager) == [404, 200]
    assert opened(other_manager) == opened(stranger) == [404, 404]


def test_a_photo_is_kept_by_no_cache_between(mine, rider, station):
    answer = mine.get(reverse("hazards:photo", args=[make_hazard(station=station, person=rider).pk]))

    list(answer)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]


# The desk


@pytest.fixture
def queue():
    return next(queue for queue in desk.awaiting_review() if queue.key == "hazard")


def test_the_queue_is_the_nearest_counters(queue, station, manager, other_manager, auditor):
    report = make_hazard(station=station)

    assert list(queue.rows(reach.of(manager))) == [report]
    assert list(queue.rows(reach.of(other_manager))) == list(queue.rows(reach.of(auditor))) == []


def test_the_desk_knows_the_place_the_person_and_what_may_be_the_same(queue, station, manager):
    person = make_user(name="李骑手")
    hazards.verify(make_hazard(station=station, person=person), by=manager)
    report = make_hazard(station=station, person=person, point=(30.3201, 120.1402), text="很深")
    same_kind = make_hazard(station=station, point=(30.33, 120.15))
    beside = make_hazard(station=station, point=(30.3203, 120.1404), category="litter")
    make_hazard(station=station, point=(30.34, 120.16), category="litter")
    make_hazard(station=make_station(latitude=30.9, longitude=121.9))

    about = queue.about(queue.waiting().get(pk=report.pk))

    facts = dict(about.facts)
    assert any("uri.amap.com/marker" in value and "30.32010, 120.14020" in value for value in facts.values())
    assert f"{station} · 20 " in str(facts) and "很深" in facts.values()
    assert about.person[0] == "李骑手" and len(about.person) == 4
    assert [address for _words, address in about.similar] == [
        f"/admin/desk/hazard/{other.pk}/" for other in (beside, same_kind)
    ]


def test_the_desks_page_shows_photo_and_choices(client, station, manager):
    report = make_hazard(station=station)
    client.force_login(manager)

    page = client.get(f"/admin/desk/hazard/{report.pk}/").content.decode()

    assert f'src="/hazards/{report.pk}/photo/"' in page
    assert page.count('name="choice"') == 2


def test_declining_at_the_desk_needs_a_reason(queue, station, manager):
    choice = queue.choice("decline")

    assert choice.why_not(make_hazard(station=station), " ").code == "reason_needed"
    assert all(len(sentence) <= 200 for each in queue.choices for sentence in map(str, each.reasons))


# The list of the workplace


def test_a_report_shows_the_way_to_the_desk_while_it_waits(client, station, manager):
    report = make_hazard(station=station)
    page = reverse("admin:events_hazardreport_change", args=[report.pk])
    client.force_login(manager)

    waiting = client.get(page).content.decode()
    hazards.verify(report, by=manager)
    decided = client.get(page).content.decode()

    assert ("/admin/desk/hazard/" in waiting, "/admin/desk/hazard/" in decided) == (True, False)
    assert "/photo/" in waiting and report.person.name in waiting
    assert f'href="{report.get_absolute_url()}"' not in waiting and "/r/" not in waiting  # the reporter's own


def test_who_only_reads_sees_neither_photo_nor_name(mine, rider, station, auditor):
    mine.post(SEND, filled(place="石门社区服务驿站"))
    report = rider.hazard_reports.get()
    mine.force_login(auditor)

    names = ["admin:events_hazardreport_change", "admin:events_hazardreport_history"]
    pages = [mine.get(reverse(name, args=[report.pk])).content.decode() for name in names]

    assert "石门社区服务驿站" in pages[0]
    assert not any("/photo/" in page or rider.name in page for page in pages)


def test_the_action_of_the_list_leads_to_the_preview(client, station, manager):
    report = make_hazard(station=station)
    client.force_login(manager)

    answer = client.post(
        reverse("admin:events_hazardreport_changelist"), {"action": "verify", "_selected_action": [report.pk]}
    )

    assert answer.url == f"/admin/desk/hazard/preview/?choice=verify&ids={report.pk}"
    assert client.get(answer.url).status_code == 200
