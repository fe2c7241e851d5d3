import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import points
from events.models import PointsAccount, PointsEntry
from events.tests.factories import make_points
from stations.refusals import Refusal
from stations.tests.factories import make_user

GRANT = PointsEntry.Kind.GRANT
EARN, SPEND, UNDO = "earn", "spend", "undo"

amounts = st.integers(1, 60)
# Few sources, so that the same one comes again.
sources = st.integers(1, 6)
steps = st.lists(st.tuples(st.sampled_from([EARN, SPEND, UNDO]), sources, amounts), max_size=14)


def earn(account, worth, *, key):
    with transaction.atomic():
        return points.earn(account, worth, kind=GRANT, key=key, reason="测试")


def spend(account, worth, *, key):
    with transaction.atomic():
        return points.spend(account, worth, key=key, reason="测试")


def give_back(entry):
    with transaction.atomic():
        return points.give_back(entry, reason="测试")


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
                with pytest.raises(Refusal) as refused:
                    spend(account, worth, key=key)
                assert refused.value.code == "not_enough_points"
        else:
            self.undo(account, ledger, source)

    def undo(self, account, ledger, source):
        originals = list(account.entries.exclude(kind=PointsEntry.Kind.REVERSE).order_by("pk"))
        if not originals:
            return
        entry = originals[source % len(originals)]
        key, was_undone = f"reverse:{entry.key}", f"reverse:{entry.key}" in ledger.lines
        if ledger.add(key, -entry.points) or was_undone:
            assert give_back(entry).key == key
        else:  # what was earned has been spent already
            with pytest.raises(IntegrityError, match="points_balance_not_negative"):
                give_back(entry)


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


def test_spending_more_than_there_is_names_what_is_missing_and_changes_nothing(account):
    make_points(account, 20)

    with pytest.raises(Refusal) as refused:
        spend(account, 50, key="redeem:1")

    assert (refused.value.code, "30" in str(refused.value)) == ("not_enough_points", True)
    assert in_the_tables(account) == (20, 20, 1)


def test_all_of_a_balance_can_be_spent(account):
    make_points(account, 50)

    entry = spend(account, 50, key="redeem:1")

    assert (entry.points, entry.kind, entry.counterpart) == (-50, "redeem", "goods")
    assert in_the_tables(account) == (0, 0, 2)


def test_a_balance_that_was_read_long_ago_does_not_matter(account):
    stale = PointsAccount.objects.get(pk=account.pk)
    make_points(account, 50)

    spend(stale, 50, key="redeem:1")

    assert in_the_tables(account) == (0, 0, 2)


def test_giving_back_restores_once_and_keeps_both_lines(account):
    make_points(account, 50)
    spent = spend(account, 30, key="redeem:1")

    first, again = give_back(spent), give_back(spent)

    assert first == again
    assert (first.points, first.kind, first.counterpart) == (30, "reverse", "goods")
    assert in_the_tables(account) == (50, 50, 3)


def test_the_database_itself_refuses_a_debt(account):
    with pytest.raises(IntegrityError, match="points_balance_not_negative"), transaction.atomic():
        PointsAccount.objects.filter(pk=account.pk).update(balance=-1)


def test_the_database_itself_refuses_an_entry_of_nothing(account):
    with pytest.raises(IntegrityError, match="points_entry_not_zero"):
        earn(account, 0, key="grant:1")


def test_a_person_has_one_account(db):
    person = make_user()

    assert points.account_of(person) == points.account_of(person)
    assert PointsAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("minutes", "worth"), [(0, 0), (5, 0), (6, 1), (59, 9), (60, 10), (120, 20), (125, 20)]
)
def test_an_hour_is_ten_points_and_a_begun_point_is_none(minutes, worth):
    assert points.for_minutes(minutes) == worth
