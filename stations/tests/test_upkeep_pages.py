"""Reporting and suggesting on the public pages, and handling both in the workplace."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from stations import faults, suggestions
from stations.models import Fault, FaultReport, SiteSuggestion, Station
from stations.tests.factories import (
    make_division,
    make_picture,
    make_report,
    make_station,
    make_suggestion,
)

FAULTS = "/admin/stations/fault/"
SUGGESTIONS = "/admin/stations/sitesuggestion/"


@pytest.fixture
def client(db):
    """A browser whose language is English."""
    return Client(headers={"accept-language": "en"})


def words(response):
    """What the page says, without its markup."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.partition(">")[2])).split())


def report_page(station):
    return reverse("stations:report", args=[station.code])


def change_page(row):
    return reverse(f"admin:stations_{row._meta.model_name}_change", args=[row.pk])


# Reporting a fault


def test_a_report_leads_to_the_page_it_is_followed_on(client, station):
    answer = client.post(
        report_page(station), {"kind": "water", "text": "不出热水", "photo": make_picture()}, follow=True
    )

    report = FaultReport.objects.get()
    assert answer.redirect_chain == [(f"/stations/faults/{report.key}/", 302)]
    page = words(answer)
    assert "Drinking water dispenser · To be handled" in page
    assert "不出热水" in page
    assert "Your photo is with it." in page
    assert page.endswith(f"send it to yourself. http://testserver{report.get_absolute_url()}")


def test_the_follow_page_tells_each_step(client, station, manager):
    report = make_report(station=station)

    def states():
        found = client.get(report.get_absolute_url()).content.decode()
        [current] = re.findall(r'aria-current="step">.*?</svg>\s*([\w ]+)<', found, re.DOTALL)
        return current, found.count("(not yet)"), found.count("<time")

    assert states() == ("To be handled", 2, 1)
    faults.take_up(report.fault, by=manager, answer="周四有人来修")
    assert states() == ("In progress", 1, 2)
    faults.fix(report.fault, by=manager, answer="修好了")
    assert states() == ("Fixed", 0, 3)
    assert "The manager writes: 修好了" in words(client.get(report.get_absolute_url()))


