"""The counter's queue: handing over, giving back, and who was first."""

import pytest

from events import desk, redemptions
from events.models import PointsEntry, Redemption
from events.tests.factories import make_redemption
from stations import reach
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk


@pytest.fixture
def queue():
    return desk.awaiting_review()[0]


@pytest.fixture
def redemption(station):
    return make_redemption(kiosk=make_kiosk(station=station))


def test_the_queue_is_the_own_counters_only(queue, redemption, manager, other_manager):
    assert list(queue.rows(reach.of(manager))) == [redemption]
    assert list(queue.rows(reach.of(other_manager))) == []


def test_the_pick_up_code_comes_first(queue, redemption):
    about = queue.about(redemption)

    assert about.facts[0][1] == redemption.pickup_code
    assert about.title.startswith(redemption.pickup_code)


def test_giving_back_needs_a_reason_which_the_ledger_keeps(queue, redemption, manager):
    choice = queue.choice("reverse")

    assert choice.why_not(redemption, " ").code == "reason_needed"
    choice.verb(redemption, by=manager, reason="奖品破损")

    redemption.account.refresh_from_db()
    assert (redemption.status, redemption.account.balance) == (Redemption.Status.REVERSED, 100)
    assert PointsEntry.objects.filter(reason="奖品破损").count() == 1


@pytest.mark.parametrize("key", ["hand_over", "reverse"])
def test_who_comes_second_is_told_who_was_first(queue, redemption, manager, key):
    seen_before = Redemption.objects.get()
    redemptions.hand_over(redemption, by=manager)

    with pytest.raises(Refusal, match="王站长") as refused:
        queue.choice(key).verb(seen_before, by=manager, reason="没来")

    assert refused.value.code == "settled_before"
