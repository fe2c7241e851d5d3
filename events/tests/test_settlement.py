"""The settlement of a counter and a day: points = goods = shelf, to zero."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import redemptions, settlement, stocks
from events.models import Redemption, Stock, StockMovement
from events.settlement import Amount
from events.tests.factories import make_redemption_day, make_reward, make_worker_pass, redeem
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk, make_user

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=hours.SHANGHAI)
REDEEM, RESERVE, HAND_OVER, REVERSE, DELIVER, COUNT, NIGHT = range(7)
small = st.integers(0, 1)
steps = st.lists(st.tuples(st.sampled_from(range(7)), small, small, st.integers(0, 6)), max_size=24)


class AnyDaysAtTheCounter(TestCase):
    @given(steps)
    @settings(max_examples=25, deadline=None, database=None)
    def test_every_day_is_settled_to_zero_and_ends_as_the_next_one_begins(self, steps):
        with time_machine.travel(FRIDAY, tick=False) as clock:
            self.open_the_counter()
            for number, (step, who, what, n) in enumerate(steps):
                clock.shift(timedelta(seconds=1))
                self.take(clock, step, self.accounts[who], self.rewards[what], n, f"order-{number}")
            days = (timezone.localdate() - FRIDAY.date()).days + 1

        settled = [settlement.read(self.station, FRIDAY.date() + timedelta(days=n)) for n in range(days + 1)]
        for day, next_day in zip(settled, settled[1:], strict=False):
            assert day.is_zero
            for line, following in zip(day.lines, next_day.lines, strict=True):
                assert (line.after, line.waiting_after) == (following.before, following.waiting_before)
                assert line.after == line.before + line.delivered - line.collected.pieces + line.difference
        for line in settled[-1].lines:  # nothing happens after the last day
            assert line.after == stocks.on_the_shelf(line.stock)

    def open_the_counter(self):
        cache.clear()  # tries to pair outlive the rollback of an example
        self.kiosk = make_kiosk()
        self.station = self.kiosk.station
        for weekday in range(7):
            make_redemption_day(station=self.station, weekday=weekday)
        self.rewards = [make_reward(station=self.station, points=p, left=2) for p in (30, 50)]
        self.accounts = [make_worker_pass(points=400).account for _n in range(2)]

    def take(self, clock, step, account, reward, n, key):
        stock = Stock.objects.get(reward=reward)
        try:
            if step == REDEEM:
                redeem(account, reward, kiosk=self.kiosk, key=key)
            elif step == RESERVE:
                day = timezone.localdate() + timedelta(days=n)
                redemptions.redeem(account, reward.pk, station=self.station, key=key, day=day)
            elif step == DELIVER:
                stocks.deliver(stock, n - 2, by=None, reason="送货")
            elif step == COUNT:
                stocks.count(stock, n, by=None, reason="盘点")
            elif step == NIGHT:
                clock.shift(timedelta(days=1))
                redemptions.reverse_uncollected(timezone.localdate())
            elif waiting := Redemption.objects.filter(status="waiting").order_by("pk").first():
                verb = redemptions.hand_over if step == HAND_OVER else redemptions.reverse
                verb(waiting, by=None)
        except Refusal:
            return


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def soap(clock, redemption_day, station):
    """30 points; five are delivered at nine on a Friday."""
    return make_reward(name_zh="香皂", name_en="Soap", station=station)


def a_friday(clock, soap, kiosk, manager):
    """Four redeem; two collect, one changes their mind, one has not come yet; a piece is missing."""
    redeemed = []
    for _worker in range(4):
        clock.shift(timedelta(minutes=1))
        account = make_worker_pass(station=kiosk.station).account
        redeemed.append(redeem(account, soap, kiosk=kiosk, key=f"order-{account.pk}"))
    clock.shift(timedelta(hours=1))
    redemptions.hand_over(redeemed[0], by=manager)
    redemptions.hand_over(redeemed[1], by=manager)
    redemptions.reverse(redeemed[2], by=manager, reason="改变主意")
    clock.shift(timedelta(hours=1))
    stocks.count(Stock.objects.get(), 2, by=manager, reason="包装破了")
    return redeemed


def page_of(client, person, station, day="2026-11-20"):
    client.force_login(person)
    return client.get(reverse("admin:settlement"), {"station": station.code, "day": day})


def test_a_day_on_one_page_shelf_redemptions_and_ledger(clock, soap, kiosk, station, manager):
    a_friday(clock, soap, kiosk, manager)

    [line] = settlement.read(station, FRIDAY.date()).lines

    assert (line.before, line.delivered, line.collected.pieces, line.difference, line.after) == (
        0,
        5,
        2,
        -1,
        2,
    )
    assert (line.redeemed, line.collected) == (Amount(4, 120), Amount(2, 60))
    assert (line.reversed, line.waiting_after) == (Amount(1, 30), Amount(1, 30))
    assert (line.ledger, line.points_open, line.pieces_open, line.unexplained) == (90, 0, 0, 0)


def test_a_day_that_is_over_reads_as_it_ended(clock, soap, kiosk, station, manager):
    a_friday(clock, soap, kiosk, manager)
    friday = settlement.read(station, FRIDAY.date())

    clock.shift(timedelta(days=1))
    redemptions.reverse_uncollected(timezone.localdate())
    stocks.deliver(Stock.objects.get(), 10, by=manager)

    [saturday] = settlement.read(station, timezone.localdate()).lines
    assert settlement.read(station, FRIDAY.date()) == friday
    assert (saturday.before, saturday.waiting_before, saturday.reversed) == (2, Amount(1, 30), Amount(1, 30))
    assert (saturday.ledger, saturday.after) == (-30, 12)


def test_a_price_of_another_day_is_counted_as_it_was_agreed(clock, soap, station):
    soap.prices.create(points=45, starts_on=FRIDAY.date() + timedelta(days=7))
    account = make_worker_pass(station=station).account
    day = FRIDAY.date() + timedelta(days=7)

    redemptions.redeem(account, soap.pk, station=station, key="order", day=day)

    today = settlement.read(station, FRIDAY.date())
    assert (today.lines[0].waiting_after, today.is_zero) == (Amount(1, 45), True)


# What was written past the database's guards


def break_in(write):
    """Write as somebody could who mends by hand: without triggers and checks of rows."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL session_replication_role = replica")
        write(cursor)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.postgres