@pytest.mark.parametrize("make", [make_report, make_suggestion])
def test_a_page_to_follow_is_kept_by_nobody_and_needs_its_key(client, db, make):
    row = make()

    page = client.get(row.get_absolute_url())

    assert set(page["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert page["X-Robots-Tag"] == "noindex"
    for key in ("x" * 22, row.key[:-1], str(row.pk), row.key.swapcase()):
        assert client.get(row.get_absolute_url().replace(row.key, key)).status_code == 404


def test_what_is_reported_already_says_so_and_can_be_chosen(client, station):
    make_report(station=station)

    page = client.get(report_page(station) + "?kind=table")

    assert "Drinking water dispenser (reported already; you can add to it)" in words(page)
    assert re.search(r'value="table"[^>]* checked', page.content.decode())


def test_what_was_typed_stays_when_something_is_missing(client, station):
    program = SimpleUploadedFile("photo.jpg", b"MZ\x90", "image/jpeg")

    nothing = client.post(report_page(station), {})
    elsewhere = client.post(report_page(station), {"kind": "toilet", "text": "堵了"})
    no_picture = client.post(report_page(station), {"kind": "other", "text": "灯不亮", "photo": program})

    assert [page.status_code for page in (nothing, elsewhere, no_picture)] == [422] * 3
    assert words(nothing).count("This field is required.") == 2
    assert "toilet is not one of the available choices." in words(elsewhere)
    assert "This file is not a picture that we can read." in words(no_picture)
    assert 'value="灯不亮"' in no_picture.content.decode()
    assert not Fault.objects.exists()


def test_the_eleventh_report_in_an_hour_is_refused_in_words(client, station):
    for _n in range(10):
        client.post(report_page(station), {"kind": "other", "text": "灯不亮"})

    page = client.post(report_page(station), {"kind": "other", "text": "灯不亮"})

    assert page.status_code == 422
    assert "Many reports have come from this connection. Please try again in an hour." in words(page)
    assert FaultReport.objects.count() == 10


def test_a_withdrawn_station_takes_no_reports(client, db):
    assert client.get(report_page(make_station(status=Station.Status.WITHDRAWN))).status_code == 404


def test_a_photo_sent_with_a_report_is_drawn_anew(client, station):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    sent = make_picture(exif=exif, comment=b"at home")

    client.post(report_page(station), {"kind": "water", "text": "漏水", "photo": sent})

    with FaultReport.objects.get().photo.open() as kept, Image.open(kept) as picture:
        assert (picture.format, len(picture.getexif()), "comment" in picture.info) == ("JPEG", 0, False)


@pytest.mark.parametrize("code", ["suggest", "faults", "A 1", "A/1", "A1\n"])
def test_a_station_gets_no_code_that_its_address_could_not_be_made_of(db, code):
    station = make_station()
    station.code = code

    with pytest.raises(ValidationError, match="编号|A code has only"):
        station.full_clean()


# Suggesting a site


def test_a_suggestion_leads_to_the_page_it_is_followed_on(client, db):
    county = make_division(code="331121", name="青田县", prefecture="丽水市")

    answer = client.post(
        reverse("stations:suggest"),
        {"division": county.pk, "place": "瓯江桥头", "why": "很多人等单"},
        follow=True,
    )

    made = SiteSuggestion.objects.get()
    assert answer.redirect_chain == [(made.get_absolute_url(), 302)]
    assert "Pending review" in words(answer)
    assert "丽水市青田县 · 瓯江桥头" in words(answer)


def test_counties_stand_under_their_prefecture_and_one_can_be_chosen_beforehand(client, db):
    make_division(code="330000", name="浙江省", prefecture="浙江省")
    make_division(code="331121", name="青田县", prefecture="丽水市")

    page = client.get(reverse("stations:suggest") + "?county=331121").content.decode()

    assert re.findall(r'<optgroup label="(\w+)">', page) == ["丽水市"]
    assert '<option value="331121" selected>青田县</option>' in page


def test_a_suggestion_without_a_county_or_a_reason_is_refused_in_words(client, db):
    for posted in ({}, {"division": "999999", "place": "桥头", "why": "\0"}):
        page = client.post(reverse("stations:suggest"), posted)

        assert page.status_code == 422
        assert "Not sent yet. Please look at the marked fields." in words(page)
    assert not SiteSuggestion.objects.exists()


def test_the_suggester_reads_the_decision_and_its_reason(client, admin):
    made = make_suggestion()
    suggestions.decline(made, by=admin, reason="二百米外已有一个站点")

    page = words(client.get(made.get_absolute_url()))

    assert "Not adopted" in page
    assert "The trade union writes: 二百米外已有一个站点" in page
    assert "工会" not in page.replace("The trade union", "")


# The workplace: faults


def test_a_fault_is_read_in_the_list_and_decided_at_the_desk(client, manager, station):
    fault = make_report(station=station).fault
    client.force_login(manager)

    waiting = client.get(change_page(fault)).content.decode()
    posted = client.post(change_page(fault), {"answer": "修好了"})
    faults.fix(fault, by=manager)
    closed = client.get(change_page(fault)).content.decode()

    desk = f'href="/admin/desk/fault/{fault.pk}/">Decide at the desk'
    assert (desk in waiting, desk in closed, posted.status_code) == (True, False, 403)
    fault.refresh_from_db()
    assert fault.answer == ""


def test_a_danger_has_a_sign_and_a_word_in_the_list_and_none_on_the_public_page(client, manager, station):
    client.post(report_page(station), {"kind": "water", "text": "漏电", "is_dangerous": "on"})
    fault = Fault.objects.get()
    client.force_login(manager)

    listed = client.get(FAULTS).content.decode()

    assert fault.is_dangerous
    assert '<span aria-hidden="true">⚠</span> Danger' in listed
    assert f"/admin/desk/danger/{fault.pk}/" in client.get(change_page(fault)).content.decode()
    assert "Danger" not in words(client.get(station.get_absolute_url()))


def test_what_nobody_says_is_dangerous_is_not(client, station):
    client.post(report_page(station), {"kind": "water", "text": "漏水"})

    assert not Fault.objects.get().is_dangerous


def test_the_page_of_a_fault_shows_each_report_with_its_photo_and_lets_nobody_change_them(
    client, manager, station
):
    report = make_report(station=station, text="不出热水", photo=make_picture())
    make_report(station=station, text="漏水")
    client.force_login(manager)

    page = client.get(change_page(report.fault)).content.decode()

    assert "不出热水" in page and "漏水" in page
    assert page.count(f'src="/stations/faults/{report.pk}/photo/"') == 1
    assert report.key not in page
    assert 'name="reports-0-text"' not in page


def test_the_actions_of_the_list_lead_to_the_preview_and_change_nothing(client, manager, station):
    first, second = (make_report(station=station, kind=kind).fault for kind in ("water", "table"))
    client.force_login(manager)

    answer = client.post(FAULTS, {"action": "take_up", "_selected_action": [first.pk, second.pk]})

    assert sorted(answer.url.partition("ids=")[2].split(",")) == sorted([str(first.pk), str(second.pk)])
    assert answer.url.startswith("/admin/desk/fault/preview/?choice=take_up&")
    assert client.get(answer.url).status_code == 200
    assert {fault.state for fault in Fault.objects.all()} == {Fault.State.TO_DO}


def test_dangers_and_other_faults_are_decided_one_after_the_other(client, manager, station):
    danger = make_report(station=station, kind="water", is_dangerous=True).fault
    other = make_report(station=station, kind="table").fault
    client.force_login(manager)

    mixed = client.post(FAULTS, {"action": "fix", "_selected_action": [danger.pk, other.pk]}, follow=True)
    alone = client.post(FAULTS, {"action": "fix", "_selected_action": [danger.pk]})

    assert "Please choose dangers and other faults one after the other." in mixed.content.decode()
    assert alone.url == f"/admin/desk/danger/preview/?choice=fix&ids={danger.pk}"


def test_a_manager_sees_and_handles_only_the_faults_of_their_own_stations(
    client, manager, station, other_station
):
    make_report(station=station)
    strange = make_report(station=other_station, photo=make_picture())
    client.force_login(manager)

    listed = client.get(FAULTS).content.decode()
    fixed = client.post(FAULTS, {"action": "fix", "_selected_action": [strange.fault.pk]})

    assert (station.name in listed, other_station.name in listed) == (True, False)
    assert str(strange.fault.pk) not in fixed.url.partition("ids=")[2].split(",")
    assert client.get(change_page(strange.fault)).status_code == 404
    assert client.get(reverse("stations:fault_photo", args=[strange.pk])).status_code == 404
    strange.fault.refresh_from_db()
    assert strange.fault.state == Fault.State.TO_DO


def test_a_reporters_photo_is_kept_by_no_browser(client, manager, station):
    report = make_report(station=station, photo=make_picture())
    client.force_login(manager)

    answer = client.get(reverse("stations:fault_photo", args=[report.pk]))

    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert client.get(reverse("stations:fault_photo", args=[make_report().pk])).status_code == 404


def test_open_faults_stand_first_and_the_newest_of_them_on_top(client, admin, station):
    made = [make_report(station=station, kind=kind).fault for kind in ("water", "table", "toilet", "wifi")]
    faults.fix(made[3], by=admin)
    faults.take_up(made[2], by=admin)
    client.force_login(admin)

    page = client.get(FAULTS).content.decode()

    listed = [int(pk) for pk in re.findall(r"/admin/stations/fault/(\d+)/change/", page)]
    assert listed == [made[1].pk, made[0].pk, made[2].pk, made[3].pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_faults_costs_the_same_for_one_and_for_three(
    client, manager, station, django_assert_num_queries, rows
):
    for kind in ["water", "table", "wifi"][:rows]:
        faults.take_up(make_report(station=station, kind=kind).fault, by=manager)
    client.force_login(manager)
    client.get(FAULTS)  # content types are remembered

    with django_assert_num_queries(11):
        client.get(FAULTS)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_fault_costs_the_same_for_one_report_and_for_three(
    client, manager, station, django_assert_num_queries, rows
):
    for _n in range(rows):
        report = make_report(station=station, photo=make_picture())
    client.force_login(manager)
    client.get(change_page(report.fault))  # content types are remembered

    with django_assert_num_queries(9):
        client.get(change_page(report.fault))


# The workplace: suggestions


def test_a_suggestion_is_read_in_the_list_and_decided_at_the_desk(client, admin):
    made = make_suggestion()
    client.force_login(admin)

    waiting = client.get(change_page(made)).content.decode()
    looked = client.post(SUGGESTIONS, {"action": "look_into", "_selected_action": [made.pk]})
    suggestions.decline(made, by=admin, reason="二百米外已有一个站点")
    decided = client.get(change_page(made)).content.decode()

    desk = f"/admin/desk/suggestion/{made.pk}/"
    assert (desk in waiting, desk in decided) == (True, False)
    assert looked.url == f"/admin/desk/suggestion/preview/?choice=look_into&ids={made.pk}"
    assert "二百米外已有一个站点" in decided


def test_suggestions_are_not_a_managers_to_decide(client, manager):
    made = make_suggestion()
    client.force_login(manager)

    assert client.get(SUGGESTIONS).status_code == 403
    assert client.post(change_page(made), {"step": "adopt", "answer": ""}).status_code == 403
    made.refresh_from_db()
    assert made.state == SiteSuggestion.State.PENDING


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_one_suggestion_and_for_three(
    client, admin, django_assert_num_queries, rows
):
    for _n in range(rows):
        suggestions.look_into(make_suggestion(), by=admin)
    client.force_login(admin)
    client.get(SUGGESTIONS)  # content types are remembered

    with django_assert_num_queries(8):
        client.get(SUGGESTIONS)
