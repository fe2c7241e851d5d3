"""What a slip of the finger on the number of a card does."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from events import card_numbers

drawn = st.from_regex(r"[0-9]{9}", fullmatch=True).map(
    lambda digits: digits + card_numbers.check_digit(digits)
)


@given(drawn, st.integers(0, 9), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_found(number, place, digit):
    assume(number[place] != digit)

    assert card_numbers.is_mistyped(number[:place] + digit + number[place + 1 :])


@given(drawn, st.integers(0, 8))
def test_every_swap_of_two_neighbours_is_found_but_09_and_90(number, place):
    pair = number[place : place + 2]
    assume(pair[0] != pair[1] and pair not in ("09", "90"))

    assert card_numbers.is_mistyped(number[:place] + pair[::-1] + number[place + 2 :])


@given(drawn)
def test_the_number_itself_is_not_mistyped_and_no_digit_may_be_missing_or_too_many(number):
    assert not card_numbers.is_mistyped(number)
    assert card_numbers.is_mistyped(number[:-1])
    assert card_numbers.is_mistyped(number[:7])


def test_a_number_is_drawn_whole_with_its_check_digit():
    numbers = {card_numbers.draw() for _n in range(100)}

    assert {len(number) for number in numbers} == {10}
    assert not any(map(card_numbers.is_mistyped, numbers))
    assert len(numbers) > 98


@pytest.mark.parametrize(("number", "last"), [("7992739871", "3"), ("000000000", "0"), ("000000001", "8")])
def test_the_check_digit_is_luhns(number, last):
    assert card_numbers.check_digit(number) == last


@pytest.mark.parametrize("typed", ["12 3456 7897", " 1234567897\n", "１２３４５６７８９７", "12-3456-7897"])
def test_gaps_and_wide_digits_do_not_matter(typed):
    assert card_numbers.plain(typed) == "1234567897"


@pytest.mark.parametrize(("number", "read"), [("1234567897", "12 3456 7897"), ("33110001", "3311 0001")])
def test_a_number_is_printed_in_groups(number, read):
    assert card_numbers.grouped(number) == read
