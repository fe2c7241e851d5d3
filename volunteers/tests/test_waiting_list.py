"""Who waits comes next: in order, as an offer that runs out or at once, groups too."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events.models import Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from volunteers import shifts, signups, waiting_list
from volunteers.models import Credential, ServiceKind, Signup
from volunteers.tests.factories import (
    make_credential,
    make_shift,
    make_signup,
    make_team,
    make_volunteer,
)


@pytest.fixture
def full(station):
    """A shift in three days with two places, both taken."""
    shift = make_shift(station=station, starts_at=at_hour(14, days=3))
    make_signup(shift=shift)
    make_signup(shift=shift)
    return shift


def taken_by(shift):
    return [signup.volunteer for signup in shift.signups.live().order_by("pk")]


def states(shift, *volunteers):
    latest = [shift.signups.filter(volunteer=volunteer).order_by("-pk").first() for volunteer in volunteers]
    return [signup.status for signup in latest]


@pytest.fixture
def queue(full, station):
    """Three who wait for it."""
    waiting = [make_volunteer(home_station=station) for _n in range(3)]
    for volunteer in waiting:
        signups.sign_up(volunteer, full)
    return waiting


def give_back(shift, callbacks):
    with callbacks(execute=True):
        assert signups.cancel(taken_by(shift)[0], shift)


def test_a_free_place_is_offered_to_the_first_in_the_queue(full, queue, django_capture_on_commit_callbacks):
    give_back(full, django_capture_on_commit_callbacks)

    signup = Signup.objects.get(volunteer=queue[0])
    full.refresh_from_db()
    assert states(full, *queue) == ["offered", "waitlisted", "waitlisted"]
    assert (full.taken, full.waiting) == (2, 2)
    assert signup.offer_ends_at == pytest.approx(
        timezone.now() + timedelta(hours=12), abs=timedelta(minutes=1)
    )
    assert Message.objects.get(key__startswith=f"offer:{signup.pk}:").person == queue[0].person


def test_nobody_slips_in_past_the_queue(full, queue, newcomer):
    signups.cancel(taken_by(full)[0], full)

    late = signups.sign_up(newcomer, full)

    assert (late.status, late.position) == ("waitlisted", 4)


def test_an_offer_accepted_is_a_place(full, queue, django_capture_on_commit_callbacks):
    give_back(full, django_capture_on_commit_callbacks)

    waiting_list.accept(queue[0], full)

    assert states(full, *queue) == ["confirmed", "waitlisted", "waitlisted"]


@pytest.mark.parametrize("say_no", [waiting_list.decline, signups.cancel])
def test_an_offer_declined_goes_to_the_next(full, queue, django_capture_on_commit_callbacks, say_no):
    give_back(full, django_capture_on_commit_callbacks)

    with django_capture_on_commit_callbacks(execute=True):
        say_no(queue[0], full)

    assert states(full, *queue) == ["declined", "offered", "waitlisted"]


def test_an_offer_that_runs_out_goes_to_the_next_and_both_are_told(
    full, queue, django_capture_on_commit_callbacks
):
    give_back(full, django_capture_on_commit_callbacks)
    first = Signup.objects.get(volunteer=queue[0])

    with time_machine.travel(first.offer_ends_at + timedelta(seconds=1)):
        with pytest.raises(Refusal) as refused:
            waiting_list.accept(queue[0], full)
        with django_capture_on_commit_callbacks(execute=True):
            assert waiting_list.fill_all() == 1
        assert waiting_list.fill_all() == 0

    assert refused.value.code == "no_offer"
    assert states(full, *queue) == ["expired", "offered", "waitlisted"]
    assert Message.objects.filter(key=f"expired:{first.pk}").count() == 1


def test_an_offer_leaves_time_for_the_next_before_the_shift(full, queue):
    with time_machine.travel(full.starts_at - timedelta(hours=4), tick=False):
        signups.end([full.signups.live().first()], "removed", by=None)
        waiting_list.fill(full.pk)

    offer = Signup.objects.get(volunteer=queue[0])
    assert offer.offer_ends_at == full.starts_at - timedelta(hours=2)


def test_where_the_shift_says_so_the_place_is_theirs_at_once(full, queue, django_capture_on_commit_callbacks):
    full.confirms_at_once = True
    full.save(update_fields=["confirms_at_once"])

    give_back(full, django_capture_on_commit_callbacks)

    assert states(full, *queue) == ["confirmed", "waitlisted", "waitlisted"]
    signup = Signup.objects.get(volunteer=queue[0])
    assert Message.objects.filter(key=f"signup:{signup.pk}").exists()


def test_more_places_are_for_those_who_wait(full, queue, manager, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        shifts.change(full, {"places": 4}, by=manager)

    assert states(full, *queue) == ["offered", "offered", "waitlisted"]


def test_who_is_elsewhere_meanwhile_is_passed_over_and_keeps_the_number(
    full, queue, other_station, django_capture_on_commit_callbacks
):
    make_signup(volunteer=queue[0], shift=make_shift(station=other_station, starts_at=full.starts_at))

    give_back(full, django_capture_on_commit_callbacks)

    assert states(full, *queue) == ["waitlisted", "offered", "waitlisted"]
    assert full.signups.get(volunteer=queue[0]).position == 1


def test_whose_document_was_withdrawn_meanwhile_is_passed_over(station, django_capture_on_commit_callbacks):
    shift = make_shift(station=station, kind=ServiceKind.LEGAL, places=1)
    make_signup(shift=shift)
    lawyers = [make_volunteer(home_station=station) for _n in range(2)]
    for lawyer in lawyers:
        make_credential(volunteer=lawyer, status=Credential.Status.APPROVED)
        signups.sign_up(lawyer, shift)
    lawyers[0].credentials.update(status=Credential.Status.REVOKED)

    give_back(shift, django_capture_on_commit_callbacks)

    assert states(shift, *lawyers) == ["waitlisted", "offered"]


def test_an_offer_is_not_accepted_once_the_document_is_withdrawn(station, django_capture_on_commit_callbacks):
    shift = make_shift(station=station, kind=ServiceKind.LEGAL, places=1)
    make_signup(shift=shift)
    lawyer = make_volunteer(home_station=station)
    make_credential(volunteer=lawyer, status=Credential.Status.APPROVED)
    signups.sign_up(lawyer, shift)
    give_back(shift, django_capture_on_commit_callbacks)
    lawyer.credentials.update(status=Credential.Status.REVOKED)

    with pytest.raises(Refusal) as refused:
        waiting_list.accept(lawyer, shift)

    assert refused.value.code == "credential_required"
    assert states(shift, lawyer) == ["offered"]


# Groups


@pytest.fixture
def team(full, station):
    """Two riders who wait together for the full shift."""
    riders = [make_volunteer(home_station=station) for _n in range(2)]
    team = make_team(*riders, station=station)
    signups.sign_up_team(riders[0], team, riders, full)
    return riders


def test_a_group_waits_until_there_is_room_for_all(full, team, newcomer, django_capture_on_commit_callbacks):
    signups.sign_up(newcomer, full)

    give_back(full, django_capture_on_commit_callbacks)
    assert states(full, *team, newcomer) == ["waitlisted", "waitlisted", "offered"]

    with django_capture_on_commit_callbacks(execute=True):
        waiting_list.decline(newcomer, full)
    give_back(full, django_capture_on_commit_callbacks)
    assert states(full, *team, newcomer) == ["offered", "offered", "declined"]


def test_the_leader_answers_for_the_group(full, team, django_capture_on_commit_callbacks):
    for _place in range(2):
        give_back(full, django_capture_on_commit_callbacks)

    waiting_list.accept(team[0], full)

    assert states(full, *team) == ["confirmed", "confirmed"]


def test_a_member_of_the_group_answers_for_herself(full, team, django_capture_on_commit_callbacks):
    for _place in range(2):
        give_back(full, django_capture_on_commit_callbacks)

    waiting_list.decline(team[1], full)

    assert states(full, *team) == ["offered", "declined"]


# When the process dies between freeing and filling


def test_the_next_round_fills_what_was_left_free(full, queue):
    signups.cancel(taken_by(full)[0], full)  # its callbacks never run

    waiting_list.fill_all()
    waiting_list.fill_all()

    assert states(full, *queue) == ["offered", "waitlisted", "waitlisted"]


def test_nothing_is_filled_once_the_shift_has_begun(full, queue):
    signups.cancel(taken_by(full)[0], full)

    with time_machine.travel(full.starts_at):
        waiting_list.fill_all()

    assert states(full, *queue) == ["waitlisted"] * 3
