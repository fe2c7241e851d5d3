"""Many at once on the same fault and the same suggestion, on PostgreSQL."""

from collections import Counter
from functools import partial

import pytest

from stations import faults, suggestions
from stations.models import Fault, FaultReport, SiteSuggestion
from stations.refusals import Refusal
from stations.tests.factories import make_report, make_suggestion, make_user
from stations.tests.races import at_once, everybody

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 4  # as many sessions as the site's own pool has


def codes(answers):
    return Counter(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


@pytest.fixture
def managers():
    return [make_user(name=f"站长{n}") for n in range(MANY)]


# One water dispenser, many reporters


def test_reporters_at_once_share_one_fault_and_none_is_lost(station):
    answers = at_once(
        *(
            partial(faults.report, station, kind="water", text=f"第{n}人", address=f"10.0.0.{n}")
            for n in range(MANY)
        )
    )

    assert codes(answers) == {"FaultReport": MANY}
    assert (Fault.objects.count(), Fault.objects.get().reports.count()) == (1, MANY)


def test_control_looking_for_an_open_fault_before_opening_one_loses_reports(station):
    has_looked = everybody(MANY)

    def report():
        fault = Fault.objects.open().filter(station=station, kind="water").first()
        has_looked()
        fault = fault or Fault.objects.create(station=station, kind="water")
        return FaultReport.objects.create(fault=fault, text="不出热水")

    answers = at_once(*[report] * MANY)

    assert codes(answers) == {"FaultReport": 1, "IntegrityError": MANY - 1}


def test_who_reports_while_it_is_being_fixed_is_on_an_open_fault_or_on_the_one_that_was_fixed(
    station, managers
):
    for n in range(10):
        old = make_report(station=station).fault

        made, _fixed = at_once(
            partial(faults.report, station, kind="water", text="漏水", address=f"10.1.0.{n}"),
            partial(faults.fix, old, by=managers[0]),
        )

        made.fault.refresh_from_db()
        assert (made.fault == old) == (made.fault.state == Fault.State.FIXED)
        Fault.objects.open().update(state=Fault.State.FIXED)


# One fault, many managers


@pytest.mark.parametrize("verb", [faults.take_up, faults.fix])
def test_managers_at_once_handle_a_fault_once(station, managers, verb):
    fault = make_report(station=station).fault

    answers = at_once(*(partial(verb, Fault.objects.get(), by=manager) for manager in managers))

    assert codes(answers) == {"Fault": 1, "handled_before": MANY - 1}
    [winner] = [answer for answer in answers if isinstance(answer, Fault)]
    fault.refresh_from_db()
    assert (fault.state, fault.handled_by) == (winner.state, winner.handled_by)


def test_control_looking_at_the_state_before_writing_handles_a_fault_many_times(station, managers):
    make_report(station=station)
    has_looked = everybody(MANY)

    def take_up(manager):
        fault = Fault.objects.get()
        has_looked()
        if fault.state == Fault.State.TO_DO:
            fault.state, fault.handled_by = Fault.State.IN_PROGRESS, manager
            fault.save()
            return fault

    answers = at_once(*(partial(take_up, manager) for manager in managers))

    assert codes(answers) == {"Fault": MANY}


def test_a_facility_does_not_stay_broken_when_taking_up_and_fixing_meet(station, managers):
    for _n in range(10):
        fault = make_report(station=station).fault

        at_once(
            partial(faults.take_up, Fault.objects.get(pk=fault.pk), by=managers[0]),
            partial(faults.fix, Fault.objects.get(pk=fault.pk), by=managers[1]),
        )

        fault.refresh_from_db()
        assert (fault.state, station.facilities.get(kind="water").state) == ("fixed", "working")


# One suggestion, two decisions


def test_two_decisions_at_once_are_one(station, managers):
    made = make_suggestion()
    first, second = managers[:2]

    answers = at_once(
        partial(suggestions.adopt, SiteSuggestion.objects.get(), by=first),
        partial(suggestions.decline, SiteSuggestion.objects.get(), by=second, reason="太远"),
    )

    assert codes(answers) == {"SiteSuggestion": 1, "decided_before": 1}
    [winner] = [answer for answer in answers if isinstance(answer, SiteSuggestion)]
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (winner.state, winner.decided_by)


def test_control_looking_at_the_suggestion_before_writing_decides_twice(managers):
    make_suggestion()
    has_looked = everybody(2)

    def adopt(person):
        made = SiteSuggestion.objects.get()
        has_looked()
        if made.is_undecided:
            made.state, made.decided_by = SiteSuggestion.State.ADOPTED, person
            made.save()
            return made

    answers = at_once(*(partial(adopt, person) for person in managers[:2]))

    assert codes(answers) == {"SiteSuggestion": 2}
