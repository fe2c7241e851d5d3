"""Nothing redeemed is lost and nothing doubled, whatever goes away meanwhile; a run that is wrong says so."""

from threading import Barrier

import pytest

from portal.tests import own_server
from portal.tests.soak import clients, plan, report, run
from stations.tests.races import many_sessions  # noqa: F401 (a fixture)


@pytest.mark.postgres
@pytest.mark.own_postgres
def test_ten_thousand_operations_and_two_hard_stops_lose_nothing_and_double_nothing():
    wanted = plan.Run(operations=10_000, stops=2)

    with own_server.running() as server:
        outcome = run.soak(server, wanted)

    assert outcome.is_right, report.table(outcome)
    assert outcome.stops == 2
    assert outcome.counts["redeem", "redeemed"] > 500
    assert outcome.counts["repeat", "the same answer"] > 100
    assert outcome.counts["answers lost on their way", "redeem"] > 0


def test_a_run_can_be_replayed_from_its_seed():
    first, again, other = (plan.Run(operations=640, seed=seed) for seed in (1, 1, 2))

    def whole(planned):
        return [list(plan.operations(planned, client)) for client in range(planned.clients)]

    assert whole(first) == whole(again)
    assert whole(first) != whole(other)
    assert sum(map(len, whole(first))) == 640


# Controls: two mistakes that must be found


@pytest.fixture
def alone(many_sessions):  # noqa: F811
    """One client with a habit, in the database of the tests: what became of its operations."""

    def outcome(**habit):
        wanted = plan.Run(operations=300, stops=0, clients=1, losing=0.3, **habit)
        told = clients.work(wanted, clients.make_world(wanted), [0], done=[0], start=Barrier(1))
        return run.Outcome.of(wanted, told, clients.compare(told), seconds=1, stops=0)

    return outcome


def broken(outcome):
    return {promise: n for promise, n in outcome.broken.items() if n}


@pytest.mark.postgres
def test_a_careful_client_alone_finds_everything_as_it_was_told(alone):
    outcome = alone()

    assert (broken(outcome), outcome.wrong) == ({}, [])
    assert "Everything is as it was answered." in report.table(outcome)


@pytest.mark.postgres
def test_control_a_client_that_asks_again_with_a_fresh_key_redeems_twice(alone):
    outcome = alone(habit="fresh_key")

    assert broken(outcome)["redemptions doubled"] > 10
    assert "SOMETHING IS WRONG" in report.table(outcome)


@pytest.mark.postgres
def test_control_answering_before_the_commit_loses_what_was_answered(alone):
    outcome = alone(habit="before_commit")

    assert broken(outcome)["redemptions lost"] == outcome.counts["answered, then not kept"] > 10
    assert "SOMETHING IS WRONG" in report.table(outcome)
