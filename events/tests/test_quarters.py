"""The public table: counted once a quarter, under nicknames of those who agreed, one sum for all others."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from events import points, quarters, redemptions, tasks
from events.models import QuarterLine, WorkerPass
from events.tests.factories import make_points, make_redemption_day, make_reward, make_worker_pass, redeem
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_user
from stations.tests.races import at_once, many_sessions  # noqa: F401 (a fixture)

LAST_DAY = datetime(2026, 9, 30, 15, tzinfo=hours.SHANGHAI)
PUBLISHED = datetime(2026, 10, 1, 1, 20, tzinfo=hours.SHANGHAI)


@pytest.fixture
def clock():
    with time_machine.travel(LAST_DAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def english():
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def rider(clock, station):
    """Agreed to stand in the table; earned 100 in this quarter."""
    return agreed(make_worker_pass(station=station, nickname="小飞侠"))


def agreed(worker_pass):
    worker_pass.is_in_table = True
    worker_pass.save()
    return worker_pass


def lines():
    rows = QuarterLine.objects.order_by("pk")
    return [(r.station.name, r.nickname, r.people, r.earned, r.spent) for r in rows.select_related("station")]


def text_of(response):
    html = re.sub(r"(?s)<(head|dialog|noscript).*?</\1>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        ((2026, 10, 1), (2026, 3)),
        ((2027, 1, 1), (2026, 4)),
        ((2026, 4, 7), (2026, 1)),
        ((2026, 9, 30), (2026, 2)),
    ],
)
def test_the_last_quarter_is_the_one_that_is_over(today, quarter):
    assert quarters.last_finished(date(*today)) == quarter


def test_who_agreed_has_a_line_and_all_others_are_one(rider, clock, station, other_station):
    for worth in (40, 60):
        make_worker_pass(station=station, points=worth)
    make_worker_pass(station=other_station, points=70)
    make_worker_pass(station=other_station, points=0)
    clock.move_to(PUBLISHED)

    assert quarters.publish(2026, 3) == 3

    assert sorted(lines()) == [
        ("湖滨暖驿", "", 1, 70, 0),
        ("石门社区服务驿站", "", 2, 100, 0),
        ("石门社区服务驿站", "小飞侠", 1, 100, 0),
    ]


def test_the_busiest_stand_first_and_the_others_last(rider, clock, station):
    agreed(make_worker_pass(station=station, nickname="快腿", points=200))
    make_worker_pass(station=station, points=500)
    clock.move_to(PUBLISHED)

    quarters.publish(2026, 3)

    assert [line[1] for line in lines()] == ["快腿", "小飞侠", ""]


def test_what_was_reversed_counts_as_not_spent_even_when_it_was_in_the_night(rider, clock, station, kiosk):
    for weekday in range(7):
        make_redemption_day(station=station, weekday=weekday)
    reward = make_reward(station=station, points=30)
    clock.move_to(LAST_DAY - timedelta(days=1))
    redemptions.hand_over(redeem(rider.account, reward, kiosk=kiosk, key="order-1"), by=None)
    clock.move_to(LAST_DAY)
    redeem(rider.account, reward, kiosk=kiosk, key="order-2")

    clock.move_to(PUBLISHED)
    tasks.reverse_uncollected()
    tasks.publish_quarter()

    assert lines() == [("石门社区服务驿站", "小飞侠", 1, 100, 30)]


def test_a_complaint_makes_points_not_earned_and_never_less_than_nothing(rider, clock, admin):
    with transaction.atomic():
        points.take_back(rider.account, 30, key="complaint:1", reason="投诉属实")
    clock.move_to(PUBLISHED)
    quarters.publish(2026, 3)
    with transaction.atomic():
        points.take_back(rider.account, 30, key="complaint:2", reason="投诉属实")
    clock.move_to(datetime(2027, 1, 1, 2, tzinfo=hours.SHANGHAI))
    quarters.publish(2026, 4)

    assert [line[3] for line in lines()] == [70, 0]


def test_who_has_no_card_counts_where_the_points_were_earned(clock, station):
    account = points.account_of(make_user())
    make_points(account, 25, station=station)
    make_points(account, 5)  # nowhere in particular
    clock.move_to(PUBLISHED)

    quarters.publish(2026, 3)

    assert lines() == [("石门社区服务驿站", "", 1, 25, 0)]


def test_only_what_lies_in_the_quarter_counts(rider, clock):
    clock.move_to(datetime(2026, 10, 1, 0, 0, tzinfo=hours.SHANGHAI))
    make_points(rider.account, 7)
    clock.move_to(datetime(2027, 1, 1, 2, tzinfo=hours.SHANGHAI))

    quarters.publish(2026, 4)

    assert [line[3] for line in lines()] == [7]


def test_published_again_nothing_changes(rider, clock, station):
    clock.move_to(PUBLISHED)
    quarters.publish(2026, 3)
    before = list(QuarterLine.objects.values())

    agreed(make_worker_pass(station=station))
    WorkerPass.objects.update(nickname="改名")

    assert quarters.publish(2026, 3) == 0
    tasks.publish_quarter()
    assert list(QuarterLine.objects.values()) == before


def test_a_quarter_that_is_not_over_is_not_published(rider):
    with pytest.raises(Refusal) as refused:
        quarters.publish(2026, 3)

    assert refused.value.code == "not_over"
    assert lines() == []


def test_the_database_itself_refuses_a_line_of_others_with_a_name(station):
    said = {"station": station, "year": 2026, "quarter": 3, "people": 2, "earned": 1, "spent": 0}

    with pytest.raises(IntegrityError, match="of_one_card_or_of_others"), transaction.atomic():
        QuarterLine.objects.create(**said, nickname="张师傅")
    QuarterLine.objects.create(**said)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuarterLine.objects.create(**said)


def test_counting_asks_once_however_many_cards_there_are(rider, clock, station, django_assert_num_queries):
    for _n in range(5):
        agreed(make_worker_pass(station=station))
    clock.move_to(PUBLISHED)

    with django_assert_num_queries(4):  # two of them the savepoint
        assert quarters.publish(2026, 3) == 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_sessions")
def test_five_tasks_at_one_moment_publish_once(station):
    with time_machine.travel(timezone.now() - timedelta(days=100), tick=False):
        agreed(make_worker_pass(station=station, nickname="小飞侠"))
        make_worker_pass(station=station)
        month = timezone.localdate()
    quarter = (month.year, (month.month + 2) // 3)

    made = at_once(*[lambda: quarters.publish(*quarter)] * 5)

    assert sorted(made) == [0, 0, 0, 0, 2]
    assert [(line[1], line[2]) for line in lines()] == [("小飞侠", 1), ("", 1)]


# The page


@pytest.fixture
def table(rider, clock, station, other_station):
    """Two quarters: in the second quarter one station, in the third two."""
    number = rider.number
    clock.move_to(datetime(2026, 5, 5, 9, tzinfo=hours.SHANGHAI))
    make_points(rider.account, 11)
    clock.move_to(LAST_DAY)
    make_worker_pass(station=other_station, points=70)
    clock.move_to(PUBLISHED)
    for quarter in (2, 3):
        quarters.publish(2026, quarter)
    return number


def test_everybody_reads_the_newest_quarter_without_names_and_numbers(english, table, rider):
    page = english.get("/points/")

    text = text_of(page)
    assert "2026, quarter 3" in text.split("Show")[1]
    assert "小飞侠 100 0" in text and "Others: fewer than five people – –" in text
    assert table not in page.content.decode()


def test_a_quarter_and_a_station_can_be_chosen(english, table, station):
    second = text_of(english.get("/points/?quarter=2026-2")).split("Show")[1]
    assert "2026, quarter 2" in second and "小飞侠 11 0" in second and "Others" not in second

    for words in ("石门", "shimen", station.code):
        page = text_of(english.get(f"/points/?station={words}")).split("Show")[1]
        assert "小飞侠" in page and "湖滨暖驿" not in page
    assert "No station of that name" in text_of(english.get("/points/?station=无此站"))


@pytest.mark.parametrize("query", ["?quarter=x", "?quarter=2026-9", "?page=x", "?page=99", "?station=%00"])
def test_an_address_that_makes_no_sense_shows_the_newest(english, table, query):
    assert "2026, quarter 3" in text_of(english.get(f"/points/{query}")).split("Show")[1]


def test_who_does_not_agree_any_more_is_gone_at_once(english, table, rider):
    rider.is_in_table = False
    rider.save()

    assert "小飞侠" not in text_of(english.get("/points/"))


def test_before_the_first_quarter_the_page_says_when_it_comes(english, db):
    assert "No quarter is published yet." in text_of(english.get("/points/"))


@pytest.mark.parametrize("times", [1, 60])
def test_the_page_asks_equally_often_for_few_and_many(client, rider, clock, times, django_assert_num_queries):
    station = rider.station
    for _n in range(times):
        agreed(make_worker_pass(station=station))
    clock.move_to(PUBLISHED)
    quarters.publish(2026, 3)
    client.get("/points/")

    with django_assert_num_queries(4):
        page = client.get("/points/").content.decode()
    assert page.count('<th scope="row">') == min(times + 1, 50)
