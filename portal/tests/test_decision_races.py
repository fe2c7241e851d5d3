"""Two people on one item, two workers on one decision, on PostgreSQL."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from portal import decisions, desk
from portal.models import Decision
from stations import reach
from stations.models import HistoryLine
from stations.refusals import Refusal
from stations.tests.factories import make_posting, make_user
from stations.tests.races import at_once, everybody
from volunteers import credentials
from volunteers.models import Credential
from volunteers.tests.factories import make_credential, make_volunteer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 4  # as many sessions as the site's own pool has


@pytest.fixture
def queue():
    return desk.QUEUES["credential"]


@pytest.fixture
def licence(station):
    return make_credential(volunteer=make_volunteer(home_station=station))


@pytest.fixture
def managers(station):
    people = [make_user(name=f"站长{n}") for n in range(MANY)]
    for person in people:
        make_posting(person, station)
    return people


def decide(queue, licence, manager):
    _batch, found = decisions.decide(
        queue, queue.choice("approve"), [licence.pk], by=manager, reached=reach.of(manager)
    )
    return "won" if found.rows else found.refused[0][1]


def test_of_many_people_on_one_item_one_wins_and_the_others_are_told_who(queue, licence, managers):
    with time_machine.travel("2026-12-04T14:00:00+08:00"):
        answers = at_once(*(partial(decide, queue, licence, manager) for manager in managers))

    [made] = Decision.objects.all()
    told = f"{made.by}已于 2026-12-04 14:00 处理。"
    assert Counter(answers) == {"won": 1, told: MANY - 1}


def test_control_without_the_constraint_everybody_wins(queue, licence, managers, request):
    has_looked = everybody(MANY)
    without_constraint(request)

    def decide_unguarded(manager):
        found = decisions.preview(
            queue, queue.choice("approve"), [licence.pk], by=manager, reached=reach.of(manager), reason=""
        )
        has_looked()
        Decision.objects.create(
            queue=queue.key, object_id=found.rows[0].pk, name="–", choice="approve", by=manager
        )

    at_once(*(partial(decide_unguarded, manager) for manager in managers))

    assert Decision.objects.count() == MANY


def without_constraint(request):
    """The index is dropped for the length of one test."""
    [constraint] = [c for c in Decision._meta.constraints if c.name == "one_held_decision_per_item"]

    def put_back():
        Decision.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Decision, constraint)

    with connection.schema_editor() as editor:
        editor.remove_constraint(Decision, constraint)
    request.addfinalizer(put_back)


# Two workers


@pytest.fixture
def due(queue, licence, managers):
    decide(queue, licence, managers[0])
    Decision.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    return Decision.objects.select_related("by").get()


def changes():
    return HistoryLine.objects.filter(model="volunteers.credential", action="~").count()


def test_many_workers_carry_a_decision_out_once(queue, due):
    answers = at_once(*[partial(decisions.carry_out, due, queue)] * MANY)

    assert Counter(answers) == {True: 1, False: MANY - 1}
    assert (Decision.objects.get().state, changes()) == ("done", 1)


def test_control_looking_before_carrying_out_calls_the_verb_many_times(due, licence):
    has_looked = everybody(MANY)

    def carry_out():
        decision = Decision.objects.select_related("by").get()
        has_looked()
        if decision.state == Decision.State.HELD:
            credentials.approve(Credential.objects.get(pk=licence.pk), by=decision.by)

    answers = at_once(*[carry_out] * MANY)

    # The verb's own guard is the last line: it is reached by all, and refuses all but one.
    assert Counter(type(answer) for answer in answers) == {type(None): 1, Refusal: MANY - 1}


def test_undone_and_carried_out_at_once_is_one_of_them(queue, licence, managers):
    for _n in range(10):
        batch, _found = decisions.decide(
            queue,
            queue.choice("approve"),
            [licence.pk],
            by=managers[0],
            reached=reach.of(managers[0]),
        )
        decision = Decision.objects.select_related("by").get(batch=batch)
        with time_machine.travel(decision.due_at - timedelta(milliseconds=2)):
            at_once(
                partial(decisions.undo, batch, by=managers[0]),
                partial(decisions.carry_out_due, {queue.key: queue}),
            )
        decision.refresh_from_db()
        licence.refresh_from_db()

        if decision.state == Decision.State.HELD:  # neither was in time: the next round of the task has it
            Decision.objects.update(state=Decision.State.UNDONE)
        assert (decision.state == "done") == (licence.status == Credential.Status.APPROVED)
        Credential.objects.update(status=Credential.Status.PENDING, decided_by=None, decided_at=None)
