"""Random steps of everything that gives and takes chairs: none is ever given twice, and nobody is lost."""

from collections import Counter
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from events import bookings
from events.models import Booking, Booth, PointsAccount
from events.tests.factories import make_booth
from stations.refusals import Refusal
from stations.tests.factories import make_station

PEOPLE, SLOTS, MOST = 7, 3, 3
person, slot, which = st.integers(0, PEOPLE - 1), st.integers(0, SLOTS - 1), st.integers(0, 1)


class Undone(Exception):
    pass


class Chairs(RuleBasedStateMachine):
    """Two booths at one time, of three slots each; `expected` says who has which, kept beside the tables."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        station = make_station()
        kinds = [Booth.Kind.HAIRCUT, Booth.Kind.PHOTO]
        self.booths = [make_booth(station=station, kind=kind, chairs=2) for kind in kinds]
        self.accounts = [PointsAccount.objects.create() for _n in range(PEOPLE)]
        self.expected = {}

    def teardown(self):
        self.example.__exit__(Undone, Undone(), None)

    @rule(who=person, where=which, when=slot)
    def book(self, who, where, when):
        booth = self.booths[where]
        with suppress(Refusal):
            booking = bookings.book(self.accounts[who], booth, booth.slots[when])
            self.expected[booking.pk] = (who, where, when)

    @rule(who=person, where=which)
    def cancel(self, who, where):
        mine = Booking.objects.live().filter(account=self.accounts[who], booth=self.booths[where]).first()
        if mine:
            bookings.cancel(mine)
            del self.expected[mine.pk]

    @rule(where=which, chairs=st.integers(0, MOST))
    def resize(self, where, chairs):
        for gone in bookings.resize(self.booths[where].source, chairs=chairs):
            del self.expected[gone.pk]
            later = [pk for pk, place in self.expected.items() if place[1:] == (where, self.slot_of(gone))]
            assert all(pk < gone.pk for pk in later)  # the latest goes first

    def slot_of(self, booking):
        return booking.booth.slots.index(booking.starts_at)

    @invariant()
    def no_chair_is_given_twice_or_does_not_exist(self):
        live = Booking.objects.live().select_related("booth")
        held = Counter((booking.booth_id, booking.starts_at, booking.chair) for booking in live)
        assert set(held.values()) <= {1}
        assert all(booking.chair < booking.booth.chairs for booking in live)

    @invariant()
    def nobody_is_at_two_places_or_lost(self):
        found = {
            booking.pk: (
                [account.pk for account in self.accounts].index(booking.account_id),
                [booth.pk for booth in self.booths].index(booking.booth_id),
                self.slot_of(booking),
            )
            for booking in Booking.objects.live().select_related("booth")
        }
        assert found == self.expected
        times = Counter((who, when) for who, _where, when in found.values())
        assert set(times.values()) <= {1}


def run(examples, steps):
    settings_for = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Chairs, settings=settings_for)


def test_a_thousand_steps(db):
    run(examples=20, steps=50)


@pytest.mark.slow
def test_ten_thousand_steps(db):
    run(examples=100, steps=100)
