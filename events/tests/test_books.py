"""What the database itself refuses, whoever writes: the books of points and goods."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from events import redemptions
from events.models import PointsDecision, PointsEntry, Redemption, RedemptionDay, Stock, StockMovement
from events.tests.factories import make_points, make_redemption, make_reward, make_worker_pass
from stations.tests.factories import make_kiosk, make_user

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def redemption(kiosk):
    return make_redemption(kiosk=kiosk)


def refused(what, write):
    """The database says no, for the reason named `what`."""
    with pytest.raises(REFUSED, match=what), transaction.atomic():
        write()


def rows(model, pk):
    return model.objects.filter(pk=pk)


# A redemption stays what was agreed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("points", 1),
        ("date", date(2030, 1, 1)),
        ("pickup_code", "000000"),
        ("key", "another"),
        ("kiosk", None),
        ("created_at", timezone.now),
    ],
)
def test_what_was_agreed_is_not_changed(redemption, name, value):
    new = {name: value() if callable(value) else value}

    refused("redemptions_are_kept", lambda: rows(Redemption, redemption.pk).update(**new))


def test_neither_who_nor_where_nor_what_is_changed(redemption):
    others = {
        "account": make_worker_pass().account,
        "station": make_kiosk().station,
        "reward": make_reward(station=redemption.station),
    }
    for name, other in others.items():
        refused(
            "redemptions_are_kept", lambda new={name: other}: rows(Redemption, redemption.pk).update(**new)
        )


def test_a_redemption_is_not_deleted(redemption):
    refused("redemptions_are_kept", lambda: Redemption.objects.all()._raw_delete("default"))


@pytest.mark.parametrize(("first", "second"), [("collected", "reversed"), ("reversed", "collected")])
def test_a_redemption_is_settled_once(redemption, first, second):
    row = rows(Redemption, redemption.pk)
    row.update(status=first, settled_at=timezone.now())

    for status in (second, "waiting"):
        refused("redemption_settled_before", lambda status=status: row.update(status=status))


def test_a_reversal_by_whoever_writes_it_gives_points_and_goods_back(redemption):
    rows(Redemption, redemption.pk).update(
        status="reversed", settled_at=timezone.now(), settled_reason="测试"
    )

    redemption.account.refresh_from_db()
    assert (redemption.account.balance, Stock.objects.get().left) == (100, 5)
    assert PointsEntry.objects.filter(key=f"reverse:redeem:{redemption.pk}", points=30).exists()


# Lines are never changed


@pytest.mark.parametrize("change", [{"pieces": 9}, {"reason": "别的"}, {"created_at": timezone.now}])
def test_a_movement_is_not_changed(redemption, change):
    change = {name: value() if callable(value) else value for name, value in change.items()}
    movement = StockMovement.objects.earliest("pk")

    refused("stock_is_append_only", lambda: rows(StockMovement, movement.pk).update(**change))


def test_a_movement_is_not_deleted(redemption):
    refused("stock_is_append_only", lambda: StockMovement.objects.all()._raw_delete("default"))


def test_a_stock_take_with_a_difference_and_no_reason_is_refused(redemption):
    row = {"stock": Stock.objects.get(), "kind": "count", "pieces": -1, "counted": 4, "reason": ""}

    refused("stock_difference_explained", lambda: StockMovement.objects.create(**row))


def test_more_than_there_is_does_not_leave_the_shelf(redemption):
    row = {"stock": Stock.objects.get(), "kind": "delivery", "pieces": -5, "reason": "送走"}

    refused("stock_not_negative", lambda: StockMovement.objects.create(**row))


# What is redeemed past all verbs


@pytest.fixture
def order(kiosk, worker):
    """Insert a redemption, without asking any verb."""
    reward = make_reward(station=kiosk.station)

    def insert(**kw):
        row = {
            "account": worker.account,
            "station": kiosk.station,
            "kiosk": kiosk,
            "reward": reward,
            "points": 30,
        }
        row |= {"date": timezone.localdate(), "pickup_code": "123456", "key": "order"}
        return Redemption.objects.create(**row | kw)

    return insert


def test_a_row_alone_writes_its_lines(order, worker):
    redemption = order()

    worker.account.refresh_from_db()
    assert (worker.account.balance, Stock.objects.get().left) == (70, 4)
    assert PointsEntry.objects.get(key=f"redeem:{redemption.pk}").points == -30
    assert StockMovement.objects.get(redemption=redemption).pieces == -1


def test_what_the_station_never_had_is_refused(order):
    refused("stock_unknown", lambda: order(reward=make_reward()))


def test_what_is_gone_is_refused(order, kiosk):
    gone = make_reward(station=kiosk.station, left=0)

    refused("stock_not_negative", lambda: order(reward=gone))


def test_what_costs_more_than_there_is_is_refused(order):
    refused("points_balance_not_negative", lambda: order(points=101))


def test_points_in_quarantine_are_not_spent(order, kiosk):
    account = make_worker_pass(points=20).account
    make_points(account, 50, free_on=date(2999, 1, 1))

    refused("points_in_quarantine", lambda: order(account=account))


def test_nothing_is_left_behind_by_a_refusal(order, worker):
    refused("points_balance_not_negative", lambda: order(points=101))

    worker.account.refresh_from_db()
    assert (worker.account.balance, Stock.objects.get().left, Redemption.objects.count()) == (100, 5, 0)


# Two persons, and days


def test_nobody_decides_about_their_own_proposal(worker, manager):
    row = {
        "account": worker.account,
        "station": worker.station,
        "kind": "grant",
        "points": 5,
        "decision": "1号",
    }
    proposal = PointsDecision.objects.create(**row, reason="困难", proposed_by=manager)
    mine = rows(PointsDecision, proposal.pk)

    refused("points_decided_by_two_persons", lambda: mine.update(state="approved", decided_by=manager))
    assert mine.update(state="approved", decided_by=make_user()) == 1


@pytest.mark.parametrize(
    "row",
    [
        {"weekday": 4, "day_of_month": 15},
        {"weekday": None},
        {"weekday": 7},
        {"weekday": None, "day_of_month": 32},
    ],
)
def test_a_redemption_day_is_one_of_week_or_month(station, row):
    refused(
        "redemption_day_is_of_week_or_month", lambda: RedemptionDay.objects.create(station=station, **row)
    )


def test_the_verbs_leave_the_same_rows_as_the_bare_insert(order, redemption, manager):
    redemptions.reverse(redemption, by=manager, reason="测试")

    kinds = StockMovement.objects.filter(redemption=redemption).order_by("pk").values_list("kind", "pieces")
    assert list(kinds) == [("redeem", -1), ("reverse", 1)]
