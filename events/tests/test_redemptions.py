from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from events import redemptions, stocks
from events.models import Redemption, Stock
from events.tests import factories
from events.tests.factories import (
    make_points,
    make_redemption,
    make_redemption_day,
    make_redemption_exception,
    make_reward,
    make_worker_pass,
)
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk, make_station

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=hours.SHANGHAI)
WAITING, COLLECTED, REVERSED = Redemption.Status.values


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def account(worker):
    """100 points."""
    return worker.account


@pytest.fixture
def soap(clock, redemption_day, station):
    """30 points; five are left at the station, which redeems on Fridays."""
    return make_reward(name_zh="香皂", station=station)


def redeem(account, reward, kiosk, key="order-1"):
    return factories.redeem(account, reward, kiosk=kiosk, key=key)


def refusal(account, reward, kiosk, key="order-2"):
    with pytest.raises(Refusal) as refused:
        redeem(account, reward, kiosk, key)
    return refused.value.code


def in_the_tables(account, reward):
    """Balance, what is left, the states of the redemptions, the lines of the ledger."""
    account.refresh_from_db()
    lines = list(account.entries.order_by("pk").values_list("kind", "points"))
    assert account.balance == sum(points for _kind, points in lines)
    return (
        account.balance,
        Stock.objects.get(reward=reward).left,
        [r.status for r in account.redemptions.order_by("pk")],
        lines[1:],  # the first one is the grant
    )


UNTOUCHED = 100, 5, [], []


def test_points_and_stock_fall_together_under_a_pick_up_code(account, soap, kiosk):
    redemption = redeem(account, soap, kiosk)

    assert in_the_tables(account, soap) == (70, 4, [WAITING], [("redeem", -30)])
    assert (redemption.station, redemption.kiosk, redemption.points) == (kiosk.station, kiosk, 30)
    assert (redemption.date, len(redemption.pickup_code)) == (FRIDAY_NOON.date(), 6)


def test_the_same_order_asked_twice_gets_the_same_answer(account, soap, kiosk):
    first = redeem(account, soap, kiosk)

    again = redeem(account, soap, kiosk)

    assert (again, again.pickup_code) == (first, first.pickup_code)
    assert in_the_tables(account, soap) == (70, 4, [WAITING], [("redeem", -30)])


def test_the_same_order_gets_its_answer_on_any_later_day(account, soap, kiosk, clock):
    first = redeem(account, soap, kiosk)

    clock.shift(timedelta(days=1))
    assert redeem(account, soap, kiosk) == first


def test_an_order_that_changes_its_mind_is_refused(account, soap, kiosk, station):
    redeem(account, soap, kiosk, "order-1")
    towel = make_reward(station=station, points=10)
    stranger = make_worker_pass(station=station).account
    other_kiosk = make_kiosk(station=station)

    assert refusal(account, towel, kiosk, "order-1") == "key_reused"
    assert refusal(stranger, soap, kiosk, "order-1") == "key_reused"
    assert refusal(account, soap, other_kiosk, "order-1") == "key_reused"
    assert in_the_tables(account, soap) == (70, 4, [WAITING], [("redeem", -30)])


def test_one_reward_a_day(account, soap, kiosk):
    redeem(account, soap, kiosk, "order-1")

    assert refusal(account, soap, kiosk, "order-2") == "limit_reached"
    assert in_the_tables(account, soap) == (70, 4, [WAITING], [("redeem", -30)])


def test_one_reward_a_day_at_all_stations_together(account, soap, kiosk):
    redeem(account, soap, kiosk)
    elsewhere = make_kiosk(station=make_station())
    make_redemption_day(station=elsewhere.station)

    assert refusal(account, make_reward(station=elsewhere.station), elsewhere) == "limit_reached"


def test_the_next_redemption_day_is_another_day(account, soap, kiosk, clock):
    redeem(account, soap, kiosk, "order-1")

    clock.shift(timedelta(days=7))
    redeem(account, soap, kiosk, "order-2")

    assert in_the_tables(account, soap) == (40, 3, [WAITING] * 2, [("redeem", -30)] * 2)


def test_the_day_counts_in_shanghai(account, soap, kiosk):
    with time_machine.travel(datetime(2026, 11, 20, 0, 5, tzinfo=hours.SHANGHAI), tick=False):
        assert redeem(account, soap, kiosk).date == FRIDAY_NOON.date()  # still Thursday in Greenwich


def test_what_is_out_of_stock_is_refused(account, soap, kiosk):
    stocks.deliver(Stock.objects.get(), -5, by=None, reason="送往湖滨暖驿")

    assert refusal(account, soap, kiosk) == "out_of_stock"
    assert in_the_tables(account, soap) == (100, 0, [], [])


def test_what_the_station_never_had_is_refused(account, soap, kiosk, other_station):
    assert refusal(account, make_reward(station=other_station), kiosk) == "not_offered"


def test_what_costs_more_than_the_balance_is_refused(account, soap, kiosk, station):
    helmet = make_reward(station=station, points=101)

    assert refusal(account, helmet, kiosk) == "not_enough_points"
    assert in_the_tables(account, helmet) == UNTOUCHED


