"""The code on a worker's phone: good once, for thirty seconds, and nobody else can make one."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import passes
from events.models import WorkerPass
from events.tests.factories import PIN, make_worker_pass
from stations.refusals import Refusal

NOON = "2026-11-20T12:00:00+08:00"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def refusal(code):
    with pytest.raises(Refusal) as refused:
        passes.identify_by_code(code)
    return refused.value.code


def later(clock, **how_much):
    clock.shift(timedelta(**how_much))


def test_a_code_tells_who_it_is_without_a_pin(worker, clock):
    assert passes.identify_by_code(passes.new_code(worker)) == worker


def test_a_code_is_digits_only_and_has_neither_number_nor_pin_in_it(worker, clock):
    code = passes.new_code(worker)

    assert (len(code), code.isascii(), code.isdecimal()) == (43, True, True)
    assert worker.number not in code
    assert PIN not in code.removeprefix(code[:23])[20:]


def test_a_code_works_once(worker, clock):
    code = passes.new_code(worker)
    passes.identify_by_code(code)

    assert [refusal(code) for _n in range(3)] == ["used"] * 3


def test_a_code_lives_for_thirty_seconds_and_no_longer(worker, clock):
    early, late = passes.new_code(worker), None
    later(clock, seconds=1)
    late = passes.new_code(worker)

    later(clock, seconds=29, milliseconds=1)
    assert refusal(early) == "expired"
    later(clock, milliseconds=998)
    assert passes.identify_by_code(late) == worker


def test_every_code_is_new_and_using_one_ends_those_before_it(worker, clock):
    first = passes.new_code(worker)
    later(clock, seconds=20)
    second = passes.new_code(worker)
    assert first != second
    passes.identify_by_code(second)

    assert refusal(first) == "used"
    later(clock, milliseconds=1)
    assert passes.identify_by_code(passes.new_code(worker)) == worker


def test_a_code_of_the_future_is_refused(worker, clock):
    later(clock, seconds=5)
    code = passes.new_code(worker)
    later(clock, seconds=-5)

    assert refusal(code) == "bad_code"


def test_no_digit_of_a_code_can_be_changed(worker, clock):
    make_worker_pass()  # somebody whose number the changed code may name
    code = passes.new_code(worker)

    answers = {
        refusal(code[:place] + digit + code[place + 1 :])
        for place, before in enumerate(code)
        for digit in "0123456789"
        if digit != before
    }

    assert answers == {"bad_code"}
    assert passes.identify_by_code(code) == worker


def test_a_code_cannot_be_given_the_name_of_another_card(worker, clock):
    other = make_worker_pass()
    code = passes.new_code(worker)

    assert refusal(f"{code[:13]}{other.pk:010d}{code[23:]}") == "bad_code"


@given(st.from_regex(r"[0-9]{20}", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_a_guessed_mac_is_refused(worker, digits):
    assert refusal(passes.new_code(worker)[:23] + digits) == "bad_code"


def test_a_code_made_with_another_secret_is_refused(worker, clock, settings):
    ours = settings.SECRET_KEY
    settings.SECRET_KEY = "somebody else's"
    code = passes.new_code(worker)
    settings.SECRET_KEY = ours

    assert refusal(code) == "bad_code"


@pytest.mark.parametrize("text", ["", "1" * 11, "1" * 42, "9" * 43, "0" * 43, "1" * 64, "x" * 43, "１" * 43])
def test_what_only_looks_like_a_code_is_refused(worker, text):
    assert refusal(text) == "bad_code"


def test_a_code_of_a_stopped_card_is_refused(worker, clock):
    code = passes.new_code(worker)
    WorkerPass.objects.update(is_active=False)

    assert refusal(code) == "unknown_card"


def test_a_code_drawn_before_the_card_was_replaced_is_refused(worker, clock, manager):
    code = passes.new_code(worker)
    passes.replace(worker, by=manager, reason="丢失")

    assert refusal(code) == "bad_code"
    assert passes.identify_by_code(passes.new_code(worker)) == worker


def test_a_code_works_while_wrong_pins_have_locked_the_card_and_does_not_end_the_lock(worker, clock):
    for _n in range(5):
        with pytest.raises(Refusal):
            passes.identify(worker.number, "0000")

    assert passes.identify_by_code(passes.new_code(worker)) == worker

    with pytest.raises(Refusal) as refused:
        passes.identify(worker.number, PIN)
    assert refused.value.code == "card_locked"


def test_of_three_hundred_codes_in_any_order_none_works_twice(worker):
    shuffle = random.Random(1).shuffle
    with time_machine.travel(NOON, tick=False) as clock:
        codes = []
        for _n in range(300):
            codes.append((passes.new_code(worker), timezone.now()))
            later(clock, milliseconds=20)
        shuffle(codes)

        accepted = []
        for code, drawn_at in codes * 2:
            try:
                passes.identify_by_code(code)
            except Refusal as refused:
                assert refused.code == "used"
            else:
                accepted.append(drawn_at)

    assert accepted == sorted(set(accepted))
    assert accepted[-1] == max(drawn_at for _code, drawn_at in codes)
