"""The list of shifts and a shift's own page: finding a place, taking it, giving it back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events.tests.factories import at_hour
from stations.tests.factories import make_division, make_station
from volunteers import shifts, signups, waiting_list
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_team
from volunteers.tests.reading import links, reader, shifts_on, words

FRIDAY = timezone.datetime(2026, 12, 4, 14, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def client(db):
    return reader()


# Why not, and what to do about it


def test_the_shift_page_asks_a_stranger_to_sign_in(client, station):
    shift = make_shift(station=station)

    page = client.get(shift.get_absolute_url())

    assert "To take a place, please sign in or make an account." in words(page)
    assert f"/accounts/login/?next=/volunteer/shifts/{shift.pk}/" in links(page)
    assert f"/accounts/signup/?next=/volunteer/shifts/{shift.pk}/" in links(page)
    assert "<button" not in page.content.decode().partition("<main")[2]


def test_the_shift_page_asks_for_a_profile_first(client, stranger, station):
    shift = make_shift(station=station)
    client.force_login(stranger)

    page = client.get(shift.get_absolute_url())

    assert "Please tell us first what you can do" in words(page)
    assert f"/volunteer/profile/?next=/volunteer/shifts/{shift.pk}/" in links(page)


def test_the_shift_page_asks_for_the_document_that_is_missing(client, newcomer):
    shift = make_shift(kind="clinic")
    client.force_login(newcomer.person)

    page = client.get(shift.get_absolute_url())

    assert "This shift needs an approved document: Medical practising certificate." in words(page)
    assert "/volunteer/credentials/add/?kind=medical" in links(page)


def test_the_shift_page_says_that_a_document_is_being_looked_at(client, newcomer):
    shift = make_shift(kind="legal")
    make_credential(volunteer=newcomer)
    client.force_login(newcomer.person)

    page = client.get(shift.get_absolute_url())

    assert "Your document is still under review." in words(page)
    assert "/volunteer/profile/#documents" in links(page)


def test_the_shift_page_links_the_shift_that_stands_in_the_way(client, newcomer, other_station):
    mine = make_signup(volunteer=newcomer, shift=make_shift(station=other_station)).shift
    shift = make_shift(starts_at=mine.starts_at + timedelta(hours=1))
    client.force_login(newcomer.person)

    page = client.get(shift.get_absolute_url())

    assert "You are at 湖滨暖驿 at that time." in words(page)
    assert mine.get_absolute_url() in links(page)


def test_who_pauses_is_led_to_where_an_absence_is_put_right(client, newcomer):
    newcomer.paused_until = timezone.now() + timedelta(days=30)
    newcomer.save()
    client.force_login(newcomer.person)

    page = client.get(make_shift().get_absolute_url())

    assert "please tell us on “My hours”" in words(page)
    assert "/volunteer/hours/" in links(page)


@pytest.mark.parametrize("who", [None, "stranger", "newcomer"])
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"status": Shift.Status.CANCELLED}, "This shift is not open for sign-up."),
        ({"starts_at": -1}, "This shift has begun already."),
    ],
)
def test_the_shift_page_offers_other_shifts_when_this_one_is_closed(
    request, client, station, who, values, sentence
):
    if "starts_at" in values:
        values = {"starts_at": timezone.now() + timedelta(hours=values["starts_at"])}
    shift = make_shift(station=station, **values)
    if who:
        person = request.getfixturevalue(who)
        client.force_login(getattr(person, "person", person))

    page = client.get(shift.get_absolute_url())

    assert sentence in words(page)
    assert "/volunteer/shifts/?service=helper" in links(page)
    assert f"/volunteer/shifts/{shift.pk}/signup/" not in page.content.decode()


def test_a_refused_sign_up_says_why_and_takes_no_place(client, newcomer):
    shift = make_shift(kind="legal")
    client.force_login(newcomer.person)

    refused = client.post(f"/volunteer/shifts/{shift.pk}/signup/", follow=True)

    assert words(refused).count("This shift needs an approved document: Lawyer's licence.") == 2
    assert Signup.objects.count() == 0


def test_a_draft_does_not_exist_for_the_public(client, admin, station):
    draft = make_shift(station=station, status=Shift.Status.DRAFT)
    client.force_login(admin)

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.post(f"/volunteer/shifts/{draft.pk}/signup/").status_code == 404


# A place, kept and given back


@pytest.mark.parametrize(
    ("minutes", "values", "sentence"),
    [
        (30, {}, "Please be there a few minutes early"),
        (-30, {"checked_in_at": -30}, "Please scan the code again when you leave."),
        (-60, {"checked_in_at": -60, "checked_out_at": -5}, "The station confirms your hours"),
        (-150, {}, "The station says who came within ten working days."),
        (-150, {"attendance": "came"}, "Came My hours"),
    ],
)
def test_the_shift_page_goes_along_with_the_day(client, newcomer, minutes, values, sentence):
    at = {number: timezone.now() + timedelta(minutes=number) for number in range(-150, 31)}
    values = {name: at.get(value, value) for name, value in values.items()}
    signup = make_signup(volunteer=newcomer, shift=make_shift(starts_at=at[minutes]), **values)
    client.force_login(newcomer.person)

    page = client.get(signup.shift.get_absolute_url())

    assert sentence in words(page)
    assert ("Put it into my calendar" in words(page)) is (minutes > 0)


def test_a_place_is_given_back_and_is_free_again(client, newcomer):
    shift = make_signup(volunteer=newcomer).shift
    client.force_login(newcomer.person)

    before = client.get(shift.get_absolute_url())
    after = client.post(f"/volunteer/shifts/{shift.pk}/cancel/", follow=True)

    shift.refresh_from_db()
    assert "1 more person needed" in words(before)
    assert "You have given your place back." in words(after)
    assert "2 more people needed" in words(after)
    assert shift.taken == 0


def test_a_place_that_is_not_there_cannot_be_given_back(client, newcomer):
    shift = make_shift()
    client.force_login(newcomer.person)

    page = client.post(f"/volunteer/shifts/{shift.pk}/cancel/", follow=True)

    assert "You have no place on this shift." in words(page)


def test_once_begun_a_place_is_kept_and_the_station_is_called(client, newcomer, station):
    station.phone = "0578-6820000"
    station.save()
    shift = make_shift(station=station, starts_at=timezone.now() - timedelta(hours=1))
    make_signup(volunteer=newcomer, shift=shift)
    client.force_login(newcomer.person)

    page = client.get(shift.get_absolute_url())

    assert "please call the station. 0578-6820000" in words(page)
    assert "Give my place back" not in words(page)


def test_a_volunteer_reads_that_her_shift_was_cancelled(client, newcomer, manager):
    shift = make_signup(volunteer=newcomer).shift
    shifts.cancel(shift, by=manager, reason="台风")
    client.force_login(newcomer.person)

    assert "You had a place. You need not come." in words(client.get(shift.get_absolute_url()))
    assert "Cancelled by organiser" in words(client.get("/volunteer/"))


@pytest.mark.parametrize("verb", ["signup", "cancel"])
def test_coming_to_a_button_by_its_address_changes_nothing(client, newcomer, verb):
    shift = make_signup(volunteer=newcomer).shift if verb == "cancel" else make_shift()
    client.force_login(newcomer.person)
    before = shift.taken

    answer = client.get(f"/volunteer/shifts/{shift.pk}/{verb}/")

    shift.refresh_from_db()
    assert answer.url == shift.get_absolute_url()
    assert shift.taken == before


def test_the_calendar_entry_is_for_who_has_the_place(client, newcomer, volunteer):
    shift = make_signup(volunteer=newcomer).shift
    address = f"/volunteer/shifts/{shift.pk}/calendar.ics"
    client.force_login(newcomer.person)

    mine = client.get(address)
    client.force_login(volunteer.person)
    other = client.get(address)

    assert mine["Content-Type"] == "text/calendar; charset=utf-8"
    assert mine["Content-Disposition"] == f'attachment; filename="shift-{shift.pk}.ics"'
    assert b"BEGIN:VEVENT" in mine.content
    assert other.status_code == 404


# Waiting, offers, stand-ins, teams


def press(client, shift, button):
    return client.post(f"/volunteer/shifts/{shift.pk}/{button}/", follow=True)


@pytest.fixture
def full(station):
    return make_signup(shift=make_shift(station=station, places=1, starts_at=at_hour(14, days=3))).shift


def test_who_comes_late_joins_the_waiting_list_and_leaves_it(client, newcomer, full):
    client.force_login(newcomer.person)

    before = client.get(full.get_absolute_url())
    waiting = press(client, full, "signup")
    left = press(client, full, "cancel")

    assert "All places are taken, and 0 people wait. " in words(before)
    assert "Join the waiting list: Helper" in words(before)
    assert "You are number 1 on the waiting list" in words(waiting)
    assert "Join the waiting list: Helper" in words(left)


@pytest.mark.parametrize(
    ("button", "sentence", "status"),
    [
        ("accept", "The place is yours.", "confirmed"),
        ("decline", "The next in the queue is asked.", "declined"),
    ],
)
def test_an_offer_is_answered_on_the_page(client, newcomer, full, button, sentence, status):
    press_for = make_signup(volunteer=newcomer, shift=full, status="waitlisted")
    signups.end([full.signups.live().get()], "removed", by=None)
    waiting_list.fill(full.pk)
    client.force_login(newcomer.person)

    offered = client.get(full.get_absolute_url())
    answered = press(client, full, button)

    press_for.refresh_from_db()
    assert "A place has become free for you" in words(offered)
    assert "Yes, I come" in words(offered) and "No, I cannot come" in words(offered)
    assert sentence in words(answered)
    assert press_for.status == status


def test_after_the_deadline_the_page_names_the_telephone_and_the_stand_in(client, newcomer, station):
    station.phone = "0578-6820000"
    station.save()
    shift = make_shift(station=station, starts_at=timezone.now() + timedelta(hours=3))
    make_signup(volunteer=newcomer, shift=shift, signed_up_at=timezone.now() - timedelta(days=2))
    client.force_login(newcomer.person)

    page = client.get(shift.get_absolute_url())
    refused = press(client, shift, "cancel")

    assert "Places could be given back until" in words(page)
    assert "0578-6820000" in words(page)
    assert "Give my place back" not in words(page)
    assert "Look for a stand-in" in words(page)
    assert words(refused).count("Places could be given back until") == 2


def test_a_stand_in_is_looked_for_and_found_on_the_page(client, newcomer, volunteer, full):
    mine = full.signups.get()
    client.force_login(mine.volunteer.person)
    looking = press(client, full, "stand-in/ask")
    client.force_login(newcomer.person)

    offered = client.get(full.get_absolute_url())
    taken_over = press(client, full, "stand-in")

    assert "Until somebody takes over, please come." in words(looking)
    assert "Stand in: Helper" in words(offered)
    assert mine.volunteer.name not in words(offered)
    assert "You have a place." in words(taken_over)
    mine.refresh_from_db()
    assert mine.status == "replaced"


def test_who_comes_after_all_stops_looking(client, newcomer):
    shift = make_signup(volunteer=newcomer, shift=make_shift(starts_at=at_hour(14, days=3))).shift
    client.force_login(newcomer.person)
    press(client, shift, "stand-in/ask")

    page = press(client, shift, "stand-in/stop")

    assert "Good, you keep your place." in words(page)
    assert newcomer.signups.get().stand_in_wanted_at is None


def test_who_leads_a_team_signs_it_up_on_the_page(client, newcomer, volunteer, station):
    shift = make_shift(station=station)
    team = make_team(newcomer, volunteer, station=station)
    client.force_login(newcomer.person)
    address = f"/volunteer/shifts/{shift.pk}/teams/{team.pk}/"

    link = client.get(shift.get_absolute_url())
    nobody = client.post(address, {})
    done = client.post(address, {"members": [newcomer.pk, volunteer.pk]}, follow=True)
    again = client.post(address, {"members": [volunteer.pk]})

    assert address in links(link)
    assert (nobody.status_code, again.status_code) == (422, 422)
    assert "You have a place." in words(done)
    assert "You have a place on this shift already." in words(again)
    assert shift.signups.live().count() == 2


# The list of shifts


def test_coming_shifts_stand_under_their_day_and_say_what_they_need(client, station):
    with time_machine.travel(FRIDAY - timedelta(days=2), tick=False):
        second = make_shift(station=station, kind="photo", starts_at=FRIDAY + timedelta(days=1))
        first = make_shift(station=station, kind="clinic", starts_at=FRIDAY)
        make_shift(station=station, kind="helper", starts_at=timezone.now() - timedelta(hours=1))
        make_shift(station=station, status=Shift.Status.DRAFT)
        page = client.get("/volunteer/shifts/")

    assert shifts_on(page) == [first.pk, second.pk]
    assert (
        "Friday, 4 December Free clinic Friday, 4 December, 14:00–16:00 石门社区服务驿站 · 杭州市拱墅区 "
        "2 more people needed Needs: Medical practising certificate Saturday, 5 December"
    ) in words(page)


def test_the_filters_live_in_the_address(client, station):
    anji = make_division(code="330523", name="安吉县", prefecture="湖州市")
    here = make_shift(station=station, kind="legal")
    there = make_shift(station=make_station(division=anji, code="A1"), kind="legal")
    photo = make_shift(station=station, kind="photo")

    def found(query):
        return set(shifts_on(client.get("/volunteer/shifts/" + query)))

    assert found("?service=legal") == {here.pk, there.pk}
    assert found("?county=330523") == {there.pk}
    assert found(f"?station={station.code}&service=photo") == {photo.pk}
    assert found("?county=330523&service=photo") == set()
    assert found("?service=nonsense&station=x&county=%00&page=z") == {here.pk, there.pk, photo.pk}


def test_a_chosen_filter_is_marked_and_keeps_the_others(client, station):
    make_shift(station=station, kind="legal")

    page = client.get("/volunteer/shifts/?service=legal&county=330105")

    assert (
        '<a class="chip" href="?service=legal&amp;county=330105" aria-current="true">'
        in page.content.decode()
    )
    assert "?service=legal" in links(page)
    assert f"?service=legal&county=330105&station={station.code}" in links(page)


def test_nothing_found_says_so_and_shows_the_way_out(client):
    assert "No shifts are planned at present." in words(client.get("/volunteer/shifts/"))
    assert "No coming shift fits all of this." in words(client.get("/volunteer/shifts/?service=legal"))


def test_thirty_shifts_fill_a_page(client, station):
    for day in range(1, 32):
        make_shift(station=station, starts_at=at_hour(9, days=day))

    first, second = client.get("/volunteer/shifts/"), client.get("/volunteer/shifts/?page=2")

    assert len(shifts_on(first)) == 30
    assert "?page=2" in links(first)
    assert len(shifts_on(second)) == 1


def test_people_needed_are_drawn_and_numbered(client, station):
    shift = make_signup(shift=make_shift(station=station, places=3)).shift

    page = client.get(shift.get_absolute_url())

    assert page.content.decode().count('<svg class="icon taken">') == 1
    assert page.content.decode().count('icons.svg#person"></use></svg>') == 3 + 1  # the last is in the menu
    assert "2 more people needed" in words(page)


def test_in_chinese_dates_and_buttons_read_as_people_write_them(volunteer, station):
    client = Client()
    with time_machine.travel(FRIDAY - timedelta(days=2), tick=False):
        shift = make_shift(station=station, kind="photo", starts_at=FRIDAY)
        client.force_login(volunteer.person)
        page = words(client.get(shift.get_absolute_url()))

    assert "12月4日（星期五）14:00–16:00" in page
    assert "还需 2 人" in page
    assert "报名 12月4日 14:00 证件照拍摄" in page


@pytest.mark.parametrize("how_many", [1, 3])
# One of those signed in: whether there is a way to the workplace to show.
@pytest.mark.parametrize(("signed_in", "queries"), [(False, 3), (True, 7)])
def test_the_list_asks_the_database_as_often_for_three_shifts(
    client, newcomer, django_assert_num_queries, how_many, signed_in, queries
):
    for day in range(how_many):
        make_signup(shift=make_shift(starts_at=at_hour(9, days=day + 1)), volunteer=newcomer)
    if signed_in:
        client.force_login(newcomer.person)
        client.get("/volunteer/")  # the session remembers the consent

    with django_assert_num_queries(queries):
        page = client.get("/volunteer/shifts/")

    assert len(shifts_on(page)) == how_many
