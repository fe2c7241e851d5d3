"""Held for ten seconds, undone or carried out once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal import decisions, desk, tasks
from portal.models import Decision
from stations import reach
from stations.models import HistoryLine
from stations.refusals import Refusal
from volunteers.models import Credential
from volunteers.tests.factories import make_credential, make_volunteer

STATE = Decision.State


@pytest.fixture
def queue():
    return desk.QUEUES["credential"]


@pytest.fixture
def licence(station):
    return make_credential(volunteer=make_volunteer(home_station=station, name="陈律师"))


def decide(queue, *rows, by, choice="approve", reason=""):
    pks = [getattr(row, "pk", row) for row in rows]
    return decisions.decide(queue, queue.choice(choice), pks, by=by, reached=reach.of(by), reason=reason)


def after(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


def states():
    return list(Decision.objects.order_by("pk").values_list("state", flat=True))


def test_a_decision_takes_effect_ten_seconds_later_and_once(queue, licence, manager):
    decide(queue, licence, by=manager)
    tasks.carry_out_decisions()
    licence.refresh_from_db()
    at_once = licence.status

    with after(11):
        tasks.carry_out_decisions()
        tasks.carry_out_decisions()

    licence.refresh_from_db()
    assert (at_once, licence.status) == (Credential.Status.PENDING, Credential.Status.APPROVED)
    assert (licence.decided_by, states()) == (manager, [STATE.DONE])
    changes = HistoryLine.objects.filter(model="volunteers.credential", action="~")
    assert [line.person for line in changes] == [manager]


def test_the_reason_reaches_the_volunteer(queue, licence, manager):
    decide(queue, licence, by=manager, choice="decline", reason="照片看不清，请重拍。")

    with after(11):
        tasks.carry_out_decisions()

    [message] = licence.volunteer.person.messages.all()
    assert message.body.count("照片看不清，请重拍。") == 1


def test_what_is_held_waits_no_more_and_what_is_undone_waits_again(queue, licence, manager):
    reached = reach.of(manager)

    batch, _found = decide(queue, licence, by=manager)
    held = list(decisions.waiting(queue, reached))
    undone = decisions.undo(batch, by=manager)

    assert (held, undone, list(decisions.waiting(queue, reached))) == ([], 1, [licence])
    with after(11):
        tasks.carry_out_decisions()
    licence.refresh_from_db()
    assert (licence.status, states()) == (Credential.Status.PENDING, [STATE.UNDONE])


def test_an_undone_decision_can_be_given_again(queue, licence, manager):
    batch, _found = decide(queue, licence, by=manager)
    decisions.undo(batch, by=manager)

    decide(queue, licence, by=manager)

    assert states() == [STATE.UNDONE, STATE.HELD]


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_after_ten_seconds_it_is_too_late_to_undo(queue, licence, manager, is_carried_out):
    batch, _found = decide(queue, licence, by=manager)

    with after(10):
        if is_carried_out:
            tasks.carry_out_decisions()
        with pytest.raises(Refusal) as refusal:
            decisions.undo(batch, by=manager)

    assert refusal.value.code == "too_late"
    assert states() == [STATE.DONE if is_carried_out else STATE.HELD]


def test_undoing_twice_is_told_apart_from_being_too_late(queue, licence, manager):
    batch, _found = decide(queue, licence, by=manager)
    decisions.undo(batch, by=manager)

    with pytest.raises(Refusal) as refusal:
        decisions.undo(batch, by=manager)

    assert refusal.value.code == "undone"


def test_nobody_undoes_what_somebody_else_decided(queue, licence, manager, admin):
    batch, _found = decide(queue, licence, by=manager)

    with pytest.raises(Refusal):
        decisions.undo(batch, by=admin)

    assert states() == [STATE.HELD]


def test_the_second_of_two_people_is_told_who_and_when(queue, licence, manager, admin):
    with time_machine.travel("2026-12-04T14:00:00+08:00", tick=False):
        decide(queue, licence, by=manager)

        _batch, found = decide(queue, licence, by=admin, choice="decline", reason="看不清")

    assert found.rows == []
    assert found.refused == [(str(licence), "王站长已于 2026-12-04 14:00 处理。")]
    assert list(Decision.objects.values_list("by", flat=True)) == [manager.pk]


def test_what_was_withdrawn_meanwhile_comes_to_nothing_and_says_why(queue, licence, manager):
    decide(queue, licence, by=manager)
    Credential.objects.filter(pk=licence.pk).update(
        status=Credential.Status.DECLINED, decided_at=timezone.now(), reason="已被新上传的材料替换。"
    )

    with after(11):
        tasks.carry_out_decisions()

    made = Decision.objects.get()
    assert made.state == STATE.REFUSED
    assert made.outcome.startswith("志愿者")
    assert [late.decision for late in desk.of_late(manager)["refused"]] == [made]


def test_what_is_not_there_any_more_comes_to_nothing(queue, licence, manager):
    decide(queue, licence, by=manager)
    Credential.objects.filter(pk=licence.pk).delete()

    with after(11):
        tasks.carry_out_decisions()

    made = Decision.objects.get()
    assert (made.state, made.outcome) == (STATE.REFUSED, "这一项已不存在，没有任何改动。")


def test_a_verb_that_breaks_leaves_its_item_waiting_and_holds_up_nobody(
    queue, licence, manager, station, caplog
):
    other = make_credential(volunteer=make_volunteer(home_station=station))
    decide(queue, licence, by=manager)
    decide(queue, other, by=manager)
    Decision.objects.filter(object_id=licence.pk).update(choice="no-such-choice")

    with after(11):
        tasks.carry_out_decisions()

    broken, good = Decision.objects.order_by("pk")
    assert (broken.state, good.state) == (STATE.REFUSED, STATE.DONE)
    assert broken.outcome == "我们这边出了问题。这一项仍在等待，请您重新决定一次。"
    assert list(decisions.waiting(queue, reach.of(manager))) == [licence]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"decision {broken.pk} could not be carried out"
    ]
    caplog.clear()


def test_a_decision_of_a_queue_that_is_no_more_holds_up_nobody(queue, licence, manager):
    decide(queue, licence, by=manager)
    Decision.objects.create(queue="bygone", object_id=1, name="–", choice="x", by=manager)

    with after(11):
        tasks.carry_out_decisions()

    assert states() == [STATE.DONE, STATE.HELD]


# Many at once


def test_a_preview_says_what_is_possible_and_why_the_rest_is_not(queue, licence, manager, station):
    expired = make_credential(
        volunteer=make_volunteer(home_station=station, name="旧证"),
        valid_to=timezone.localdate() - timedelta(days=1),
    )

    found = decisions.preview(
        queue,
        queue.choice("approve"),
        [licence.pk, expired.pk, licence.pk],
        by=manager,
        reached=reach.of(manager),
        reason="",
    )

    assert found.rows == [licence]
    assert found.refused == [(str(expired), "这份证件已过期，请选“不通过”并说明。")]


def test_what_is_out_of_reach_is_told_like_what_does_not_exist(queue, manager, other_station):
    strange = make_credential(volunteer=make_volunteer(home_station=other_station))

    _batch, found = decide(queue, strange, 999_999, by=manager)

    assert found.rows == []
    assert found.refused == [
        (f"编号 {strange.pk}", "这一项已不在等待。"),
        ("编号 999999", "这一项已不在等待。"),
    ]
    assert states() == []


def test_ten_thousand_are_refused_in_a_sentence(queue, manager):
    with pytest.raises(Refusal) as refusal:
        decide(queue, *range(1, 10_001), by=manager)

    assert str(refusal.value) == "您选了 10000 项，一次最多可处理 500 项。"


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_much_as_one(queue, manager, station, django_assert_num_queries, count):
    licences = [make_credential(volunteer=make_volunteer(home_station=station)) for _n in range(count)]
    reached = reach.of(manager)
    pks = [row.pk for row in licences] + [10**6 + n for n in range(count)]

    with django_assert_num_queries(4):
        decisions.decide(queue, queue.choice("approve"), pks, by=manager, reached=reached)
