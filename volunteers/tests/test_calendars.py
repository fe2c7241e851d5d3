from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from stations.hours import SHANGHAI
from volunteers import calendars, signups
from volunteers.models import Shift
from volunteers.tests.factories import make_shift, make_signup

FRIDAY = datetime(2026, 11, 27, 14, tzinfo=SHANGHAI)


@pytest.fixture
def signup(newcomer, station):
    shift = make_shift(station=station, starts_at=FRIDAY, bring="身份证，水杯；口罩")
    return make_signup(volunteer=newcomer, shift=shift)


def event(signup):
    """The one event of the file, as a calendar program reads it."""
    [event] = Calendar.from_ical(calendars.entry(signup)).walk("VEVENT")
    return event


def test_a_calendar_reads_what_when_and_where(signup, station, settings):
    settings.SITE_URL = "https://nuanyi.example"

    read = event(signup)

    assert (read.decoded("dtstart"), read.decoded("dtend")) == (FRIDAY, FRIDAY + timedelta(hours=2))
    assert str(read["summary"]) == f"{signup.shift.get_kind_display()} · 石门社区服务驿站"
    assert str(read["location"]) == station.address
    assert (read["geo"].latitude, read["geo"].longitude) == (station.latitude, station.longitude)
    assert str(read["description"]) == "身份证，水杯；口罩"
    assert str(read["url"]) == f"https://nuanyi.example/volunteer/shifts/{signup.shift.pk}/"
    assert str(read["status"]) == "CONFIRMED"


def test_times_are_written_in_shanghai_with_the_zone_explained(signup):
    calendar = Calendar.from_ical(calendars.entry(signup))

    [zone] = calendar.walk("VTIMEZONE")
    starts = event(signup)["dtstart"]
    assert (str(zone["tzid"]), starts.params["TZID"]) == ("Asia/Shanghai", "Asia/Shanghai")
    assert starts.to_ical() == b"20261127T140000"
    assert starts.dt.utcoffset() == timedelta(hours=8)


def test_a_file_has_the_lines_that_every_calendar_program_wants(signup):
    lines = calendars.entry(signup).split(b"\r\n")

    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])
    assert lines.count(b"VERSION:2.0") == 1
    assert max(len(line) for line in lines) <= 75


def test_a_cancelled_place_is_a_cancelled_entry_of_the_same_name(signup, newcomer):
    before = event(signup)

    signups.cancel(newcomer, signup.shift)
    signup.refresh_from_db()

    after = event(signup)
    assert (str(before["status"]), str(after["status"])) == ("CONFIRMED", "CANCELLED")
    assert after["uid"] == before["uid"] == f"signup-{signup.pk}@nuanyi"


def test_a_shift_that_the_organiser_cancelled_is_a_cancelled_entry(signup):
    Shift.objects.update(status=Shift.Status.CANCELLED)
    signup.shift.refresh_from_db()

    assert str(event(signup)["status"]) == "CANCELLED"


def test_a_moved_shift_is_the_same_entry_with_a_higher_sequence(signup):
    before = event(signup)

    Shift.objects.update(starts_at=FRIDAY - timedelta(hours=1), sequence=1)
    signup.shift.refresh_from_db()

    after = event(signup)
    assert (before["uid"], before["sequence"], after["sequence"]) == (after["uid"], 0, 1)
    assert after.decoded("dtstart") == FRIDAY - timedelta(hours=1)
