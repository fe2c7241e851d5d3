"""Cards in the workplace: for an account, printed, lost and replaced."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from events import passes, points
from events.models import CardNumber, Message, PointsAccount, WorkerPass
from events.tests.factories import PIN, make_points, make_redemption_day, make_reward, make_worker_pass
from stations import history
from stations.refusals import Refusal
from stations.tests.factories import make_user

LIST = "admin:events_workerpass_changelist"
ADD = "admin:events_workerpass_add"


def page(verb, worker_pass):
    return reverse(f"admin:events_workerpass_{verb}", args=[worker_pass.pk])


@pytest.fixture
def counter(client, manager):
    """The manager's browser, in English."""
    client.force_login(manager)
    client.cookies["django_language"] = "en"
    return client


def issue(counter, station, **form):
    form = {"station": station.pk, "nickname": "李师傅", "new_pin": "2468", **form}
    return counter.post(reverse(ADD), form, follow=True)


def refusal(verb, *args, **kw):
    with pytest.raises(Refusal) as refused:
        verb(*args, **kw)
    return refused.value


# Issuing


def test_a_card_has_ten_digits_an_occupation_and_stands_in_no_table_unless_asked(counter, station):
    answer = issue(counter, station, occupation="courier")

    card = WorkerPass.objects.get()
    assert card.number in answer.content.decode()
    assert len(card.number) == 10
    assert (card.occupation, card.is_in_table, card.account.person) == ("courier", False, None)


def test_nobody_needs_to_name_an_occupation_and_who_agrees_stands_in_the_table(counter, station):
    issue(counter, station, is_in_table="on")

    card = WorkerPass.objects.get()
    assert (card.occupation, card.is_in_table) == ("", True)


@pytest.mark.parametrize("login", ["rider@example.com", " RIDER@example.com ", "138 0013 8000"])
def test_card_and_account_share_the_points_and_the_owner_is_told(counter, station, login):
    rider = make_user(name="骑手", email="rider@example.com", phone="+8613800138000")
    make_points(points.account_of(rider), 40)

    issue(counter, station, login=login)

    card = WorkerPass.objects.get()
    assert (card.account.person, card.account.balance) == (rider, 40)
    assert PointsAccount.objects.count() == 1
    assert Message.objects.filter(person=rider, key=f"card:{card.number}").count() == 1


def test_a_person_without_an_account_is_told_at_the_form(counter, station):
    answer = issue(counter, station, login="nobody@example.com")

    assert "Nobody has an account with it." in answer.content.decode()
    assert not WorkerPass.objects.exists()


def test_a_person_has_one_card(counter, station):
    rider = make_user(email="rider@example.com")
    passes.issue("骑手", PIN, station=station, person=rider)

    answer = issue(counter, station, login="rider@example.com")

    assert "This person has a points card already." in answer.content.decode()
    assert WorkerPass.objects.count() == 1


def test_a_number_that_was_ever_on_a_card_is_not_drawn_again(worker, manager, station, monkeypatch):
    old = worker.number
    passes.replace(worker, by=manager, reason="丢失")
    drawn = iter([worker.number, old, "1234567897"])
    monkeypatch.setattr("events.card_numbers.draw", lambda: next(drawn))

    assert passes.issue("李师傅", PIN, station=station).number == "1234567897"


def test_where_no_number_is_free_nothing_is_issued(worker, station, monkeypatch):
    monkeypatch.setattr("events.card_numbers.draw", lambda: worker.number)

    assert refusal(passes.issue, "李师傅", PIN, station=station).code == "no_number"
    assert WorkerPass.objects.count() == 1


# Typing it in


def test_a_mistyped_number_is_told_before_anybody_looks_for_it(station, django_assert_num_queries):
    number = make_worker_pass(station=station).number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    with django_assert_num_queries(0):
        refused = refusal(passes.find, wrong)

    assert refused.code == "mistyped"


def test_numbers_of_eight_digits_stay_good(worker):
    assert len(worker.number) == 8
    assert passes.identify("3301 0001", PIN) == worker


# Lost


def test_a_lost_card_is_dead_at_once_and_the_new_one_has_its_points_and_pin(worker, manager):
    old = worker.number

    passes.replace(worker, by=manager, reason="丢失")

    assert worker.number != old
    assert passes.identify(worker.number, PIN) == worker
    assert worker.account.balance == 100
    assert refusal(passes.identify, old, PIN).code == "replaced_card"
    assert CardNumber.objects.filter(number=old).exists()


def test_a_card_stopped_by_the_staff_is_not_said_to_be_replaced(worker):
    WorkerPass.objects.update(is_active=False)

    assert refusal(passes.find, worker.number).code == "unknown_card"


