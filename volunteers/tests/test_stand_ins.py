"""Standing in for somebody: the first stays responsible until the second has the place."""

from datetime import timedelta

import pytest
import time_machine

from events.models import Message
from stations.refusals import Refusal
from volunteers import signups, stand_ins
from volunteers.models import Signup
from volunteers.tests.factories import make_shift, make_signup, make_volunteer


@pytest.fixture
def shift(station):
    return make_shift(station=station, places=1)


@pytest.fixture
def looking(shift, newcomer):
    """The newcomer has the one place and looks for somebody."""
    signups.sign_up(newcomer, shift)
    return stand_ins.ask(newcomer, shift)


def states(shift):
    shift.refresh_from_db()
    return shift.taken, list(shift.signups.order_by("pk").values_list("status", flat=True))


def test_until_somebody_stands_in_the_place_stays_hers(looking, shift, newcomer):
    assert states(shift) == (1, ["confirmed"])
    assert list(newcomer.signups.live()) == [looking]


def test_who_stands_in_has_the_place_and_both_are_told(looking, shift, volunteer):
    signup = stand_ins.stand_in(volunteer, shift)

    assert (signup.volunteer, signup.stands_in_for) == (volunteer, looking)
    assert states(shift) == (1, ["replaced", "confirmed"])
    assert Message.objects.filter(key__in=[f"replaced:{looking.pk}", f"signup:{signup.pk}"]).count() == 2


def test_who_may_not_sign_up_may_not_stand_in(looking, shift, volunteer):
    make_signup(volunteer=volunteer, shift=make_shift(starts_at=shift.starts_at))

    with pytest.raises(Refusal) as refused:
        stand_ins.stand_in(volunteer, shift)

    assert refused.value.code == "overlap"
    assert states(shift) == (1, ["confirmed"])


def test_only_one_stands_in_for_one(looking, shift, volunteer, station):
    stand_ins.stand_in(volunteer, shift)

    with pytest.raises(Refusal) as refused:
        stand_ins.stand_in(make_volunteer(home_station=station), shift)

    assert refused.value.code == "no_stand_in_wanted"
    assert states(shift) == (1, ["replaced", "confirmed"])


def test_who_comes_after_all_is_not_replaced(looking, shift, newcomer, volunteer):
    stand_ins.stop_asking(newcomer, shift)

    with pytest.raises(Refusal) as refused:
        stand_ins.stand_in(volunteer, shift)

    assert refused.value.code == "no_stand_in_wanted"


def test_the_longest_looking_is_relieved_first(station, volunteer):
    shift = make_shift(station=station, places=2)
    first, second = make_signup(shift=shift), make_signup(shift=shift)
    stand_ins.ask(second.volunteer, shift)
    stand_ins.ask(first.volunteer, shift)

    stand_ins.stand_in(volunteer, shift)

    assert [Signup.objects.get(pk=signup.pk).status for signup in (first, second)] == [
        "confirmed",
        "replaced",
    ]


def test_a_stand_in_helps_after_the_deadline_too_until_the_shift_begins(looking, shift, volunteer, station):
    with time_machine.travel(shift.starts_at - timedelta(minutes=30)):
        assert stand_ins.stand_in(volunteer, shift).status == "confirmed"
    with time_machine.travel(shift.starts_at), pytest.raises(Refusal) as refused:
        stand_ins.ask(volunteer, shift)
    assert refused.value.code == "too_late"


def test_who_has_no_place_looks_for_nobody(shift, newcomer):
    with pytest.raises(Refusal) as refused:
        stand_ins.ask(newcomer, shift)

    assert refused.value.code == "not_signed_up"
