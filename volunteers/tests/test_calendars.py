from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from events.tests.factories import at_hour
from stations.hours import SHANGHAI
from stations.models import HistoryLine
from volunteers import calendars, shifts, signups
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


def test_of_a_confidential_service_an_entry_says_only_where(newcomer, station):
    shift = make_shift(station=station, kind="counselling", role="接线", bring="咨询师证")

    written = calendars.entry(make_signup(volunteer=newcomer, shift=shift)).decode().replace("\r\n ", "")

    for word in (shift.get_kind_display(), "接线", "咨询师证", shift.get_absolute_url()):
        assert word not in written
    assert f"· {station.name}" in written


def test_a_phone_rings_a_day_before_a_place_and_never_for_one_that_has_ended(signup, newcomer):
    [alarm] = event(signup).walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(hours=-24)

    signups.cancel(newcomer, signup.shift)
    signup.refresh_from_db()

    assert event(signup).walk("VALARM") == []


# The feed


@pytest.fixture
def address(newcomer):
    calendars.new_address(newcomer, by=newcomer.person)
    return f"/volunteer/feed/{newcomer.feed_token}.ics"


def states(answer):
    """What a calendar program has understood: the state of each entry by its UID."""
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["uid"]): (str(event["status"]), event["sequence"]) for event in events}


def uid(signup):
    return f"signup-{signup.pk}@nuanyi"


def test_a_program_that_cannot_sign_in_reads_the_feed_and_nobody_else_keeps_it(client, signup, address):
    answer = client.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert states(answer) == {uid(signup): ("CONFIRMED", 0)}
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("confirmed", ("CONFIRMED", 0)),
        ("offered", ("TENTATIVE", 0)),
        ("waitlisted", None),
        ("cancelled", ("CANCELLED", 1)),
        ("declined", ("CANCELLED", 1)),
        ("expired", ("CANCELLED", 1)),
        ("replaced", ("CANCELLED", 1)),
        ("removed", ("CANCELLED", 1)),
        ("called_off", ("CANCELLED", 1)),
    ],
)
def test_every_state_of_a_place_reads_as_a_calendar_knows_it(client, newcomer, address, status, state):
    until = timezone.now() + timedelta(hours=1)
    place = make_signup(volunteer=newcomer, status=status, offer_ends_at=until)

    assert states(client.get(address)).get(uid(place)) == state


def test_the_feed_follows_moves_and_cancellations(client, signup, newcomer, address):
    later = signup.shift.starts_at + timedelta(hours=1)
    times = {"starts_at": later, "ends_at": later + timedelta(hours=2)}
    shifts.change(signup.shift, times, by=newcomer.person)
    moved = client.get(address)
    [after] = Calendar.from_ical(moved.content).walk("VEVENT")

    signups.cancel(newcomer, signup.shift)

    assert (states(moved)[uid(signup)], after.decoded("dtstart")) == (("CONFIRMED", 1), later)
    assert states(client.get(address))[uid(signup)] == ("CANCELLED", 2)


def test_the_feed_reaches_sixty_days_back_and_is_hers_alone(client, newcomer, volunteer, address):
    ended = [timezone.now() - timedelta(days=days) for days in (59, 61)]
    recent, old = [
        make_signup(volunteer=newcomer, shift=make_shift(starts_at=end - timedelta(hours=2), ends_at=end))
        for end in ended
    ]
    other = make_signup(volunteer=volunteer)

    found = states(client.get(address))

    assert [uid(signup) in found for signup in (recent, old, other)] == [True, False, False]


def test_what_has_not_changed_is_not_sent_again(client, signup, newcomer, address):
    first = client.get(address)

    same = client.get(address, headers={"if-none-match": first["ETag"]})
    signups.cancel(newcomer, signup.shift)
    changed = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)


@pytest.mark.parametrize("rows", [1, 3])
def test_many_entries_ask_no_more_than_one(client, newcomer, address, rows, django_assert_num_queries):
    for day in range(rows):
        make_signup(volunteer=newcomer, shift=make_shift(starts_at=at_hour(9, days=day + 1)))

    with django_assert_num_queries(2):  # whose it is, what is in it
        client.get(address)


def test_a_volunteer_switches_her_feed_on_renews_it_and_switches_it_off(client, newcomer):
    page = "/volunteer/calendar/"
    client.force_login(newcomer.person)
    assert "webcal:" not in client.get(page).content.decode()

    client.post(page, {"new": ""})
    newcomer.refresh_from_db()
    first = f"/volunteer/feed/{newcomer.feed_token}.ics"
    shown = client.get(page).content.decode()
    client.post(page, {"new": ""})
    newcomer.refresh_from_db()
    second = f"/volunteer/feed/{newcomer.feed_token}.ics"

    assert (f"{settings.SITE_URL}{first}" in shown, 'href="webcal://' in shown) == (True, True)
    assert [client.get(url).status_code for url in (first, second)] == [404, 200]
    client.post(page, {"off": ""})
    assert client.get(second).status_code == 404
    newcomer.refresh_from_db()
    assert newcomer.feed_token is None


def test_looking_at_the_page_makes_no_address(client, newcomer):
    client.force_login(newcomer.person)

    client.get("/volunteer/calendar/?new=1")

    newcomer.refresh_from_db()
    assert newcomer.feed_token is None


def test_the_feed_of_a_closed_account_is_gone(client, newcomer, address):
    newcomer.person.is_active = False
    newcomer.person.save()

    assert client.get(address).status_code == 404


def test_who_takes_the_consent_back_is_in_no_feed_until_it_is_given_again(client, newcomer, address):
    consents = newcomer.person.consents
    consents.update(withdrawn_at=timezone.now())
    withdrawn = client.get(address)
    consents.create(version=settings.PRIVACY_RULES_VERSION)

    assert (withdrawn.status_code, client.get(address).status_code) == (404, 200)


def test_the_secret_is_in_no_history(newcomer, address):
    lines = HistoryLine.objects.filter(model="volunteers.volunteer", object_id=newcomer.pk)

    assert newcomer.feed_token not in str(list(lines.values()))
    assert lines.first().person == newcomer.person
