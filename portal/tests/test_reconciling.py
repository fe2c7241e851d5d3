"""The books counted again: each way in which they could drift apart, made behind the triggers' back."""

import logging
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from events import grants, reconciling, redemptions, tasks
from events.models import PointsAccount, PointsDecision, PointsEntry, Stock, StockMovement
from events.tests.factories import (
    make_redemption,
    make_redemption_exception,
    make_reward,
    make_worker_pass,
)
from portal.tests.emptying import without_triggers
from stations.tests.factories import make_user
from stations.tests.races import at_once, many_sessions  # noqa: F401 (a fixture)


@pytest.fixture
def books(worker, kiosk, station, redemption_day, manager):
    """Numbers of the rows of a day: a redemption, one that was reversed, a decision, and what they moved."""
    reward = make_reward(station=station, points=30)
    standing = make_redemption(kiosk=kiosk, reward=reward, worker_pass=worker)
    other = make_worker_pass(station=station)
    undone = make_redemption(kiosk=kiosk, reward=reward, worker_pass=other)
    redemptions.reverse(undone)
    said = {"account": other.account, "station": station, "points": 60, "reason": "大病"}
    decision = grants.propose(PointsDecision(**said, kind="grant", decision="1号"), by=manager)
    grants.approve(decision, by=make_user())
    return {
        "account": worker.account.pk,
        "other_account": other.account.pk,
        "redemption": standing.pk,
        "undone": undone.pk,
        "decision": decision.pk,
        "stock": Stock.objects.get().pk,
        "entry": PointsEntry.objects.get(key=f"redeem:{standing.pk}").pk,
        "movement": StockMovement.objects.get(redemption=standing).pk,
        "elsewhere": Stock.objects.create(reward=make_reward(), station=station).pk,
    }


def behind_the_back(*statements):
    with transaction.atomic(), connection.cursor() as cursor, without_triggers(cursor):
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def reconcile():
    """The lines it says, and whether it ended well."""
    out = StringIO()
    try:
        call_command("reconcile", verbosity=0, stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), error.returncode
    return out.getvalue().splitlines(), 0


def test_books_that_agree_are_said_to_agree(books):
    assert reconcile() == (["Points, goods and redemptions agree."], 0)


