from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import points
from events.models import EarningRule, PointsAccount, PointsEntry
from events.tests.factories import make_points
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_user

GRANT, EARN_REPORT = PointsEntry.Kind.GRANT, PointsEntry.Kind.EARN_REPORT
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=hours.SHANGHAI)
EARN, SPEND, BACK = "earn", "spend", "back"

amounts = st.integers(1, 60)
# Few sources, so that the same one comes again.
sources = st.integers(1, 6)
steps = st.lists(st.tuples(st.sampled_from([EARN, SPEND, BACK]), sources, amounts), max_size=14)


def earn(account, worth, *, key):
    with transaction.atomic():
        return points.earn(account, worth, kind=GRANT, key=key, reason="测试")


def spend(account, worth, *, key):
    """A line of the ledger by whoever writes one: the database alone says whether it may stand."""
    with transaction.atomic():
        return PointsEntry.objects.create(
            account=account, points=-worth, kind="redeem", counterpart="goods", key=key, reason="测试"
        )


def take_back(account, worth, *, key):
    with transaction.atomic():
        return points.take_back(account, worth, key=key, reason="测试")


def in_the_tables(account):
    """Balance, sum of the entries, number of entries."""
    account.refresh_from_db()
    return (
        account.balance,
        account.entries.aggregate(n=Sum("points", default=0))["n"],
        account.entries.count(),
    )


class Ledger:
    """What the ledger ought to say, told in plain Python: {key: points}."""

    def __init__(self):
        self.lines = {}

    @property
    def balance(self):
        return sum(self.lines.values())

    def add(self, key, worth):
        """Whether the line may stand: new, and without debt."""
        if key in self.lines or self.balance + worth < 0:
            return False
        self.lines[key] = worth
        return True


class TheLedger(TestCase):
    @given(steps)
    @settings(max_examples=25, deadline=None, database=None)
    def test_balance_is_the_sum_of_the_entries_and_never_below_zero(self, steps):
        account, ledger = PointsAccount.objects.create(), Ledger()

        for action, source, worth in steps:
            self.take(account, ledger, action, source, worth)

            balance, total, count = in_the_tables(account)
            assert balance == total == ledger.balance >= 0
            assert count == len(ledger.lines)

    def take(self, account, ledger, action, source, worth):
        if action == EARN:
            earn(account, worth, key=f"earn:{source}")
            ledger.add(f"earn:{source}", worth)
        elif action == SPEND:
            key = f"spend:{len(ledger.lines)}:{source}"
            if ledger.add(key, -worth):
                spend(account, worth, key=key)
            else:
                with pytest.raises(IntegrityError, match="points_balance_not_negative"):
                    spend(account, worth, key=key)
        else:
            taken = min(worth, ledger.balance)
            if taken and f"back:{source}" not in ledger.lines:
                ledger.add(f"back:{source}", -taken)
            take_back(account, worth, key=f"back:{source}")


@pytest.fixture
def account(db):
    return PointsAccount.objects.create()


def test_the_same_source_earns_once(account):
    first = earn(account, 40, key="signup:1")

    again = earn(account, 40, key="signup:1")

    assert again == first
    assert in_the_tables(account) == (40, 40, 1)


def test_the_same_source_earns_once_even_for_another_amount_or_person(account):
    earn(account, 40, key="signup:1")
    other = PointsAccount.objects.create()

    earn(account, 90, key="signup:1")
    earn(other, 40, key="signup:1")

    assert in_the_tables(account) == (40, 40, 1)
    assert in_the_tables(other) == (0, 0, 0)


def test_all_of_a_balance_can_be_spent(account):
    make_points(account, 50)

    spend(account, 50, key="redeem:1")

    assert in_the_tables(account) == (0, 0, 2)


def test_what_was_credited_by_mistake_is_taken_back_as_far_as_it_is_left(account):
    make_points(account, 50)
    spend(account, 30, key="redeem:1")

    first, again = (take_back(account, 50, key="hours:1") for _n in range(2))

    assert (first, first.points, first.counterpart) == (again, -20, "issued")
    assert in_the_tables(account) == (0, 0, 3)


@pytest.mark.parametrize("change", [{"points": 999}, {"reason": "别的"}, {"account": None}])
def test_the_database_itself_refuses_to_change_a_line(account, change):
    entry = make_points(account, 50)
    if "account" in change:
        change = {"account": PointsAccount.objects.create()}

    with pytest.raises(IntegrityError, match="points_are_append_only"), transaction.atomic():
        PointsEntry.objects.filter(pk=entry.pk).update(**change)

    assert in_the_tables(account) == (50, 50, 1)