def test_control_a_redemption_without_its_books_is_not_zero(clock, soap, kiosk, station, worker):
    row = {"account": worker.account, "station": station, "reward": soap, "points": 30, "date": FRIDAY.date()}

    break_in(lambda _cursor: Redemption.objects.create(**row, pickup_code="123456", key="order"))

    settled = settlement.read(station, FRIDAY.date())
    assert (settled.points_open, settled.pieces_open, settled.is_zero) == (30, 1, False)


@pytest.mark.postgres
def test_control_a_line_of_the_ledger_without_a_redemption_is_not_zero(clock, soap, kiosk, station, worker):
    redemption = redeem(worker.account, soap, kiosk=kiosk, key="order")

    break_in(lambda cursor: cursor.execute("DELETE FROM events_stockmovement WHERE kind = 'redeem'"))
    break_in(lambda cursor: cursor.execute("UPDATE events_pointsentry SET key = 'x' WHERE kind = 'redeem'"))

    settled = settlement.read(station, redemption.date)
    assert (settled.strays, settled.points_open, settled.pieces_open) == (30, 60, 1)


@pytest.mark.postgres
def test_control_what_is_open_of_two_rewards_does_not_make_up_for_each_other(clock, soap, kiosk, station):
    towel = make_reward(station=station, points=30)
    redemption = redeem(make_worker_pass().account, soap, kiosk=kiosk, key="order")

    break_in(
        lambda cursor: cursor.execute(
            "UPDATE events_redemption SET reward_id = %s WHERE id = %s", [towel.pk, redemption.pk]
        )
    )

    assert settlement.read(station, redemption.date).pieces_open == 2


@pytest.mark.postgres
def test_control_a_count_that_the_books_do_not_know_is_not_explained(clock, soap, station):
    stock = Stock.objects.get()
    clock.shift(timedelta(hours=1))

    break_in(
        lambda _cursor: StockMovement.objects.create(
            stock=stock, kind="count", pieces=0, counted=3, reason="x"
        )
    )

    assert settlement.read(station, FRIDAY.date()).unexplained == 2


# The page


def test_the_page_says_that_all_three_lines_agree(client, clock, soap, kiosk, station, manager):
    a_friday(clock, soap, kiosk, manager)

    answer = page_of(client, manager, station)

    page = answer.content.decode()
    assert [check["open"] for check in answer.context["checks"]] == [0, 0, 0]
    assert "包装破了" in page and "王站长" in page
    assert 'class="settlement-open"' not in page


@pytest.mark.postgres
def test_the_page_names_what_does_not_agree_and_what_to_do(client, clock, soap, station, manager, worker):
    row = {"account": worker.account, "station": station, "reward": soap, "points": 30, "date": FRIDAY.date()}
    break_in(lambda _cursor: Redemption.objects.create(**row, pickup_code="123456", key="order"))

    answer = page_of(client, manager, station)

    assert [check["open"] for check in answer.context["checks"]] == [30, 1, 0]
    assert answer.content.decode().count("settlement-open") == 2


def test_a_station_out_of_reach_does_not_exist(client, clock, soap, station, other_manager, auditor):
    assert page_of(client, other_manager, station).status_code == 404
    assert page_of(client, auditor, station).status_code == 200


@pytest.mark.parametrize("day", ["", "morgen", "2026-02-30", "2999-01-01", "0001-01-01"])
def test_a_day_that_makes_no_sense_is_today(client, clock, soap, station, manager, day):
    assert page_of(client, manager, station, day).context["day"] == FRIDAY.date()


def test_who_runs_one_station_is_there_at_once_and_others_choose(
    client, clock, soap, station, manager, admin
):
    towel_station = make_reward(station=make_kiosk().station).stock.get().station
    client.force_login(manager)
    at_once = client.get(reverse("admin:settlement"), follow=True)
    client.force_login(admin)

    choosing = client.get(reverse("admin:settlement"))
    found = client.get(reverse("admin:settlement"), {"name": station.name})

    assert at_once.context["station"] == station
    assert {row.pk for row in choosing.context["page"]} == {station.pk, towel_station.pk}
    assert list(found.context["page"]) == [station]


@pytest.mark.parametrize("rewards", [1, 4])
def test_one_reward_or_four_cost_the_same_questions(
    clock, soap, kiosk, station, manager, rewards, django_assert_num_queries
):
    a_friday(clock, soap, kiosk, manager)
    for number in range(rewards - 1):
        reward = make_reward(station=station)
        person = make_worker_pass(person=make_user()).account
        redeem(person, reward, kiosk=kiosk, key=f"more-{number}")
        stocks.count(reward.stock.get(), 5, by=manager, reason="")

    with django_assert_num_queries(5):
        settlement.read(station, FRIDAY.date())


@pytest.mark.parametrize("name", ["stock", "redemption"])
def test_the_lists_and_the_menu_lead_there(client, station, manager, name):
    client.force_login(manager)

    page = client.get(reverse(f"admin:events_{name}_changelist")).content.decode()

    assert page.count(f'href="{reverse("admin:settlement")}"') == 2