DRIFTS = {
    "a balance": (
        ["UPDATE events_pointsaccount SET balance = balance + 5 WHERE id = {account}"],
        ["points account {account}: the books say 75, counted 70"],
    ),
    "a stock": (
        ['UPDATE events_stock SET "left" = "left" - 1 WHERE id = {stock}'],
        ["stock {stock}: the books say 3, counted 4"],
    ),
    "a redemption without its entry": (
        ["DELETE FROM events_pointsentry WHERE id = {entry}"],
        [
            "points account {account}: the books say 70, counted 100",
            "redemption, its points {redemption}: the books say -30, counted 0",
        ],
    ),
    "an entry without its redemption": (
        [
            "DELETE FROM events_stockmovement WHERE redemption_id = {redemption}",
            "DELETE FROM events_redemption WHERE id = {redemption}",
        ],
        [
            "stock {stock}: the books say 4, counted 5",
            "points entry without what it names {entry}: the books say 0, counted -30",
        ],
    ),
    "a reversal that gave nothing back": (
        ["UPDATE events_redemption SET status = 'reversed' WHERE id = {redemption}"],
        [
            "redemption, its points {redemption}: the books say 0, counted -30",
            "redemption, its goods {redemption}: the books say 0, counted -1",
        ],
    ),
    "points given back for what stands": (
        ["UPDATE events_redemption SET status = 'collected' WHERE id = {undone}"],
        [
            "redemption, its points {undone}: the books say -30, counted 0",
            "redemption, its goods {undone}: the books say -1, counted 0",
        ],
    ),
    "a redemption without its movement": (
        ["DELETE FROM events_stockmovement WHERE id = {movement}"],
        [
            "stock {stock}: the books say 4, counted 5",
            "redemption, its goods {redemption}: the books say -1, counted 0",
        ],
    ),
    "a movement of another shelf": (
        ["UPDATE events_stockmovement SET stock_id = {elsewhere} WHERE id = {movement}"],
        [
            "stock {stock}: the books say 4, counted 5",
            "stock {elsewhere}: the books say 0, counted -1",
            "redemption, its goods {redemption}: the books say -1, counted 0",
            "stock movement of another shelf {movement}: the books say 0, counted -1",
        ],
    ),
    "an entry of another account": (
        ["UPDATE events_pointsentry SET account_id = {other_account} WHERE id = {entry}"],
        [
            "points account {account}: the books say 70, counted 100",
            "points account {other_account}: the books say 160, counted 130",
            "redemption, its points {redemption}: the books say -30, counted 0",
            "points entry without what it names {entry}: the books say 0, counted -30",
        ],
    ),
    "a decision whose points were never written": (
        [
            "DELETE FROM events_pointsentry WHERE key = 'decision:{decision}'",
            "UPDATE events_pointsaccount SET balance = balance - 60 WHERE id = {other_account}",
        ],
        ["points decision {decision}: the books say 60, counted 0"],
    ),
    "points of a decision that was not taken": (
        ["UPDATE events_pointsdecision SET state = 'declined' WHERE id = {decision}"],
        ["points decision {decision}: the books say 0, counted 60"],
    ),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_each_drift_is_named_and_the_command_ends_with_1(books, name):
    statements, sentences = DRIFTS[name]

    behind_the_back(*(statement.format(**books) for statement in statements))

    assert reconcile() == ([sentence.format(**books) for sentence in sentences], 1)


def test_the_nightly_count_logs_an_error_for_each_drift(books, caplog):
    statements, sentences = DRIFTS["a redemption without its entry"]
    behind_the_back(*(statement.format(**books) for statement in statements))

    tasks.reconcile()

    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    caplog.clear()
    assert errors == [f"reconcile: {sentence.format(**books)}" for sentence in sentences]


def test_many_rows_are_counted_in_batches_and_progress_is_said(books, monkeypatch):
    monkeypatch.setattr(reconciling, "BATCH", 1)
    behind_the_back(*(statement.format(**books) for statement in DRIFTS["a balance"][0]))
    said = []

    found = list(reconciling.drifts(said.append))

    assert found == [DRIFTS["a balance"][1][0].format(**books)]
    last = PointsAccount.objects.order_by("pk").last().pk
    assert said[last - 1] == f"account: {last:,} of {last:,}"


# While people redeem


@pytest.fixture
def busy(station):
    """Jobs that redeem for ten days ahead and reverse every second one, as five workers."""
    reward = make_reward(station=station, points=10, left=100)
    days = [timezone.localdate() + timedelta(days=n) for n in range(10)]
    for day in days:
        make_redemption_exception(station=station, date=day, is_open=True)

    def life(account):
        for n, day in enumerate(days):
            said = {"station": station, "key": f"{account.pk}-{n}", "day": day}
            redemption, _is_new = redemptions.redeem(account, reward.pk, **said)
            if n % 2:
                redemptions.reverse(redemption)

    return [partial(life, make_worker_pass(station=station, points=100).account) for _n in range(5)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_sessions")
def test_no_false_drift_is_named_while_people_redeem_and_reverse(busy):
    def rounds():
        return [drift for _n in range(25) for drift in reconciling.drifts()]

    *lives, first, second = at_once(*busy, rounds, rounds)

    assert (lives, first, second) == ([None] * 5, [], [])
    assert list(reconciling.drifts()) == []
    assert PointsEntry.objects.filter(kind="reverse").count() == 25


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_sessions")
def test_control_two_questions_one_after_the_other_see_a_drift_that_is_none(busy):
    balances = PointsAccount.objects.aggregate(n=Sum("balance"))["n"]
    busy[0]()
    entries = PointsEntry.objects.aggregate(n=Sum("points"))["n"]

    assert balances != entries
    assert list(reconciling.drifts()) == []
