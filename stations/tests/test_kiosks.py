from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from stations import kiosks
from stations.models import Kiosk
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk, make_station

HERE = "10.0.0.1"


@pytest.fixture
def unpaired(db):
    return Kiosk.objects.create(station=make_station(), label="前台")


@pytest.fixture
def ask(rf):
    """What a browser with that cookie is answered at a page for kiosks only."""

    @kiosks.kiosk_only
    def page(request):
        return HttpResponse(request.kiosk.label)

    def ask(token):
        rf.cookies = SimpleCookie({kiosks.COOKIE: token})
        response = page(rf.get("/kiosk/"))
        return response.status_code, response.content.decode()

    return ask


LET_IN = 200, "前台"
SENT_TO_PAIRING = 302, ""


def refusal(code, address=HERE):
    with pytest.raises(Refusal) as refused:
        kiosks.pair(code, address=address)
    return refused.value.code


def test_a_code_lets_the_device_in_at_its_station(unpaired, ask):
    kiosk, token = kiosks.pair(kiosks.new_code(unpaired), address=HERE)

    assert (kiosk, kiosk.station, kiosk.is_paired) == (unpaired, unpaired.station, True)
    assert ask(token) == LET_IN


def test_nobody_without_a_token_is_let_in(unpaired, ask):
    kiosks.pair(kiosks.new_code(unpaired), address=HERE)

    assert ask("") == SENT_TO_PAIRING
    assert ask("guessed") == SENT_TO_PAIRING


def test_pages_of_a_kiosk_are_not_kept(kiosk, rf):
    rf.cookies = SimpleCookie({kiosks.COOKIE: kiosk.token})

    response = kiosks.kiosk_only(lambda request: HttpResponse())(rf.get("/kiosk/"))

    assert response["Cache-Control"] == "no-store"


def test_a_code_works_once(unpaired):
    code = kiosks.new_code(unpaired)
    kiosks.pair(code, address=HERE)

    assert refusal(code) == "bad_code"


def test_a_code_may_be_typed_in_small_letters_with_spaces_and_dashes(unpaired):
    code = kiosks.new_code(unpaired)

    kiosk, _token = kiosks.pair(f" {code[:4].lower()}-{code[4:].lower()} ", address=HERE)

    assert kiosk == unpaired


def test_a_code_has_eight_signs_that_cannot_be_mistaken_for_one_another(unpaired):
    codes = [kiosks.new_code(unpaired) for _n in range(20)]

    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) & set("01IO") == set()


@pytest.mark.parametrize(("minutes", "works"), [(9.9, True), (10.1, False)])
def test_a_code_lives_for_ten_minutes(unpaired, minutes, works):
    code = kiosks.new_code(unpaired)

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        if works:
            assert kiosks.pair(code, address=HERE)[0] == unpaired
        else:
            assert refusal(code) == "bad_code"


def test_a_wrong_or_empty_code_is_refused(unpaired):
    kiosks.new_code(unpaired)

    assert [refusal("ABCDEFGH"), refusal(""), refusal(" ")] == ["bad_code"] * 3


def test_a_revoked_device_is_refused_at_its_next_request(kiosk, ask):
    assert ask(kiosk.token) == LET_IN

    kiosks.revoke(kiosk)

    assert ask(kiosk.token) == SENT_TO_PAIRING
    kiosk.refresh_from_db()
    assert (kiosk.is_paired, kiosk.token_digest) == (False, None)


def test_revoking_ends_a_code_that_was_not_used_yet(unpaired):
    code = kiosks.new_code(unpaired)

    kiosks.revoke(unpaired)

    assert refusal(code) == "bad_code"


def test_a_new_code_ends_the_old_pairing_and_the_old_code(kiosk, ask):
    old = kiosks.new_code(kiosk)

    new = kiosks.new_code(kiosk)

    assert ask(kiosk.token) == SENT_TO_PAIRING
    assert refusal(old) == "bad_code"
    assert kiosks.pair(new, address=HERE)[0] == kiosk


def test_a_revoked_device_can_be_paired_anew(kiosk, ask):
    kiosks.revoke(kiosk)

    _kiosk, token = kiosks.pair(kiosks.new_code(kiosk), address=HERE)

    assert ask(token) == LET_IN
    assert ask(kiosk.token) == SENT_TO_PAIRING


def test_two_devices_do_not_disturb_each_other(station, ask):
    first, second = make_kiosk(station=station), make_kiosk(station=station)

    kiosks.revoke(first)

    assert ask(first.token) == SENT_TO_PAIRING
    assert ask(second.token) == LET_IN


def test_an_address_has_ten_tries_in_ten_minutes(unpaired):
    code = kiosks.new_code(unpaired)
    guesses = [refusal("ABCDEFGH") for _n in range(10)]

    assert guesses == ["bad_code"] * 10
    assert refusal(code) == "too_many"
    assert kiosks.pair(code, address="10.0.0.2")[0] == unpaired


def test_after_ten_minutes_an_address_may_try_again(unpaired):
    for _n in range(10):
        refusal("ABCDEFGH")

    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert kiosks.pair(kiosks.new_code(unpaired), address=HERE)[0] == unpaired


def test_neither_code_nor_token_is_kept_in_the_database(unpaired):
    code = kiosks.new_code(unpaired)
    unpaired.refresh_from_db()
    assert (code in unpaired.pairing_digest, len(unpaired.pairing_digest)) == (False, 64)

    kiosk, token = kiosks.pair(code, address=HERE)

    assert (kiosk.pairing_digest, token == kiosk.token_digest) == ("", False)
