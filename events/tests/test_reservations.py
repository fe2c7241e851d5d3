"""Reserving online and collecting with the code: the catalogue, the pages, and what stands in the way."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events import redemptions, reservations
from events.models import Redemption
from events.tests.factories import (
    make_points,
    make_redemption_day,
    make_redemption_exception,
    make_reward,
    make_worker_pass,
)
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_picture, make_user

MONDAY = datetime(2026, 11, 23, 12, tzinfo=hours.SHANGHAI)
FRIDAY, NEXT_FRIDAY = date(2026, 11, 27), date(2026, 12, 4)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def rider(clock, station):
    """A person with a card of `station` and 100 points."""
    person = make_user(name="陈骑手", email="rider@example.com", language="en")
    make_worker_pass(person=person, station=station)
    return person


@pytest.fixture
def account(rider):
    return rider.points_account


@pytest.fixture
def soap(clock, station):
    """30 points; five are left at the station, which redeems on Fridays."""
    make_redemption_day(station=station, weekday=4)
    return make_reward(name_zh="香皂", name_en="Soap", station=station)


@pytest.fixture
def browser(rider):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(rider)
    return client


def reserve(account, reward, station, *, key="order-1", day=FRIDAY):
    return reservations.reserve(account, reward.pk, station=station, key=key, day=day)


def refusal(*args, **kw):
    with pytest.raises(Refusal) as refused:
        reserve(*args, **kw)
    return refused.value.code


def at(station, reward=None):
    return f"/rewards/{station.code}/" + (f"reserve/{reward.pk}/" if reward else "")


def agreed(browser, station, reward):
    """What the confirm page's form would send."""
    form = browser.get(at(station, reward)).context["form"]
    return {"key": str(form["key"].value()), "day": str(form["day"].value())}


# The verbs


def test_points_and_goods_are_kept_for_the_next_redemption_day(account, soap, station):
    redemption = reserve(account, soap, station)

    account.refresh_from_db()
    assert (redemption.date, redemption.kiosk, redemption.status) == (FRIDAY, None, "waiting")
    assert (account.balance, soap.stock.get().left) == (70, 4)


def test_on_a_redemption_day_itself_one_reserves_for_the_next_one(account, soap, station, clock):
    clock.shift(timedelta(days=4))

    assert reservations.day_of(station) == NEXT_FRIDAY
    assert refusal(account, soap, station, day=FRIDAY) == "another_day"


def test_no_day_further_away_can_be_taken_beforehand(account, soap, station):
    assert refusal(account, soap, station, day=NEXT_FRIDAY) == "another_day"


def test_the_same_order_sent_twice_has_one_answer_even_after_midnight(account, soap, station, clock):
    first = reserve(account, soap, station)

    clock.move_to(MONDAY + timedelta(days=4))
    assert reserve(account, soap, station) == first
    assert Redemption.objects.count() == 1


def test_one_reservation_a_day_and_the_day_is_named(account, soap, station):
    reserve(account, soap, station)

    with pytest.raises(Refusal, match="11月27日"):
        reserve(account, soap, station, key="order-2")


def test_a_day_that_was_closed_meanwhile_is_named(account, soap, station):
    refused = redemptions.why_not(account, soap.pk, station=station, day=FRIDAY + timedelta(days=1))

    assert refused.code == "not_a_redemption_day"
    assert "11月28日" in str(refused) and "12月4日" in str(refused)


def test_until_the_day_before_it_can_be_cancelled_and_everything_comes_back(
    account, soap, station, clock, rider
):
    redemption = reserve(account, soap, station)

    clock.shift(timedelta(days=3))
    reservations.cancel(redemption, by=rider)

    account.refresh_from_db()
    redemption.refresh_from_db()
    assert (account.balance, soap.stock.get().left) == (100, 5)
    assert (redemption.status, redemption.settled_by) == ("reversed", rider)
    assert redemption.settled_reason == "不想要了"


def test_on_the_day_it_is_cancelled_at_the_counter_only(account, soap, station, clock, rider):
    redemption = reserve(account, soap, station)

    clock.move_to(datetime(2026, 11, 27, 0, 0, tzinfo=hours.SHANGHAI))
    with pytest.raises(Refusal) as refused:
        reservations.cancel(redemption, by=rider)

    assert refused.value.code == "too_late"


def test_what_was_handed_over_meanwhile_is_not_cancelled(account, soap, station, rider, manager):
    redemption = reserve(account, soap, station)
    redemptions.hand_over(Redemption.objects.get(), by=manager)

    with pytest.raises(Refusal) as refused:
        reservations.cancel(redemption, by=rider)

    assert refused.value.code == "settled_before"
    assert Redemption.objects.get().status == "collected"


def test_who_does_not_come_has_the_points_again_the_morning_after(account, soap, station, clock):
    reserve(account, soap, station)

    clock.shift(timedelta(days=5))
    redemptions.reverse_uncollected(timezone.localdate())

    account.refresh_from_db()
    assert (account.balance, soap.stock.get().left) == (100, 5)


# The catalogue


def test_everybody_sees_what_points_buy_and_what_it_will_cost(client, clock, soap):
    soap.prices.create(points=40, starts_on=date(2026, 12, 4))
    make_reward(name_en="Lamp", points=1).prices.update(starts_on=date(2026, 12, 1))
    make_reward(name_en="Gone", is_active=False)

    page = client.get("/rewards/", headers={"Accept-Language": "en"}).content.decode()

    assert "30 points" in page and "from 4 December: 40 points" in page
    assert "Lamp" in page and "from 1 December: 1 point" in page
    assert "Gone" not in page


