"""Hazards: photographed, put to the nearest counter, decided once, thanked and told."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from events import hazards, points
from events.models import HazardReport, Message, PointsAccount, PointsEntry
from events.tests.factories import make_hazard
from stations.models import HistoryLine
from stations.refusals import Refusal
from stations.tests.factories import make_picture, make_station, make_user

State = HazardReport.State


@pytest.fixture
def rider(db):
    return make_user(name="李骑手", email="rider@example.com", language="en")


def balance(person):
    account = PointsAccount.objects.filter(person=person).first()
    return account.balance if account else 0


def letter(report):
    return Message.objects.get(key=report.key)


# Reporting


def test_what_a_phone_writes_into_its_photos_is_gone(station):
    exif = Image.Exif()
    exif[0x010F] = "PHONE"
    exif.get_ifd(0x8825)[1] = "N"

    report = make_hazard(station=station, photo=make_picture(exif=exif, comment=b"SECRET"))

    with report.photo.open() as kept:
        written = kept.read()
        assert not Image.open(kept).getexif()
    assert b"PHONE" not in written and b"SECRET" not in written


def test_the_nearest_listed_station_looks_at_it(station, rider):
    near = make_station(latitude=30.30, longitude=120.20)
    make_station(latitude=30.301, longitude=120.201, status="withdrawn")

    report = make_hazard(person=rider, station=station, point=(30.301, 120.201))

    assert (report.station, report.person, report.state) == (near, rider, State.PENDING)


@pytest.mark.parametrize("point", [(39.9, 116.4), (-30.3, 120.1), (31.6, 120.1), (90, 180)])
def test_a_place_outside_the_province_is_refused_and_kept_out_by_the_table(station, point):
    with pytest.raises(Refusal) as refused:
        make_hazard(station=station, point=point)
    report = make_hazard(station=station)
    with pytest.raises(IntegrityError, match="hazard_lies_in_zhejiang"), transaction.atomic():
        HazardReport.objects.filter(pk=report.pk).update(latitude=point[0], longitude=point[1])

    assert refused.value.code == "elsewhere"
    assert HazardReport.objects.count() == 1


def test_without_any_station_the_reporter_hears_whom_to_tell(db, rider):
    with pytest.raises(Refusal) as refused:
        hazards.report(
            rider, category="road", photo=make_picture(), point=(30.3, 120.1), address="198.51.100.1"
        )

    assert refused.value.code == "no_station"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\xff\xd8\xff\xe0 no picture"])
def test_a_file_that_is_no_picture_is_no_report(station, content):
    with pytest.raises(ValidationError):
        make_hazard(station=station, photo=SimpleUploadedFile("photo.jpg", content))

    assert not HazardReport.objects.exists()


def test_an_eleventh_report_within_an_hour_waits(station, rider):
    with time_machine.travel(datetime(2026, 11, 25, 1, tzinfo=UTC)) as clock:
        for _n in range(10):
            make_hazard(station=station, person=rider)
        with pytest.raises(Refusal) as refused:
            make_hazard(station=station, person=rider)
        clock.shift(3601)
        make_hazard(station=station, person=rider)

    assert refused.value.code == "too_many"
    assert rider.hazard_reports.count() == 11


# Deciding


def test_a_verified_report_earns_points_and_the_reporter_is_told(station, rider, manager):
    report = make_hazard(station=station, person=rider)

    hazards.verify(report, by=manager, reason="已经围起来了")

    entry = PointsEntry.objects.get()
    assert (report.state, report.decided_by, report.answer) == (State.VERIFIED, manager, "已经围起来了")
    assert (entry.key, entry.kind, entry.actor, entry.station) == (
        f"hazard:{report.pk}",
        "earn_report",
        manager,
        station,
    )
    assert entry.reason.endswith(" · 石祥路口")
    assert balance(rider) == entry.points == 10
    assert letter(report).subject == "Verified: Hole or damage in the road · 石祥路口"
    assert "10 points are entered for you." in letter(report).body
    assert "The station writes: 已经围起来了" in letter(report).body
    assert letter(report).body.endswith(f"/hazards/{report.pk}/")
    line = HistoryLine.objects.get(model="events.hazardreport")
    assert (line.object_id, line.person, line.station) == (report.pk, manager, station)
    assert ["state", "pending", "verified"] in line.changes


def test_a_declined_report_earns_nothing_and_says_why(station, rider, manager):
    report = make_hazard(station=station, person=rider)

    hazards.decline(report, by=manager, reason="没有找到")

    assert (report.state, balance(rider)) == (State.DECLINED, 0)
    assert letter(report).subject.startswith("About your report: ")
    assert "The station writes: 没有找到" in letter(report).body
    assert letter(report).person == rider


def test_declining_needs_a_reason_in_the_table_too(station, manager):
    report = make_hazard(station=station)

    with pytest.raises(Refusal) as refused:
        hazards.decline(report, by=manager, reason=" ")
    with pytest.raises(IntegrityError, match="hazard_is_declined_with_a_reason"), transaction.atomic():
        HazardReport.objects.filter(pk=report.pk).update(
            state="declined", decided_by=manager, decided_at=report.created_at
        )

    report.refresh_from_db()
    assert (refused.value.code, report.state) == ("reason_needed", State.PENDING)
    assert not Message.objects.exists()


def test_each_is_told_in_their_own_language(station, manager):
    chinese, english = make_user(language="zh-hans"), make_user(language="en")
    first, second = (make_hazard(station=station, person=person) for person in (chinese, english))

    for report in (first, second):
        hazards.verify(report, by=manager)

    assert letter(second).subject.startswith("Verified: Hole or damage in the road")
    assert "Hello " in letter(second).body and "Hello " not in letter(first).body
    assert chinese.name in letter(first).body


@pytest.mark.parametrize("verb", [hazards.verify, hazards.decline])
def test_who_comes_second_is_told_who_was_first(station, rider, manager, moderator, verb):
    seen_before = make_hazard(station=station, person=rider)
    hazards.verify(HazardReport.objects.get(), by=manager)

    with pytest.raises(Refusal, match="王站长") as refused:
        verb(seen_before, by=moderator, reason="没有找到")

    assert refused.value.code == "decided_before"
    assert (balance(rider), Message.objects.count()) == (10, 1)


def test_nobody_decides_on_their_own_report(station, manager):
    report = make_hazard(station=station, person=manager)

    with pytest.raises(Refusal) as refused:
        hazards.verify(report, by=manager)

    report.refresh_from_db()
    assert (refused.value.code, report.state, balance(manager)) == ("own_report", State.PENDING, 0)


# Three a day


def test_the_fourth_report_of_a_day_earns_nothing_and_says_so(station, rider, manager):
    with time_machine.travel(datetime(2026, 11, 25, 1, tzinfo=UTC)) as clock:
        reports = [make_hazard(station=station, person=rider) for _n in range(4)]
        clock.shift(3 * 24 * 3600)  # the day counts on which they were reported
        for report in reports:
            hazards.verify(report, by=manager)

    assert {report.state for report in reports} == {State.VERIFIED}
    assert balance(rider) == 30
    assert [report.points for report in rider.hazard_reports.with_points()] == [None, 10, 10, 10]
    assert "10 points are entered for you." in letter(reports[2]).body
    assert "It earns no points" in letter(reports[3]).body


def test_the_day_begins_at_midnight_in_zhejiang(station, rider, manager):
    with time_machine.travel(datetime(2026, 11, 25, 15, 59, tzinfo=UTC)) as clock:
        reports = [make_hazard(station=station, person=rider) for _n in range(3)]
        clock.shift(60)
        reports.append(make_hazard(station=station, person=rider))
        for report in reports:
            hazards.verify(report, by=manager)

    assert reports[2].day < reports[3].day
    assert balance(rider) == 40


def test_of_points_earned_for_something_else_the_day_counts_none(station, rider, manager):
    account = points.account_of(rider)
    for n in range(5):
        with transaction.atomic():
            points.earn(account, 10, kind=PointsEntry.Kind.EARN_SHIFT, key=f"hours:{n}", reason="班次")
    report = make_hazard(station=station, person=rider)

    hazards.verify(report, by=manager)

    assert balance(rider) == 60
