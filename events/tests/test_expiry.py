"""What expires, when, and that it does so once whatever happens in between."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import expiry, redemptions, tasks
from events.models import PointsAccount, PointsEntry
from events.tests.factories import make_points, make_redemption_day, make_reward, make_worker_pass, redeem
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk
from stations.tests.races import at_once, everybody, many_sessions, without_guard  # noqa: F401 (a fixture)

EARNED = datetime(2023, 10, 20, 12, tzinfo=hours.SHANGHAI)
DAY = date(2026, 11, 1)  # the rest of the month and three years later
MIDNIGHT = datetime(2026, 11, 1, 0, 40, tzinfo=hours.SHANGHAI)
EARN, REDEEM, REVERSE = "earn", "redeem", "reverse"
ADJUST, TAKE_BACK, EXPIRE = "adjust", "take back", "expire"


def entry(account, worth, kind, counterpart):
    number = PointsEntry.objects.count()
    said = {"kind": kind, "counterpart": counterpart, "key": f"test:{number}", "reason": "测试"}
    with transaction.atomic():
        PointsEntry.objects.create(account=account, points=worth, **said)


def balance(account):
    return PointsAccount.objects.get(pk=account.pk).balance


def expired(account=None):
    rows = PointsEntry.objects.filter(kind="expire")
    return list(
        (rows.filter(account=account) if account else rows).order_by("pk").values_list("points", flat=True)
    )


class Books:
    """The rule in plain Python: [(moment, points)] of what was earned and of all that went or came back."""

    def __init__(self):
        self.earned, self.spent, self.redeemed = [], 0, []

    @property
    def balance(self):
        return sum(worth for _moment, worth in self.earned) - self.spent

    def due(self, day: date):
        month = day.replace(year=day.year - 3)
        old = sum(worth for moment, worth in self.earned if timezone.localdate(moment) < month)
        return max(old - self.spent, 0)


steps = st.lists(
    st.tuples(
        st.sampled_from([EARN, EARN, REDEEM, REVERSE, ADJUST, TAKE_BACK, EXPIRE, EXPIRE]),
        st.integers(1, 60),
        st.sampled_from([0, 1, 40, 400, 800]),
    ),
    max_size=16,
)


class AnyLife(TestCase):
    @given(steps)
    @settings(max_examples=60, deadline=None, database=None)
    def test_what_expires_was_earned_before_the_window_less_all_that_is_spent(self, steps):
        account, books = PointsAccount.objects.create(), Books()

        with time_machine.travel(EARNED, tick=False) as clock:
            for action, worth, days in steps:
                clock.shift(timedelta(days=days))
                self.take(account, books, action, worth)

                assert balance(account) == books.balance >= 0
                day = timezone.localdate().replace(day=1)
                assert expiry.due(account, day) == books.due(day) <= books.balance

    def take(self, account, books, action, worth):
        if action in (EARN, ADJUST):
            entry(account, worth, "grant" if action == EARN else "adjust", "issued")
            books.earned.append((timezone.now(), worth))
        elif action == REDEEM and worth <= books.balance:
            entry(account, -worth, "redeem", "goods")
            books.spent += worth
            books.redeemed.append(worth)
        elif action == REVERSE and books.redeemed:
            back = books.redeemed.pop()
            entry(account, back, "reverse", "goods")
            books.spent -= back
        elif action == TAKE_BACK and books.balance:
            taken = min(worth, books.balance)
            entry(account, -taken, "reverse", "issued")
            books.spent += taken
        elif action == EXPIRE:
            day = timezone.localdate().replace(day=1)
            is_new = not PointsEntry.objects.filter(key=f"expire:{day}:{account.pk}").exists()
            due = books.due(day) if is_new else 0
            assert expiry.expire(day) == due
            books.spent += due


@pytest.fixture
def old(db):
    """A hundred points that nobody has used."""
    with time_machine.travel(EARNED, tick=False):
        return make_worker_pass(points=100).account


@pytest.mark.parametrize(("day", "worth"), [(date(2026, 10, 1), 0), (date(2026, 11, 1), 100)])
def test_points_are_good_for_the_rest_of_their_month_and_three_years(old, day, worth):
    assert expiry.due(old, day) == worth


def test_the_oldest_are_spent_first(old):
    entry(old, -70, "redeem", "goods")
    make_points(old, 50)

    with time_machine.travel(MIDNIGHT, tick=False):
        assert expiry.expire(DAY) == 30
    assert balance(old) == 50


def test_what_is_taken_back_of_old_points_does_not_make_more_expire_than_there_is(old):
    entry(old, -40, "adjust", "issued")

    assert expiry.expire(DAY) == 60
    assert balance(old) == 0


def test_what_a_reversal_brings_back_expires_at_the_next_date(db):
    with time_machine.travel(EARNED, tick=False):
        kiosk = make_kiosk()
        account = make_worker_pass(points=100, station=kiosk.station).account
        for weekday in range(7):
            make_redemption_day(station=kiosk.station, weekday=weekday)
        reward = make_reward(station=kiosk.station, points=30)
    with time_machine.travel(MIDNIGHT - timedelta(hours=3), tick=False) as clock:
        redemption = redeem(account, reward, kiosk=kiosk, key="order-1")
        clock.move_to(MIDNIGHT)
        expiry.expire(DAY)
        clock.shift(timedelta(hours=9))
        redemptions.reverse(redemption)

        assert (balance(account), expired()) == (30, [-70])
        assert expiry.expire(DAY) == 0
        assert expiry.expire(date(2026, 12, 1)) == 30
    assert balance(account) == 0


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_nobody_pays_twice(old, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    with time_machine.travel(EARNED, tick=False):
        accounts = [old, *(make_worker_pass(points=10 * n).account for n in range(1, 6))]

    class Killed(Exception):
        pass

    def kill(words):
        raise Killed

    with pytest.raises(Killed):
        expiry.expire(DAY, kill)
    assert expired() == [-100, -10]

    assert expiry.expire(DAY) == 140
    assert expiry.expire(DAY) == 0
    assert [expired(account) for account in accounts] == [[-100], [-10], [-20], [-30], [-40], [-50]]


def test_the_command_says_how_many_points_of_which_day(old):
    out = StringIO()

    for _n in range(2):
        call_command("expire_points", on=DAY, stdout=out, stderr=StringIO())

    assert out.getvalue().splitlines() == ["100 points have expired.", "0 points have expired."]
    line = PointsEntry.objects.get(kind="expire")
    assert (line.key, "36" in line.reason) == (f"expire:{DAY}:{old.pk}", True)


def test_the_task_takes_the_day_on_which_it_runs(old):
    with time_machine.travel(MIDNIGHT - timedelta(days=1), tick=False):
        tasks.expire_points()
    assert expired() == []

    with time_machine.travel(MIDNIGHT, tick=False):
        tasks.expire_points()
    assert expired() == [-100]


# At the moment somebody redeems


at_midnight = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]


@pytest.fixture
def counter(redemption_day, station, kiosk):
    reward = make_reward(station=station, points=30, left=50)
    with time_machine.travel(timezone.now() - timedelta(days=4 * 366), tick=False):
        accounts = [make_worker_pass(station=station, points=100).account for _n in range(10)]
    return [lambda a=a: redeem(a, reward, kiosk=kiosk, key=f"order-{a.pk}") for a in accounts]


class TestAtMidnight:
    pytestmark = at_midnight

    def test_what_expires_and_what_is_redeemed_is_never_more_than_there_was(self, counter):
        day = timezone.localdate()

        answers = at_once(lambda: expiry.expire(day), *counter, lambda: expiry.expire(day))

        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        assert {answer.code for answer in refused} <= {"not_enough_points"}
        assert not [answer for answer in answers if isinstance(answer, Exception) and answer not in refused]
        assert set(PointsAccount.objects.values_list("balance", flat=True)) == {0}
        assert -sum(expired()) == 1000 - 30 * (10 - len(refused))
        assert len(expired()) == 10

    def test_control_counting_without_the_lock_makes_a_debt(self, counter):
        has_looked = everybody(2)

        def expire():
            account = PointsAccount.objects.order_by("pk").first()
            has_looked()
            has_looked()
            entry(account, -account.balance, "expire", "expired")

        def spend():
            has_looked()
            counter[0]()
            has_looked()

        with without_guard("events_pointsaccount", "points_balance_not_negative"):
            answers = at_once(expire, spend)

            assert answers == [None, None]
            assert balance(PointsAccount.objects.order_by("pk").first()) == -30