def test_a_replacement_forgets_wrong_pins_and_may_bring_a_new_pin(worker, manager):
    WorkerPass.objects.update(wrong_pins=5)

    passes.replace(worker, by=manager, reason="丢失", pin="8642")

    assert passes.identify(worker.number, "8642") == worker
    assert refusal(passes.identify, worker.number, PIN).code == "wrong_pin"


def test_the_history_says_which_card_was_lost_and_why(worker, manager):
    old = worker.number

    passes.replace(worker, by=manager, reason="掉在河里")

    line = history.of(worker).first()
    assert (line.person, line.reason, line.changes) == (manager, "掉在河里", [["number", old, worker.number]])


def test_the_owner_of_the_account_is_told_of_a_replacement(station, manager):
    rider = make_user(email="rider@example.com")
    card = passes.issue("骑手", PIN, station=station, person=rider)

    passes.replace(card, by=manager, reason="丢失")

    assert Message.objects.filter(person=rider, key=f"card:{card.number}").count() == 1


def test_a_card_replaced_in_the_middle_of_a_session_ends_it_at_the_next_step(kiosk_client, worker, manager):
    make_redemption_day(station=worker.station)
    soap = make_reward(station=worker.station)
    kiosk_client.post("/kiosk/", {"number": worker.number})
    kiosk_client.post("/kiosk/pin/", {"pin": PIN})
    assert kiosk_client.get("/kiosk/rewards/").status_code == 200

    passes.replace(worker, by=manager, reason="丢失")

    key = "11111111-1111-4111-8111-111111111111"
    assert kiosk_client.post(f"/kiosk/rewards/{soap.pk}/", {"key": key}).url == "/kiosk/"
    assert kiosk_client.get("/kiosk/rewards/").url == "/kiosk/"
    worker.account.refresh_from_db()
    assert worker.account.balance == 100


def test_a_card_replaced_between_card_and_pin_is_dead_at_the_pin(kiosk_client, worker, manager):
    kiosk_client.cookies["django_language"] = "en"
    kiosk_client.post("/kiosk/", {"number": worker.number})
    passes.replace(worker, by=manager, reason="丢失")

    answer = kiosk_client.post("/kiosk/pin/", {"pin": PIN})

    assert answer.status_code == 422
    assert "This card was replaced. Please use the new card, or ask the staff." in answer.content.decode()


def test_the_counter_replaces_a_lost_card_once_however_often_it_is_pressed(counter, worker):
    old, address = worker.number, page("replace", worker)
    form = {"number": old, "reason": "Left on the bus", "pin": "8642"}

    done = counter.post(address, form, follow=True)
    again = counter.post(address, form)

    worker.refresh_from_db()
    assert worker.number != old
    assert worker.number in done.content.decode()
    assert again.status_code == 422
    assert "replaced or stopped meanwhile" in again.content.decode()
    assert passes.identify(worker.number, "8642") == worker


@pytest.mark.parametrize("form", [{}, {"reason": " "}, {"reason": "Lost", "pin": "12"}])
def test_the_counter_says_what_is_missing(counter, worker, form):
    answer = counter.post(page("replace", worker), {"number": worker.number, **form})

    assert answer.status_code == 422
    assert WorkerPass.objects.get().number == worker.number


def test_the_card_of_another_station_is_neither_printed_nor_replaced(client, other_manager, worker):
    client.force_login(other_manager)
    form = {"number": worker.number, "reason": "Lost"}

    answers = [
        client.get(page("card", worker)),
        client.get(page("replace", worker)),
        client.post(page("replace", worker), form),
        client.post(reverse(LIST), {"action": "print_cards", "_selected_action": [worker.pk]}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 302]
    assert WorkerPass.objects.get().number == worker.number


# On paper


def test_a_printed_card_has_number_name_and_station_and_neither_pin_nor_phone(counter, station):
    rider = make_user(email="rider@example.com", phone="+8613800138000")
    card = passes.issue("骑手小李", PIN, station=station, person=rider)

    paper = counter.get(page("card", card)).content.decode()

    with translation.override("zh-hans"):
        title = translation.gettext("Points card")
    for said in (title, "骑手小李", card.grouped_number, station.name):
        assert said in paper
    assert paper.count('role="img"') == 1
    text = re.sub(r"<[^>]*>", " ", paper)
    assert PIN not in text.replace(card.grouped_number, "")
    assert "13800138000" not in paper


@pytest.mark.parametrize("count", [1, 3])
def test_several_cards_are_printed_together(counter, station, count, django_assert_max_num_queries):
    cards = [make_worker_pass(station=station, nickname=f"师傅{n}") for n in range(count)]

    with django_assert_max_num_queries(10):
        paper = counter.post(
            reverse(LIST), {"action": "print_cards", "_selected_action": [card.pk for card in cards]}
        ).content.decode()

    assert [card.grouped_number in paper for card in cards] == [True] * count
    assert paper.count('class="points-card"') == count
