"""A worker that dies between commit and answer, and an order that comes a thousand times at once."""

import os
import signal
from collections import Counter
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from events import redemptions
from events.models import PointsEntry, Redemption, Stock
from events.tests.factories import at_hour, make_redemption_day, make_reward, make_worker_pass, redeem
from stations.tests.races import at_once, everybody, many_sessions  # noqa: F401 (a fixture)

TIMES = 20
MANY = 1000
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # no thread of ours is forked
]


@pytest.fixture
def soap(station, redemption_day):
    return make_reward(station=station, points=30, left=TIMES * 2)


@pytest.fixture
def twenty(station):
    return [make_worker_pass(station=station, number=f"3301{n:04d}").account for n in range(TIMES)]


@pytest.fixture
def next_day(station, redemption_day):
    """Redemption day as well: the limit of one a day does not stand in for the key then."""
    day = at_hour(12)
    make_redemption_day(station=station, weekday=day.weekday())
    return day


def answer(redemption):
    return redemption.pk, redemption.pickup_code


def ledger(account):
    account.refresh_from_db()
    spent = PointsEntry.objects.filter(account=account, kind=PointsEntry.Kind.REDEEM)
    return Redemption.objects.filter(account=account).count(), spent.count(), account.balance


# Killed between commit and answer


def asked_of_a_worker_that_dies(job):
    """Let a process of its own do the job and be killed before it answers; what was heard of it."""
    connection.close()
    connection.close_pool()  # its sessions must not cross a fork
    ear, mouth = os.pipe()
    worker = os.fork()
    if not worker:
        try:
            done = job()
            os.kill(os.getpid(), signal.SIGKILL)
            os.write(mouth, repr(done).encode())
        finally:
            os._exit(1)  # never back into pytest
    os.close(mouth)
    with open(ear, "rb") as heard:
        said = heard.read()
    _pid, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return said


def test_twenty_workers_killed_before_they_answer_redeem_once_each(twenty, soap, kiosk, next_day):
    orders = {
        account: partial(redeem, account, soap, kiosk=kiosk, key=f"order-{account.pk}") for account in twenty
    }

    heard = {asked_of_a_worker_that_dies(order) for order in orders.values()}
    committed = {ledger(account) for account in twenty}
    with time_machine.travel(next_day):
        answers = {account.pk: answer(order()) for account, order in orders.items()}

    assert (heard, committed) == ({b""}, {(1, 1, 70)})  # it is done, and nobody was told

    assert answers == {row.account_id: answer(row) for row in Redemption.objects.all()}
    assert {ledger(account) for account in twenty} == {(1, 1, 70)}
    assert Stock.objects.get().left == TIMES


def test_control_a_device_that_makes_a_fresh_key_redeems_twice(twenty, soap, kiosk, next_day):
    for account in twenty:
        asked_of_a_worker_that_dies(partial(redeem, account, soap, kiosk=kiosk, key=f"order-{account.pk}"))
    with time_machine.travel(next_day):
        for account in twenty:
            redeem(account, soap, kiosk=kiosk, key=f"order-{account.pk}-again")

    assert {ledger(account) for account in twenty} == {(2, 2, 40)}
    assert Stock.objects.get().left == 0


# One order, sent a thousand times


@pytest.mark.usefixtures("many_sessions")
def test_one_order_sent_a_thousand_times_at_once_is_one_redemption_and_one_answer(worker, soap, kiosk):
    order = partial(redeem, worker.account, soap, kiosk=kiosk, key="order-1")

    answers = at_once(*[order] * MANY)

    redemption = Redemption.objects.get()
    assert Counter(a if isinstance(a, Exception) else answer(a) for a in answers) == {
        answer(redemption): MANY
    }
    assert ledger(worker.account) == (1, 1, 70)
    assert Stock.objects.get().left == TIMES * 2 - 1


@pytest.mark.usefixtures("many_sessions")
def test_control_without_looking_for_the_key_most_are_told_something_else(worker, soap, kiosk):
    has_looked = everybody(100)
    account, station, today = worker.account, kiosk.station, timezone.localdate()
    wanted = dict(account_id=account.pk, reward_id=soap.pk, station_id=station.pk, kiosk_id=kiosk.pk)

    def order():
        earlier = Redemption.objects.filter(key="order-1").first()
        has_looked()
        return earlier or redemptions.redeem_once(account, station, today, "order-1", wanted)

    answers = at_once(*[order] * 100)

    assert Counter(isinstance(a, Redemption) for a in answers) == {True: 1, False: 99}
