"""Ten thousand random steps of everything that moves places: nothing false ever stands in the tables."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_station, make_user
from volunteers import checks, shifts, signups, stand_ins, waiting_list
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_shift, make_team, make_volunteer

PEOPLE, SHIFTS = 7, 3
Status = Signup.Status
person, place = st.integers(0, PEOPLE - 1), st.integers(0, SHIFTS - 1)


class Undone(Exception):
    pass


class Places(RuleBasedStateMachine):
    """Seven people, a team of three among them; two shifts at one time and one right after them.

    `expected` is kept beside the tables: who must be somewhere on which shift.
    """

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        station, self.manager = make_station(), make_user()
        self.people = [make_volunteer(home_station=station) for _n in range(PEOPLE)]
        self.team = make_team(*self.people[:3], station=station)
        hours = [(14, 16, 2, False), (15, 17, 1, False), (17, 18, 3, True)]
        self.shifts = [
            make_shift(
                station=station,
                kind=kind,
                starts_at=at_hour(starts, days=3),
                ends_at=at_hour(ends, days=3),
                places=places,
                confirms_at_once=at_once,
            )
            for kind, (starts, ends, places, at_once) in zip(
                ["helper", "haircut", "photo"], hours, strict=True
            )
        ]
        self.expected = set()

    def teardown(self):
        self.example.__exit__(Undone, Undone(), None)

    # Steps

    @rule(who=person, where=place)
    def join(self, who, where):
        with suppress(Refusal):
            signups.sign_up(self.people[who], self.shifts[where])
            self.expected.add((who, where))

    @rule(size=st.integers(2, 3), where=place)
    def join_as_team(self, size, where):
        with suppress(Refusal):
            signups.sign_up_team(self.people[0], self.team, self.people[:size], self.shifts[where])
            self.expected |= {(who, where) for who in range(size)}

    @rule(who=person, where=place)
    def cancel(self, who, where):
        if signups.cancel(self.people[who], self.shifts[where]):
            self.expected.remove((who, where))

    @rule(who=person, where=place)
    def accept(self, who, where):
        with suppress(Refusal):
            waiting_list.accept(self.people[who], self.shifts[where])

    @rule(who=person, where=place)
    def decline(self, who, where):
        with suppress(Refusal):
            for signup in waiting_list.decline(self.people[who], self.shifts[where]):
                self.expected.remove((self.number(signup.volunteer_id), where))

    @rule(where=place)
    def let_an_offer_run_out(self, where):
        offer = self.shifts[where].signups.filter(status=Status.OFFERED).order_by("pk").first()
        if offer:
            Signup.objects.filter(pk=offer.pk).update(offer_ends_at=timezone.now() - timedelta(seconds=1))
            waiting_list.fill_all()
            self.expected.remove((self.number(offer.volunteer_id), where))

    @rule(where=place, places=st.integers(1, 4))
    def resize(self, where, places):
        with suppress(Refusal):
            shifts.change(self.shifts[where], {"places": places}, by=self.manager)

    @rule(who=person, where=place)
    def ask_for_a_stand_in(self, who, where):
        with suppress(Refusal):
            stand_ins.ask(self.people[who], self.shifts[where])

    @rule(who=person, where=place)
    def stand_in(self, who, where):
        with suppress(Refusal):
            signup = stand_ins.stand_in(self.people[who], self.shifts[where])
            self.expected.remove((self.number(signup.stands_in_for.volunteer_id), where))
            self.expected.add((who, where))

    @rule()
    def look_round(self):
        """What beat does every minute."""
        waiting_list.fill_all()
        for shift in Shift.objects.filter(waiting__gt=0):
            self.check_that_nobody_waits_for_nothing(shift)

    # What always holds

    def number(self, pk):
        return [volunteer.pk for volunteer in self.people].index(pk)

    @invariant()
    def no_shift_has_more_people_than_places(self):
        for shift in Shift.objects.all():
            held = shift.signups.holding().count()
            assert (shift.taken, shift.waiting) == (held, shift.signups.waiting().count())
            assert held <= shift.places

    @invariant()
    def nobody_is_at_two_places_at_once(self):
        held = list(Signup.objects.holding().order_by("volunteer", "starts_at"))
        for earlier, later in zip(held, held[1:], strict=False):
            assert earlier.volunteer_id != later.volunteer_id or earlier.ends_at <= later.starts_at

    @invariant()
    def nobody_is_lost(self):
        where = {shift.pk: number for number, shift in enumerate(self.shifts)}
        active = Signup.objects.active().values_list("volunteer", "shift")
        found = [(self.number(volunteer), where[shift]) for volunteer, shift in active]
        assert sorted(found) == sorted(self.expected)

    def check_that_nobody_waits_for_nothing(self, shift):
        parties = {}
        for signup in shift.signups.waiting().select_related("volunteer"):
            parties.setdefault(signup.party or signup.pk, []).append(signup.volunteer)
        for party in parties.values():
            could = not any(checks.why_not(who, shift, checks.STILL_GOOD) for who in party)
            assert not could or len(party) > shift.places_left


def run(examples, steps):
    settings_for = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Places, settings=settings_for)


def test_a_thousand_steps(db):
    run(examples=20, steps=50)


@pytest.mark.slow
def test_ten_thousand_steps(db):
    run(examples=100, steps=100)
