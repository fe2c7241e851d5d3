"""What a person reads of their points: month by month, what waits, what is about to expire."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from events import points, redemptions, statements
from events.models import EarningRule, PointsEntry
from events.tests.factories import (
    PIN,
    make_points,
    make_redemption_day,
    make_reward,
    make_worker_pass,
    redeem,
)
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_user

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=hours.SHANGHAI)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rider(clock, station):
    """Somebody with a login and a card, and nothing on it."""
    return make_worker_pass(person=make_user(name="骑手"), station=station, number="33010002", points=0)


@pytest.fixture
def english():
    return Client(headers={"Accept-Language": "en"})


def photo(account, key, day=None):
    day = day or timezone.localdate()
    with transaction.atomic():
        return points.earn_by_rule(account, "earn_report", key=key, day=day, reason="井盖缺失")


def three_days_of_quarantine():
    EarningRule.objects.create(kind="earn_report", starts_on=NOVEMBER, points=10, quarantine_days=3)


def text_of(response):
    html = re.sub(r"(?s)<(head|dialog|noscript).*?</\1>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(client, rider, query=""):
    client.force_login(rider.account.person)
    return text_of(client.get(f"/me/points/{query}"))


def answer(client, rider, query=""):
    client.force_login(rider.account.person)
    return client.get(f"/api/v1/me/points/{query}")


@pytest.fixture
def two_months(clock, rider, kiosk, station):
    """October: 100 came. November: 50 came, 30 went and came back, 30 went, 20 were taken back."""
    account = rider.account
    for weekday in range(7):
        make_redemption_day(station=station, weekday=weekday)
    reward = make_reward(station=station, name_zh="香皂", points=30)
    clock.move_to(FRIDAY - timedelta(days=40))
    make_points(account, 100, reason="上月的积分")
    clock.move_to(FRIDAY - timedelta(days=1))
    make_points(account, 50, reason="本月的积分")
    redemptions.reverse(redeem(account, reward, kiosk=kiosk, key="order-1"))
    clock.move_to(FRIDAY)
    redeem(account, reward, kiosk=kiosk, key="order-2")
    with transaction.atomic():
        points.take_back(account, 20, key="hours:1", reason="工时更正")
    account.refresh_from_db()
    return account


# A month


def test_a_month_adds_up_from_its_beginning_to_its_end(two_months):
    october, november = (statements.of_month(two_months, day) for day in (date(2026, 10, 1), NOVEMBER))

    assert october == statements.Statement(0, 100, 0, 0, 0, 100)
    assert november == statements.Statement(100, 50, -20, -30, 0, 100)
    assert two_months.balance == 100


def test_what_came_later_does_not_change_a_month_that_is_over(two_months, clock):
    clock.move_to(FRIDAY + timedelta(days=30))
    make_points(two_months, 500)

    assert statements.of_month(two_months, NOVEMBER).closing == 100
    assert statements.of_month(two_months, DECEMBER) == statements.Statement(100, 500, 0, 0, 0, 600)


def test_a_month_begins_at_midnight_in_zhejiang(rider, clock):
    clock.move_to(datetime(2026, 10, 31, 23, 59, tzinfo=hours.SHANGHAI))
    make_points(rider.account, 1)
    clock.move_to(datetime(2026, 11, 1, 0, 0, tzinfo=hours.SHANGHAI))
    make_points(rider.account, 2)

    assert [entry.points for entry in statements.entries(rider.account, NOVEMBER)] == [2]
    assert statements.of_month(rider.account, NOVEMBER).opening == 1


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-1", "1026-11", "２０２６-11", "2026-11-01", "x"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(Refusal):
        statements.month_of(text)


# The page


def test_the_page_tells_the_month_in_words(english, rider, two_months):
    page = page_of(english, rider)

    assert "100 points to spend today" in page
    assert (
        "At the beginning of the month 100 Earned +50 Taken back -20 Spent, less what came back -30" in page
    )
    assert "Now 100" in page
    assert page.count("香皂") == 2
    assert "上月的积分" not in page
    assert "‹ October 2026" in page and "December 2026 ›" not in page


def test_the_month_before_leads_back_and_no_further_than_there_is_something(english, rider, two_months):
    page = page_of(english, rider, "?month=2026-10")

    assert "上月的积分" in page and "At the end of the month 100" in page
    assert "November 2026 ›" in page and "September" not in page


@pytest.mark.parametrize("month", ["2027-01", "nonsense", "9999-99", "%00"])
def test_an_address_of_no_month_shows_this_one(english, rider, two_months, month):
    assert "本月的积分" in page_of(english, rider, f"?month={month}")


def test_whoever_has_no_points_yet_reads_how_the_first_are_earned(english, stranger):
    english.force_login(stranger)

    page = text_of(english.get("/me/points/"))

    assert "You have no points yet." in page
    assert not hasattr(stranger, "points_account")  # looking makes nothing


def test_what_would_expire_is_said_with_its_day(english, rider, clock):
    clock.move_to(datetime(2023, 11, 9, 9, tzinfo=hours.SHANGHAI))
    make_points(rider.account, 40)
    clock.move_to(FRIDAY)

    assert "40 old points expire on 1 December 2026 if you do not use them before." in page_of(english, rider)


@pytest.mark.parametrize("times", [1, 8])
def test_page_and_api_ask_equally_often_for_few_and_many(
    client, rider, times, two_months, django_assert_num_queries
):
    for n in range(times):
        make_points(rider.account, 5, free_on=timezone.localdate() + timedelta(days=n + 1))
    client.force_login(rider.account.person)
    client.get("/me/points/")

    with django_assert_num_queries(9):
        client.get("/me/points/")
    with django_assert_num_queries(7):
        client.get("/api/v1/me/points/?month=2026-11")


# Quarantine


def test_points_in_quarantine_are_said_with_their_day_until_it_comes(english, rider, clock):
    three_days_of_quarantine()
    make_points(rider.account, 5)
    photo(rider.account, "hazard:1")
    clock.shift(timedelta(days=1))
    photo(rider.account, "hazard:2")

    page = page_of(english, rider)
    assert "5 points to spend today" in page and "You have 25 points in all." in page
    assert "10 points can be spent from 23 November 2026 on" in page
    assert "10 points can be spent from 24 November 2026 on" in page
    assert page.count("can be spent from 2026-11-2") == 2

    clock.move_to(datetime(2026, 11, 23, 0, 0, tzinfo=hours.SHANGHAI))
    page = page_of(english, rider)
    assert "15 points to spend today" in page and "from 23 November" not in page

    clock.shift(timedelta(days=1))
    page = page_of(english, rider)
    assert "25 points to spend today" in page and "in all" not in page


def test_what_a_complaint_took_in_quarantine_does_not_wait_any_more(rider, admin):
    three_days_of_quarantine()
    kept, taken = photo(rider.account, "hazard:1"), photo(rider.account, "hazard:2")
    points.forfeit(taken, by=admin, reason="投诉属实")
    rider.account.refresh_from_db()

    assert statements.held(rider.account) == [(kept.free_on, 10)]
    assert statements.outlook(rider.account).available == 0


# The API


def test_the_api_says_what_there_is_what_waits_and_what_expires(client, rider, clock):
    three_days_of_quarantine()
    make_points(rider.account, 5)
    photo(rider.account, "hazard:1")

    said = answer(client, rider).json()

    assert (said["balance"], said["available"], said["statement"]) == (15, 5, None)
    assert said["held"] == [{"points": 10, "free_on": "2026-11-23"}]
    assert said["expiring"] == {"points": 0, "on": "2026-12-01"}
    assert [(entry["kind"], entry["points"], entry["free_on"]) for entry in said["entries"]] == [
        ("earn_report", 10, "2026-11-23"),
        ("grant", 5, None),
    ]


def test_the_api_pages_through_all_entries_once_newest_first(client, rider, clock):
    for n in range(120):
        if n % 3:  # three at one moment
            clock.shift(timedelta(seconds=1))
        make_points(rider.account, n + 1)

    address, pages = "", []
    while address is not None:
        response = answer(client, rider, address)
        pages.append([entry["points"] for entry in response.json()["entries"]])
        link = re.search(r'<[^>]*(\?[^>]*)>; rel="next"', response.headers.get("Link", ""))
        address = link and link[1]

    assert [len(page) for page in pages] == [50, 50, 20]
    assert [worth for page in pages for worth in page] == list(range(120, 0, -1))


def test_the_api_gives_a_month_with_its_sums(client, rider, two_months):
    said = answer(client, rider, "?month=2026-10").json()

    assert [entry["reason"] for entry in said["entries"]] == ["上月的积分"]
    assert said["statement"] == {
        "opening": 0,
        "earned": 100,
        "taken_back": 0,
        "spent": 0,
        "expired": 0,
        "closing": 100,
    }
    assert said["balance"] == 100


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?before=0", "?before=x", "?before=%00", "?before=999999999"]
)
def test_the_api_says_under_which_name_something_makes_no_sense(client, rider, query):
    response = answer(client, rider, query)

    assert response.status_code == 400
    assert re.search(r"\w+", query)[0] in response.content.decode()


def test_nobody_reads_on_from_an_entry_of_somebody_else(client, rider, worker):
    theirs = PointsEntry.objects.get(account=worker.account)

    assert answer(client, rider, f"?before={theirs.pk}").status_code == 400


def test_the_api_answers_whoever_has_no_points_yet(client, stranger):
    client.force_login(stranger)

    said = client.get("/api/v1/me/points/?month=2026-11").json()

    assert (said["balance"], said["held"], said["entries"], said["statement"]["closing"]) == (0, [], [], 0)


def test_nothing_between_keeps_a_copy(client, rider):
    response = answer(client, rider)

    assert response.headers["Cache-Control"] == "no-store"
    assert "private" in client.get("/me/points/").headers["Cache-Control"]


# The kiosk


@pytest.fixture
def screen(rider, kiosk_client, station):
    kiosk_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    kiosk_client.post("/kiosk/", {"number": rider.number})
    kiosk_client.post("/kiosk/pin/", {"pin": PIN})
    return kiosk_client


def test_the_kiosk_shows_balance_quarantine_and_the_last_ten(screen, rider, clock):
    three_days_of_quarantine()
    for n in range(11):
        make_points(rider.account, 100 + n)
        clock.shift(timedelta(seconds=1))
    photo(rider.account, "hazard:1")

    assert "/kiosk/points/" in screen.get("/kiosk/rewards/").content.decode()
    page = text_of(screen.get("/kiosk/points/"))

    assert "You have 1165 points" in page
    assert "To spend today 1155 To spend from 23 November 10" in page
    assert page.count("11-20") == 10
    assert "+10 " in page and "+102" in page and "+101" not in page


def test_the_kiosk_ends_the_quarantine_on_its_day(screen, rider, clock):
    three_days_of_quarantine()
    photo(rider.account, "hazard:1")
    clock.shift(timedelta(days=3))
    screen.post("/kiosk/", {"number": rider.number})
    screen.post("/kiosk/pin/", {"pin": PIN})

    page = text_of(screen.get("/kiosk/points/"))

    assert "To spend today 10" in page and "To spend from" not in page


def test_who_stands_behind_reads_neither_why_nor_from_whom(screen, rider):
    make_points(rider.account, 60, reason="瓯工〔2026〕12号 · 大病")
    make_points(rider.account, 20, kind="earn_shift", reason="心理关爱 · 石门")

    page = text_of(screen.get("/kiosk/points/"))

    assert "Received +60" in page and "Earned +20" in page
    assert "大病" not in page and "心理" not in page and "ardship" not in page


def test_without_a_card_there_is_no_screen_of_points(kiosk_client, kiosk):
    assert kiosk_client.get("/kiosk/points/").url == "/kiosk/"


@pytest.mark.parametrize("times", [1, 12])
def test_the_screen_asks_equally_often_for_few_and_many(screen, rider, times, django_assert_num_queries):
    for n in range(times):
        make_points(rider.account, 5, free_on=timezone.localdate() + timedelta(days=n + 1))
    screen.get("/kiosk/points/")

    with django_assert_num_queries(9):
        screen.get("/kiosk/points/")
