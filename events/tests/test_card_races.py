"""Codes and cards at several screens and counters at once. The codes are shown to the verbs themselves."""

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
import time_machine
from django.db.models import Q
from django.test import Client

from events import card_numbers, passes
from events.models import CardNumber, PointsAccount, WorkerPass
from events.tests.factories import PIN, make_worker_pass
from stations import kiosks
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk, make_user
from stations.tests.races import at_once, everybody, many_sessions  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]
THREADS = 20  # ten at each of two screens


@pytest.fixture(autouse=True)
def standing_clock():
    """Codes must be refused because they are used, not because they have run out meanwhile."""
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False) as clock:
        yield clock


def codes(answers):
    return Counter(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


def show(code, identify=passes.identify_by_code):
    try:
        return identify(code)
    except Refusal as refusal:
        return refusal


# Codes that were used


@pytest.fixture
def used(station):
    """Twenty codes of twenty cards, each used once."""
    drawn = [passes.new_code(make_worker_pass(station=station, points=0)) for _n in range(20)]
    for code in drawn:
        passes.identify_by_code(code)
    return drawn


def replayed(used, identify, times=25):
    """Each thread shows every code so many times: 10,000 in all."""

    def at_a_screen():
        return [show(code, identify) for code in used * times]

    return codes(answer for answers in at_once(*[at_a_screen] * THREADS) for answer in answers)


def test_of_ten_thousand_replayed_codes_none_is_accepted(used):
    assert replayed(used, passes.identify_by_code) == {"used": 10_000}


def test_control_without_the_guard_all_are_let_in(used):
    assert replayed(used, lambda code: passes.read(code)[0], times=2) == {"WorkerPass": 800}


def test_two_real_screens_let_a_code_in_once(station):
    code = passes.new_code(make_worker_pass(station=station, points=0))
    screens = cycle([make_kiosk(station=station), make_kiosk(station=station)])

    def scan(kiosk):
        client = Client()
        client.cookies[kiosks.COOKIE] = kiosk.token
        return client.post("/kiosk/", {"number": code}).status_code

    answers = at_once(*(partial(scan, next(screens)) for _n in range(THREADS)))

    assert Counter(answers) == {302: 1, 422: THREADS - 1}


# One code, shown by forty at the same moment


def test_a_code_shown_forty_times_at_once_is_accepted_once(worker):
    code = passes.new_code(worker)

    answers = at_once(*[partial(passes.identify_by_code, code)] * 40)

    assert codes(answers) == {"WorkerPass": 1, "used": 39}


def test_control_looking_before_writing_accepts_it_forty_times(worker):
    code, has_looked = passes.new_code(worker), everybody(40)

    def identify():
        worker_pass, drawn_at = passes.read(code)
        is_new = WorkerPass.objects.filter(Q(last_code_at=None) | Q(last_code_at__lt=drawn_at)).exists()
        has_looked()
        WorkerPass.objects.update(last_code_at=drawn_at)
        return worker_pass if is_new else None

    assert codes(at_once(*[identify] * 40)) == {"WorkerPass": 40}


def test_of_forty_codes_of_one_card_at_once_the_last_ends_all_others(worker, standing_clock):
    drawn = []
    for _n in range(40):
        standing_clock.shift(timedelta(milliseconds=1))
        drawn.append(passes.new_code(worker))

    at_once(*(partial(show, code) for code in drawn))

    assert {show(code).code for code in drawn} == {"used"}


# Cards


def test_two_counters_give_one_person_one_card(station):
    person = make_user()
    issue = partial(passes.issue, "骑手", PIN, station=station, person=person)

    answers = at_once(*[issue] * 10)

    assert codes(answers) == {"WorkerPass": 1, "has_card": 9}
    assert (WorkerPass.objects.count(), PointsAccount.objects.count()) == (1, 1)


@pytest.fixture
def same_number_first(monkeypatch):
    """Everybody draws the same number first."""
    rest = card_numbers.draw
    first = iter(["1234567897"] * 10)
    monkeypatch.setattr(card_numbers, "draw", lambda: next(first, None) or rest())


def test_ten_who_draw_the_same_number_get_ten_numbers(station, same_number_first):
    answers = at_once(*[partial(passes.issue, "师傅", PIN, station=station)] * 10)

    assert codes(answers) == {"WorkerPass": 10}
    assert len({card.number for card in answers}) == 10
    assert CardNumber.objects.count() == 10


def test_control_looking_for_a_free_number_before_writing_fails_at_the_counter(station):
    has_looked = everybody(10)

    def issue():
        assert not WorkerPass.objects.filter(number="1234567897").exists()
        has_looked()
        account = PointsAccount.objects.create()
        return WorkerPass.objects.create(account=account, station=station, number="1234567897")

    assert codes(at_once(*[issue] * 10)) == {"WorkerPass": 1, "IntegrityError": 9}


def test_a_card_replaced_at_ten_counters_at_once_is_replaced_once(worker, manager):
    old = worker.number

    def replace():
        return passes.replace(WorkerPass(pk=worker.pk, number=old), by=manager, reason="丢失")

    answers = at_once(*[replace] * 10)

    assert codes(answers) == {"WorkerPass": 1, "replaced_before": 9}
    assert CardNumber.objects.count() == 2
