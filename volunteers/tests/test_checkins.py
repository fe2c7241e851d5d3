"""Checking in and out with the station's code: signed, short-lived, used once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from stations.models import HistoryLine
from stations.refusals import Refusal
from volunteers import attendance, checkins
from volunteers.models import Shift, Signup, UsedCode
from volunteers.tests.factories import make_shift, make_signup, make_volunteer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    # Later than today, so that postings have begun whichever fixture comes first.
    with time_machine.travel("2030-11-18T14:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def shift(now, station):
    """From 14:10 to 16:10."""
    return make_shift(station=station, starts_at=timezone.now() + 10 * MINUTE)


@pytest.fixture
def signup(newcomer, shift):
    return make_signup(volunteer=newcomer, shift=shift)


def scan(signup):
    return checkins.use(checkins.new_code(signup.shift), signup.volunteer)


def refusal(verb, *args, **kw):
    with pytest.raises(Refusal) as refused:
        verb(*args, **kw)
    return refused.value.code


def times(signup):
    signup.refresh_from_db()
    return signup.checked_in_at, signup.checked_out_at


def test_the_first_code_checks_in_and_the_next_one_out(signup, now):
    came = timezone.now()
    scan(signup)
    now.shift(2 * 60 * MINUTE)
    scan(signup)

    assert times(signup) == (came, came + 120 * MINUTE)
    assert [line.person for line in HistoryLine.objects.filter(model="volunteers.signup")] == [
        signup.volunteer.person
    ] * 2


def test_a_code_works_for_two_minutes(signup, now):
    code = checkins.new_code(signup.shift)
    now.shift(2 * MINUTE)
    assert checkins.look(code, signup.volunteer) == signup

    now.shift(timedelta(seconds=1))

    assert refusal(checkins.use, code, signup.volunteer) == "expired"
    assert times(signup) == (None, None)


def test_a_code_is_used_once_by_one_person(signup, shift):
    other = make_signup(shift=shift)
    code = checkins.new_code(shift)
    checkins.use(code, signup.volunteer)

    assert refusal(checkins.use, code, other.volunteer) == "used"
    assert refusal(checkins.use, code, signup.volunteer) == "done"
    assert times(other) == (None, None)
    assert times(signup) == (timezone.now(), None)
    assert UsedCode.objects.get().signup == signup


def test_what_is_not_signed_here_is_no_code(signup):
    good = checkins.new_code(signup.shift)
    forged = signing.dumps([signup.shift_id, "nonce"], salt="another")

    for code in ("x", good[:-1], "a:b:c", forged):
        assert refusal(checkins.use, code, signup.volunteer) == "bad_code"


def test_a_code_belongs_to_its_shift(signup, station):
    other = make_shift(station=station, starts_at=timezone.now())

    assert refusal(checkins.use, checkins.new_code(other), signup.volunteer) == "not_signed_up"


@pytest.mark.parametrize("status", ["cancelled", "waitlisted", "removed"])
def test_who_has_no_place_cannot_check_in(newcomer, shift, status):
    make_signup(volunteer=newcomer, shift=shift, status=status)

    assert refusal(checkins.use, checkins.new_code(shift), newcomer) == "not_signed_up"


@pytest.mark.parametrize(
    ("minutes", "code"), [(-31, "too_early"), (-30, None), (0, None), (120, None), (121, "too_late")]
)
def test_one_checks_in_from_half_an_hour_before_until_the_end(signup, now, minutes, code):
    now.move_to(signup.shift.starts_at + minutes * MINUTE)

    if code:
        assert refusal(scan, signup) == code
    assert (code or scan(signup)) in (code, signup)


@pytest.mark.parametrize(("minutes", "code"), [(120, None), (121, "too_late")])
def test_one_checks_out_until_two_hours_after_the_end(signup, now, minutes, code):
    scan(signup)
    now.move_to(signup.shift.ends_at + minutes * MINUTE)

    if code:
        assert refusal(scan, signup) == code
    else:
        assert scan(signup).checked_out_at == timezone.now()


def test_who_is_out_does_not_come_in_again(signup):
    scan(signup)
    scan(signup)

    assert refusal(scan, signup) == "already_out"


# The manager's list


def test_the_manager_sets_the_times_of_who_had_no_phone(signup, manager, now):
    now.move_to(signup.shift.ends_at)
    start, end = signup.shift.starts_at, signup.shift.ends_at - 15 * MINUTE

    checkins.set_times(signup, start, end, by=manager)

    assert times(signup) == (start, end)
    assert HistoryLine.objects.get(object_id=signup.pk, model="volunteers.signup").person == manager


def test_recorded_times_are_changed_with_a_reason_only(signup, manager, now):
    scan(signup)
    start = signup.shift.starts_at
    now.move_to(signup.shift.ends_at)
    signup.refresh_from_db()

    assert refusal(checkins.set_times, signup, start, None, by=manager) == "reason_needed"
    checkins.set_times(signup, start, None, by=manager, reason="扫早了")

    assert times(signup) == (start, None)


@pytest.mark.parametrize(("first", "last"), [(None, 60), (60, 60), (60, 30), (0, 300), (-121, 0), (121, 122)])
def test_times_that_cannot_be_are_refused(signup, manager, now, first, last):
    now.move_to(signup.shift.ends_at + 60 * MINUTE)
    start = signup.shift.starts_at
    first, last = (None if minutes is None else start + minutes * MINUTE for minutes in (first, last))

    assert refusal(checkins.set_times, signup, first, last, by=manager) == "times"
    assert times(signup) == (None, None)


def test_once_hours_are_confirmed_times_stay(signup, manager, now):
    now.move_to(signup.shift.ends_at)
    attendance.mark_came(signup, by=manager)

    refused = refusal(checkins.set_times, signup, signup.shift.starts_at, None, by=manager)

    assert refused == "hours_confirmed"


# The phone


def address(shift):
    return reverse("volunteers:check_in", args=[checkins.new_code(shift)])


def test_the_phone_shows_what_will_happen_and_does_it_at_a_touch(client, signup):
    client.force_login(signup.volunteer.person)
    client.cookies["django_language"] = "en"
    url = address(signup.shift)

    page = client.get(url).content.decode()
    assert times(signup) == (None, None)
    answer = client.post(url)

    assert "Check in now" in page and signup.shift.station.name in page
    assert answer.url == signup.shift.get_absolute_url()
    assert times(signup) == (timezone.now(), None)
    assert "Check out now" in client.get(address(signup.shift)).content.decode()


def test_a_refusal_is_read_on_the_phone(client, signup, now):
    client.force_login(signup.volunteer.person)
    url = address(signup.shift)
    now.shift(3 * MINUTE)

    shown, posted = client.get(url), client.post(url)

    assert (shown.status_code, posted.status_code) == (200, 422)
    assert shown.context["refusal"].code == posted.context["refusal"].code == "expired"


def test_who_scans_a_code_twice_reads_that_all_is_well(client, signup):
    client.force_login(signup.volunteer.person)
    code = checkins.new_code(signup.shift)
    checkins.use(code, signup.volunteer)

    page = client.get(reverse("volunteers:check_in", args=[code])).content.decode()

    assert 'class="notice success"' in page and 'class="notice warning"' not in page


def test_a_stranger_signs_in_first_and_who_is_no_volunteer_makes_a_profile(client, shift, stranger):
    url = address(shift)
    assert client.get(url).url.startswith("/accounts/login/?next=/volunteer/check-in/")

    client.force_login(stranger)

    assert client.get(url).url.startswith("/volunteer/profile/?next=")


# The screens


def test_the_kiosk_lists_the_shifts_of_its_station_that_are_open_now(kiosk_client, shift, other_station):
    kiosk_client.cookies["django_language"] = "en"
    start = shift.starts_at
    make_shift(station=other_station, starts_at=start, role="elsewhere")
    make_shift(station=shift.station, starts_at=start, role="draft", status=Shift.Status.DRAFT)
    make_shift(station=shift.station, starts_at=start + 30 * MINUTE, role="later")

    answer = kiosk_client.get("/kiosk/shifts/")

    assert list(answer.context["shifts"]) == [shift]
    assert f"/kiosk/shifts/{shift.pk}/" in answer.content.decode()


def test_the_kiosk_shows_a_code_of_the_moment_and_nobody_s_name(kiosk_client, signup):
    url = f"/kiosk/shifts/{signup.shift_id}/"

    first, second = (kiosk_client.get(url).content.decode() for _each in range(2))

    assert "<svg" in first
    assert re.findall("<svg.*?</svg>", first) != re.findall("<svg.*?</svg>", second)
    assert signup.volunteer.name not in first


def test_the_kiosk_has_no_code_of_another_station_or_of_a_shift_to_come(kiosk_client, shift, other_station):
    far = make_shift(station=shift.station, starts_at=shift.starts_at + 60 * MINUTE)
    elsewhere = make_shift(station=other_station, starts_at=shift.starts_at)

    answers = [kiosk_client.get(f"/kiosk/shifts/{each.pk}/").status_code for each in (far, elsewhere)]

    assert answers == [404, 404]


def test_only_a_kiosk_shows_these_pages(client, shift):
    answers = [client.get(url).url for url in ("/kiosk/shifts/", f"/kiosk/shifts/{shift.pk}/")]

    assert answers == ["/kiosk/pair/"] * 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_kiosk_s_list_costs_the_same_for_one_and_for_three(
    kiosk_client, shift, rows, django_assert_num_queries
):
    for number in range(rows - 1):
        make_shift(station=shift.station, starts_at=shift.starts_at, role=str(number))

    with django_assert_num_queries(2):
        kiosk_client.get("/kiosk/shifts/")


def test_the_workplace_shows_the_code_while_the_shift_is_open(client, manager, signup, now):
    client.force_login(manager)
    url = f"/admin/volunteers/shift/{signup.shift_id}/code/"

    shown = client.get(url)
    now.shift(-60 * MINUTE)
    early = client.get(url)

    assert (shown.status_code, early.status_code) == (200, 200)
    assert shown.context["drawing"] and early.context["drawing"] is None
    assert 'http-equiv="refresh"' in shown.content.decode()


def test_the_code_says_the_full_address(signup, settings):
    settings.SITE_URL = "https://nuanyi.example"
    code = checkins.new_code(signup.shift)

    assert checkins.address(code) == f"https://nuanyi.example/volunteer/check-in/{code}/"


def test_the_manager_s_form_sets_times_and_later_corrects_hours(client, manager, signup, now):
    now.move_to(signup.shift.ends_at)
    client.force_login(manager)
    url = f"/admin/volunteers/signup/{signup.pk}/times/"

    client.post(url, {"checked_in_at": "2030-11-18T14:10", "checked_out_at": "2030-11-18T15:10"})
    wrong = client.post(url, {"checked_in_at": "2030-11-18T15:10", "checked_out_at": "2030-11-18T14:10"})
    attendance.mark_came(Signup.objects.get(pk=signup.pk), by=manager)
    client.post(url, {"minutes": "90", "reason": "签退晚了"})
    page = client.get(url)

    assert wrong.status_code == 422
    assert [entry.minutes for entry in signup.hours.order_by("pk")] == [60, -60, 90]
    assert page.status_code == 200


def test_times_of_another_station_are_out_of_reach(client, other_manager, auditor, signup):
    for person in (other_manager, auditor):
        client.force_login(person)
        pages = [
            f"/admin/volunteers/signup/{signup.pk}/times/",
            f"/admin/volunteers/shift/{signup.shift_id}/code/",
        ]
        assert [client.get(page).status_code for page in pages] == [404, 404]


def test_a_volunteer_of_another_home_station_checks_in_here_too(shift, other_station):
    guest = make_signup(shift=shift, volunteer=make_volunteer(home_station=other_station))

    assert scan(guest).checked_in_at == timezone.now()