def test_the_database_itself_refuses_to_delete_a_line(account):
    make_points(account, 50)

    with pytest.raises(IntegrityError, match="points_are_append_only"), transaction.atomic():
        PointsEntry.objects.all().delete()

    assert in_the_tables(account) == (50, 50, 1)


@pytest.mark.parametrize(
    ("kind", "counterpart", "worth"),
    [("earn_shift", "issued", -5), ("redeem", "goods", 5), ("redeem", "issued", -5), ("expire", "goods", -5)],
)
def test_the_database_itself_refuses_a_line_whose_sides_do_not_fit(account, kind, counterpart, worth):
    make_points(account, 50)

    with pytest.raises(IntegrityError, match="points_entry_has_two_sides"), transaction.atomic():
        PointsEntry.objects.create(
            account=account, points=worth, kind=kind, counterpart=counterpart, key="x", reason="测试"
        )


def test_the_database_itself_refuses_a_debt(account):
    with pytest.raises(IntegrityError, match="points_balance_not_negative"), transaction.atomic():
        PointsAccount.objects.filter(pk=account.pk).update(balance=-1)


def test_the_database_itself_refuses_an_entry_of_nothing(account):
    with pytest.raises(IntegrityError, match="points_entry_not_zero|points_entry_has_two_sides"):
        earn(account, 0, key="grant:1")


def test_a_person_has_one_account(db):
    person = make_user()

    assert points.account_of(person) == points.account_of(person)
    assert PointsAccount.objects.count() == 1


# Rules


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "worth"), [(0, 0), (5, 0), (6, 1), (59, 9), (60, 10), (120, 20), (125, 20)]
)
def test_an_hour_is_ten_points_and_a_begun_point_is_none(minutes, worth):
    rule = points.rule_on(EarningRule.Kind.SHIFT, date(2026, 11, 20))

    assert points.for_minutes(minutes, rule) == worth


def test_a_rule_holds_from_its_day_on_and_changes_nothing_before(db):
    EarningRule.objects.create(kind="earn_shift", starts_on=date(2026, 12, 1), points=20)

    worth = [points.rule_on("earn_shift", date(2026, *day)).points for day in [(11, 30), (12, 1), (12, 9)]]

    assert worth == [10, 20, 20]
    assert points.rule_on("earn_shift", date(2019, 1, 1)) is None


def photo(account, key, day=date(2026, 11, 20)):
    with transaction.atomic():
        return points.earn_by_rule(account, EARN_REPORT, key=key, day=day, reason="井盖缺失")


def test_three_photos_of_a_day_earn_and_the_fourth_does_not(account):
    earned = [photo(account, f"hazard:{n}") for n in range(4)]

    assert [entry and entry.points for entry in earned] == [10, 10, 10, None]
    assert photo(account, "hazard:4", date(2026, 11, 21)).points == 10
    assert photo(account, "hazard:2") == earned[2]
    assert in_the_tables(account) == (40, 40, 4)


@pytest.fixture
def in_quarantine():
    """Hours can be spent after three days."""
    return EarningRule.objects.create(
        kind="earn_report", starts_on=date(2026, 11, 1), points=10, quarantine_days=3
    )


def test_points_in_quarantine_are_there_and_cannot_be_spent_yet(account, in_quarantine):
    with time_machine.travel(FRIDAY, tick=False) as clock:
        make_points(account, 5)
        photo(account, "hazard:1")
        account.refresh_from_db()

        assert (account.balance, points.available(account)) == (15, 5)
        with pytest.raises(IntegrityError, match="points_in_quarantine"):
            spend(account, 6, key="redeem:1")
        spend(account, 5, key="redeem:2")

        clock.shift(timedelta(days=3))
        spend(account, 10, key="redeem:3")

    assert in_the_tables(account) == (0, 0, 4)


def test_an_upheld_complaint_makes_the_points_zero_once(account, in_quarantine, admin):
    with time_machine.travel(FRIDAY, tick=False):
        make_points(account, 5)
        entry = photo(account, "hazard:1")

        taken = [points.forfeit(entry, by=admin, reason="投诉属实") for _n in range(2)]
        account.refresh_from_db()

        assert taken[0] == taken[1]
        assert (account.balance, points.available(account)) == (5, 5)
    assert in_the_tables(account) == (5, 5, 3)


def test_a_complaint_takes_no_more_than_is_left_and_nothing_that_was_not_earned(account, admin):
    entry = photo(account, "hazard:1")
    spend(account, 10, key="redeem:1")
    grant = make_points(account, 5, key="grant:1")

    with pytest.raises(Refusal) as refused:
        points.forfeit(grant, by=admin, reason="投诉属实")
    assert refused.value.code == "not_earned"
    assert points.forfeit(entry, by=admin, reason="投诉属实").points == -5
    assert in_the_tables(account)[0] == 0