def test_a_reward_for_the_whole_balance_can_be_had(account, soap, kiosk, station):
    meal = make_reward(station=station, points=100)

    redeem(account, meal, kiosk)

    assert in_the_tables(account, meal) == (0, 4, [WAITING], [("redeem", -100)])


def test_points_earned_in_between_can_be_spent(account, soap, kiosk, station):
    make_points(account, 50)

    redeem(account, make_reward(station=station, points=150), kiosk)

    account.refresh_from_db()
    assert account.balance == 0


def test_on_any_other_day_the_next_redemption_day_is_named(account, soap, kiosk, clock):
    clock.shift(timedelta(days=1))

    with translation.override("en"), pytest.raises(Refusal) as refused:
        redeem(account, soap, kiosk)

    assert refused.value.code == "not_a_redemption_day"
    assert str(refused.value) == "Today is not redemption day. Next one: Friday, 27 November."
    assert in_the_tables(account, soap) == UNTOUCHED


def test_a_closed_friday_names_the_friday_after(account, soap, kiosk, station):
    make_redemption_exception(station=station, is_open=False)
    make_redemption_exception(station=station, is_open=False, date=FRIDAY_NOON.date() + timedelta(days=7))

    with translation.override("en"), pytest.raises(Refusal) as refused:
        redeem(account, soap, kiosk)

    assert str(refused.value) == "Today is not redemption day. Next one: Friday, 4 December."


def test_the_disabled_button_says_what_the_order_would_be_told(account, soap, kiosk, station):
    helmet = make_reward(station=station, points=101)

    assert redemptions.why_not(account, soap.pk, station=station) is None
    assert redemptions.why_not(account, helmet.pk, station=station).code == "not_enough_points"


def test_the_database_itself_refuses_a_second_reward_on_one_day(account, soap, kiosk):
    values = {"account": account, "station": kiosk.station, "kiosk": kiosk, "reward": soap, "points": 30}
    redeem(account, soap, kiosk)

    with (
        pytest.raises(IntegrityError, match="one_redemption_per_person_and_day|account_id"),
        transaction.atomic(),
    ):
        Redemption.objects.create(**values, date=timezone.localdate(), pickup_code="x", key="order-2")


# What happens afterwards


def test_a_reward_is_handed_over_once(account, soap, kiosk, manager):
    redemption = redeem(account, soap, kiosk)

    answers = [redemptions.hand_over(redemption, by=manager) for _n in range(2)]

    redemption.refresh_from_db()
    assert answers == [True, False]
    assert (redemption.status, redemption.settled_by, redemption.settled_at) == (
        COLLECTED,
        manager,
        FRIDAY_NOON,
    )
    assert in_the_tables(account, soap) == (70, 4, [COLLECTED], [("redeem", -30)])


def test_a_reversal_gives_points_and_goods_back_once(account, soap, kiosk, manager):
    redemption = redeem(account, soap, kiosk)

    answers = [redemptions.reverse(redemption, by=manager) for _n in range(2)]

    assert answers == [True, False]
    assert in_the_tables(account, soap) == (100, 5, [REVERSED], [("redeem", -30), ("reverse", 30)])


def test_what_was_handed_over_is_not_reversed_and_the_reverse(account, soap, kiosk, manager, clock):
    collected = redeem(account, soap, kiosk, "order-1")
    redemptions.hand_over(collected, by=manager)
    clock.shift(timedelta(days=7))
    taken_back = redeem(account, soap, kiosk, "order-2")
    redemptions.reverse(taken_back)

    assert redemptions.reverse(collected) is False
    assert redemptions.hand_over(taken_back, by=manager) is False
    assert in_the_tables(account, soap)[2] == [COLLECTED, REVERSED]


def test_after_a_reversal_another_reward_may_be_had_the_same_day(account, soap, kiosk):
    redemptions.reverse(redeem(account, soap, kiosk, "order-1"))

    redeem(account, soap, kiosk, "order-2")

    assert in_the_tables(account, soap)[:3] == (70, 4, [REVERSED, WAITING])


def test_what_nobody_collected_is_reversed_when_the_day_is_over(account, soap, kiosk, clock):
    redeem(account, soap, kiosk)
    assert redemptions.reverse_uncollected(timezone.localdate()) == 0

    clock.shift(timedelta(days=1))
    counts = [redemptions.reverse_uncollected(timezone.localdate()) for _n in range(2)]

    assert counts == [1, 0]
    assert in_the_tables(account, soap) == (100, 5, [REVERSED], [("redeem", -30), ("reverse", 30)])


def test_what_was_collected_stays_collected_when_the_day_is_over(account, soap, kiosk, manager, clock):
    redemptions.hand_over(redeem(account, soap, kiosk), by=manager)

    clock.shift(timedelta(days=1))

    assert redemptions.reverse_uncollected(timezone.localdate()) == 0
    assert in_the_tables(account, soap) == (70, 4, [COLLECTED], [("redeem", -30)])


def test_everybody_who_did_not_come_gets_points_back(soap, kiosk, clock):
    accounts = [make_redemption(kiosk=kiosk, reward=soap).account for _n in range(3)]

    clock.shift(timedelta(days=1))

    assert redemptions.reverse_uncollected(timezone.localdate()) == 3
    assert [in_the_tables(account, soap)[0] for account in accounts] == [100] * 3
    assert Stock.objects.get().left == 5
