"""The card on the phone and at the screen of a station."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events import passes
from events.models import WorkerPass
from events.tests.factories import PIN, make_redemption_day
from stations.tests.factories import make_user

NOON = "2026-11-20T12:00:00+08:00"


@pytest.fixture
def rider(station):
    person = make_user(name="骑手", email="rider@example.com")
    passes.issue("骑手", PIN, station=station, person=person)
    return person


@pytest.fixture
def phone(client, rider):
    client.force_login(rider)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def screen(kiosk_client, station):
    make_redemption_day(station=station)
    kiosk_client.cookies["django_language"] = "en"
    return kiosk_client


def drawing(response):
    return re.search(r"<svg.*?</svg>", response.content.decode(), re.DOTALL).group()


def test_the_page_shows_a_code_that_changes_and_the_number(phone, rider):
    with time_machine.travel(NOON, tick=False) as clock:
        first = phone.get("/me/card/")
        clock.shift(timedelta(seconds=20))
        second = phone.get("/me/card/code/")

    assert drawing(first) != drawing(second)
    assert passes.of(rider).grouped_number in first.content.decode()
    assert '<meta http-equiv="refresh" content="20">' in first.content.decode()
    assert {"no-store" in answer.headers["Cache-Control"] for answer in (first, second)} == {True}


def test_the_part_that_changes_costs_three_questions(phone, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):  # session, person, consent, card
        phone.get("/me/card/code/")


def test_my_page_leads_to_the_card(phone):
    assert 'href="/me/card/"' in phone.get("/me/").content.decode()


def test_who_has_no_card_reads_how_to_get_one(client, stranger):
    client.force_login(stranger)
    client.cookies["django_language"] = "en"

    assert client.get("/me/card/", follow=True).redirect_chain == [("/me/", 302)]
    assert client.get("/me/card/code/").status_code == 404
    page = client.get("/me/").content.decode()
    assert "You have no points card yet. The staff at any station can issue one" in page
    assert 'href="/me/card/"' not in page


def test_a_stopped_card_shows_no_code(phone):
    WorkerPass.objects.update(is_active=False)

    assert phone.get("/me/card/").url == "/me/"
    assert phone.get("/me/card/code/").status_code == 404
    assert "Your points card is stopped." in phone.get("/me/").content.decode()


# At the screen of a station


def test_a_code_leads_to_the_rewards_without_a_pin(screen, rider):
    answer = screen.post("/kiosk/", {"number": passes.new_code(passes.of(rider))})

    assert answer.url == "/kiosk/rewards/"
    assert "You have 0 points" in screen.get("/kiosk/rewards/").content.decode()
    assert dict(screen.session.items()) == {
        "kiosk_worker": passes.of(rider).number,
        "_session_expiry": 60,
    }


def test_a_number_scanned_or_typed_needs_the_pin(screen, rider):
    card = passes.of(rider)

    for typed in (card.number, card.grouped_number, f" {card.number}\n"):
        assert screen.post("/kiosk/", {"number": typed}).url == "/kiosk/pin/"
    assert screen.get("/kiosk/rewards/").url == "/kiosk/"


def test_a_code_that_does_not_work_is_told_and_the_field_is_empty_for_the_next(screen, rider):
    card = passes.of(rider)
    used = passes.new_code(card)
    passes.identify_by_code(used)
    mistyped = card.number[:-1] + str((int(card.number[-1]) + 1) % 10)
    with time_machine.travel(timezone.now() - timedelta(seconds=31), tick=False):
        old = passes.new_code(card)
    said = {
        used: "This code has been used. Please show the next one.",
        old: "This code has run out. Please show the next one.",
        "1" * 43: "This is not one of our codes. Please show the code again.",
        mistyped: "This number has a typing mistake. Please look at the card again.",
        "https://example.com/": "We cannot read this card. Please ask the staff.",
    }

    for scanned, sentence in said.items():
        answer = screen.post("/kiosk/", {"number": scanned})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert scanned not in answer.content.decode()
    assert screen.get("/kiosk/rewards/").url == "/kiosk/"