def test_the_photo_is_shown_instead_of_the_drawing(client, clock, soap):
    soap.photo.save("soap.jpg", make_picture())

    page = client.get("/rewards/").content.decode()
    photo = client.get(f"/rewards/{soap.pk}/photo/")

    assert f'src="/rewards/{soap.pk}/photo/"' in page
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(photo)[:2] == b"\xff\xd8"
    assert "public" in photo["Cache-Control"]


def test_a_reward_without_a_photo_has_none_to_show(client, clock, soap):
    assert client.get(f"/rewards/{soap.pk}/photo/").status_code == 404


def test_who_has_a_card_is_led_to_their_own_station(browser, soap, station):
    assert at(station) in browser.get("/rewards/").content.decode()


# At a station


def test_choose_confirm_and_have_a_code(browser, soap, station, account):
    choosing = browser.get(at(station)).content.decode()
    answer = browser.post(at(station, soap), agreed(browser, station, soap), follow=True)

    page, redemption = answer.content.decode(), Redemption.objects.get()
    assert at(station, soap) in choosing and "Friday, 27 November" in choosing
    assert redemption.pickup_code in page and "Friday, 27 November" in page and station.name in page
    assert redemption.pickup_code in browser.get("/me/").content.decode()


def test_an_impatient_finger_orders_once(browser, soap, station):
    form = agreed(browser, station, soap)

    answers = [browser.post(at(station, soap), form) for _n in range(2)]

    assert answers[0].url == answers[1].url == f"/rewards/reservations/{Redemption.objects.get().pk}/"


def test_the_price_of_the_day_is_shown_and_taken(browser, soap, station, account):
    soap.prices.create(points=45, starts_on=FRIDAY)

    page = browser.get(at(station, soap)).content.decode()
    browser.post(at(station, soap), agreed(browser, station, soap))

    account.refresh_from_db()
    assert "45 points" in page and "55 points" in page
    assert account.balance == 55


def test_each_button_says_why_not(browser, soap, station, account):
    make_reward(name_en="Helmet", points=101, station=station)
    make_reward(name_en="Towel", station=station, left=0)

    page = browser.get(at(station)).content.decode()

    assert "You need 1 more." in page
    assert "all of this is taken" in page
    assert page.count("/reserve/") == 1


def test_a_limit_that_is_reached_is_explained(browser, soap, station, account):
    soap.limit, soap.limit_days = 1, 14
    soap.save()
    reserve(account, soap, station)
    make_redemption_exception(station=station, date=FRIDAY, is_open=False)

    page = browser.get(at(station)).content.decode()

    assert "1 in 14 days is the most for one person" in page


def test_a_second_one_for_the_day_leads_to_the_first(browser, soap, station, account):
    reserve(account, soap, station)

    page = browser.get(at(station)).content.decode()

    assert "You have already reserved something for Friday, 27 November." in page
    assert "/reserve/" not in page


def test_a_refusal_at_the_last_moment_changes_nothing(browser, soap, station, account):
    form = agreed(browser, station, soap)
    soap.stock.update(left=0)

    answer = browser.post(at(station, soap), form)

    assert answer.status_code == 422
    assert "all of this is taken" in answer.content.decode()
    assert not Redemption.objects.exists()


@pytest.mark.parametrize("form", [{}, {"key": "x", "day": "2026-11-27"}, {"day": "2026-11-27"}])
def test_a_form_that_is_not_ours_is_refused(browser, soap, station, form):
    assert browser.post(at(station, soap), form).status_code == 422
    assert not Redemption.objects.exists()


def test_who_has_no_points_is_told_where_they_come_from(soap, station, stranger):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(stranger)

    pages = [client.get(address).content.decode() for address in (at(station), at(station, soap))]

    assert all("You have no points yet." in page for page in pages)
    assert client.post(at(station, soap), {}).status_code == 422


def test_a_station_without_a_redemption_day_says_so(browser, station, clock):
    reward = make_reward(station=station)

    for address in (at(station), at(station, reward)):
        assert "no redemption day soon" in browser.get(address).content.decode()


def test_points_in_quarantine_are_not_offered_for_spending(browser, soap, station, account):
    make_points(account, 500, kind="earn_shift", free_on=FRIDAY)

    page = browser.get(at(station)).content.decode()

    assert "You can spend 100 points." in page


def test_a_reservation_is_nobody_elses(browser, soap, station, account, stranger, client):
    redemption = reserve(account, soap, station)
    client.force_login(stranger)

    for address in (
        f"/rewards/reservations/{redemption.pk}/",
        f"/rewards/reservations/{redemption.pk}/cancel/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)
    assert Redemption.objects.get().status == "waiting"


def test_cancelling_from_the_page(browser, soap, station, account):
    redemption = reserve(account, soap, station)

    answer = browser.post(f"/rewards/reservations/{redemption.pk}/cancel/", follow=True)

    assert "Cancelled. Your points are back." in answer.content.decode()
    assert redemption.pickup_code not in answer.content.decode()


@pytest.mark.parametrize("rewards", [1, 5])
def test_a_station_page_costs_the_same_for_one_reward_and_for_five(
    browser, soap, station, account, rewards, django_assert_num_queries
):
    for _more in range(rewards - 1):
        make_reward(station=station, limit=3, limit_days=30)
    browser.get(at(station))

    with django_assert_num_queries(14):
        browser.get(at(station))


def test_station_page_days_and_my_page_lead_there(browser, soap, station, account):
    assert at(station) in browser.get(station.get_absolute_url()).content.decode()
    assert browser.get("/days/").content.decode().count(at(station)) == 1
    assert 'href="/rewards/"' in browser.get("/me/").content.decode()
