from datetime import timedelta

import pytest
import time_machine

from events import passes, points
from events.models import PointsAccount, WorkerPass
from events.tests.factories import PIN, make_worker_pass
from stations.refusals import Refusal
from stations.tests.factories import make_user

NOON = "2026-11-20T12:00:00+08:00"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def refusal(worker, pin):
    with pytest.raises(Refusal) as refused:
        passes.identify(worker.number, pin)
    return refused.value


def wrong(worker, times):
    return [refusal(worker, "0000").code for _n in range(times)]


def test_card_and_pin_tell_who_it_is(worker):
    assert passes.identify(worker.number, PIN) == worker


def test_a_scanned_number_may_carry_spaces(worker):
    assert passes.identify(f" {worker.number}\n", PIN) == worker


def test_an_unknown_card_is_refused(worker):
    with pytest.raises(Refusal) as refused:
        passes.identify("99999999", PIN)

    assert refused.value.code == "unknown_card"


def test_a_card_that_was_stopped_is_refused(worker):
    WorkerPass.objects.update(is_active=False)

    assert refusal(worker, PIN).code == "unknown_card"


def test_five_wrong_pins_lock_the_card(worker):
    assert wrong(worker, 6) == ["wrong_pin"] * 4 + ["card_locked"] * 2


def test_each_wrong_pin_says_how_many_tries_are_left(worker):
    sentences = [str(refusal(worker, "0000")) for _n in range(4)]

    assert [str(left) in sentence for left, sentence in zip([4, 3, 2, 1], sentences, strict=True)] == [
        True
    ] * 4


def test_a_locked_card_says_until_when(worker, clock):
    wrong(worker, 5)

    assert "12:15" in str(refusal(worker, PIN))


def test_the_right_pin_does_not_open_a_locked_card(worker, clock):
    wrong(worker, 5)

    clock.shift(timedelta(minutes=14, seconds=59))
    assert refusal(worker, PIN).code == "card_locked"


def test_the_right_pin_works_when_the_lock_is_over(worker, clock):
    wrong(worker, 5)

    clock.shift(timedelta(minutes=15))
    assert passes.identify(worker.number, PIN) == worker


def test_guessing_at_a_locked_card_does_not_lock_it_longer(worker, clock):
    wrong(worker, 5)
    clock.shift(timedelta(minutes=10))
    wrong(worker, 5)

    clock.shift(timedelta(minutes=5))
    assert passes.identify(worker.number, PIN) == worker


def test_after_a_lock_there_are_five_new_tries(worker, clock):
    wrong(worker, 5)
    clock.shift(timedelta(minutes=15))

    assert wrong(worker, 6) == ["wrong_pin"] * 4 + ["card_locked"] * 2
    clock.shift(timedelta(minutes=14))
    assert refusal(worker, PIN).code == "card_locked"


def test_the_right_pin_at_the_fifth_try_forgets_the_four_before(worker):
    wrong(worker, 4)
    passes.identify(worker.number, PIN)

    assert wrong(worker, 4) == ["wrong_pin"] * 4
    assert passes.identify(worker.number, PIN) == worker
    worker.refresh_from_db()
    assert worker.wrong_pins == 0


def test_one_locked_card_does_not_lock_another(worker):
    other = make_worker_pass()
    wrong(worker, 5)

    assert passes.identify(other.number, PIN) == other


def test_a_new_pin_opens_the_card_and_ends_the_old_pin(worker):
    wrong(worker, 5)

    passes.set_pin(worker, "2468")

    assert passes.identify(worker.number, "2468") == worker
    assert refusal(worker, PIN).code == "wrong_pin"


def test_the_pin_is_kept_as_a_digest_only(worker):
    worker.refresh_from_db()

    assert PIN not in worker.pin


def test_a_new_card_has_a_balance_and_a_number_of_its_own(station):
    worker_pass = passes.issue("王师傅", PIN, station=station)

    assert (len(worker_pass.number), worker_pass.number.isdigit()) == (10, True)
    assert (worker_pass.account.person, worker_pass.account.balance) == (None, 0)


def test_a_card_of_a_volunteer_shares_the_points_of_the_volunteer(station):
    person = make_user()
    account = points.account_of(person)

    worker_pass = passes.issue("王师傅", PIN, station=station, person=person)

    assert worker_pass.account == account
    assert PointsAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("nickname", "masked"), [("张师傅", "张**"), ("老王", "老*"), ("王", "王"), ("欧阳大师傅", "欧**")]
)
def test_bystanders_read_the_first_sign_of_the_nickname_only(nickname, masked):
    assert WorkerPass(nickname=nickname).masked_name == masked
