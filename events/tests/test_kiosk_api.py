"""The kiosk's API: who is there, what there is, and an order that acts once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events.models import Redemption
from events.tests.factories import PIN, make_reward
from stations import kiosks
from stations.tests.factories import make_kiosk

IDENTIFY, REWARDS = "/api/v1/kiosk/identify/", "/api/v1/kiosk/rewards/"
REDEMPTIONS = "/api/v1/kiosk/redemptions/"


@pytest.fixture
def soap(station, redemption_day):
    return make_reward(name_zh="香皂", station=station)


def identify(client, number, pin=PIN):
    return client.post(IDENTIFY, {"number": number, "pin": pin}, content_type="application/json")


@pytest.fixture
def known(kiosk_client, worker):
    """The token of the worker at this kiosk."""
    return identify(kiosk_client, worker.number).json()["worker"]


def order(client, token, reward, key="order-1"):
    body = {"worker": token, "reward": reward.pk}
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(REDEMPTIONS, body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def test_a_card_and_its_pin_say_who_is_there_and_nothing_more(kiosk_client, worker):
    answer = identify(kiosk_client, worker.number)

    known = answer.json()
    assert (known["name"], known["balance"], known["available"]) == ("张**", 100, 100)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert known.keys() == {"worker", "name", "balance", "available"}


def test_a_wrong_pin_is_counted_and_the_fifth_locks_the_card(kiosk_client, worker):
    codes = [identify(kiosk_client, worker.number, "0000").json()["code"] for _n in range(5)]

    assert codes == ["wrong_pin"] * 4 + ["card_locked"]
    assert identify(kiosk_client, worker.number).json()["code"] == "card_locked"


def test_what_there_is_comes_cheapest_first_with_todays_price(kiosk_client, soap, station):
    make_reward(name_zh="纸巾", station=station, points=10, left=0)
    soap.prices.create(points=40, starts_on=timezone.localdate())

    found = kiosk_client.get(REWARDS).json()

    assert [(r["name"], r["points"], r["left"]) for r in found] == [("纸巾", 10, 0), ("香皂", 40, 5)]


def test_an_order_is_answered_201_and_when_it_is_repeated_200_with_the_same(kiosk_client, known, soap):
    first, again = (order(kiosk_client, known, soap) for _n in range(2))

    redemption = Redemption.objects.get()
    body = {
        "pickup_code": redemption.pickup_code,
        "reward": "香皂",
        "points": 30,
        "date": str(redemption.date),
    }
    assert (first, again) == ((201, body), (200, body))


def test_the_same_key_with_another_order_is_422(kiosk_client, known, soap, station):
    order(kiosk_client, known, soap)

    status, body = order(kiosk_client, known, make_reward(station=station))

    assert (status, body["code"]) == (422, "key_reused")
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize(
    ("kw", "code"),
    [
        ({"points": 101}, "not_enough_points"),
        ({"left": 0}, "out_of_stock"),
        ({"is_active": False}, "not_offered"),
    ],
)
def test_what_cannot_be_had_is_409_with_its_code_and_sentence(kiosk_client, known, soap, station, kw, code):
    status, body = order(kiosk_client, known, make_reward(station=station, **kw))

    assert (status, body["code"], bool(body["detail"])) == (409, code, True)
    assert Redemption.objects.count() == 0


def test_a_second_order_of_the_day_and_one_on_another_day_are_409(kiosk_client, known, soap, worker):
    order(kiosk_client, known, soap)
    assert order(kiosk_client, known, soap, "order-2")[1]["code"] == "limit_reached"

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        known = identify(kiosk_client, worker.number).json()["worker"]
        status, body = order(kiosk_client, known, soap, "order-3")
    assert (status, body["code"]) == (409, "not_a_redemption_day")


def test_an_order_without_a_key_is_400(kiosk_client, known, soap):
    assert order(kiosk_client, known, soap, key="")[0] == 400
    assert order(kiosk_client, known, soap, key="x" * 65)[0] == 400


# Who may ask


@pytest.mark.parametrize("address", [IDENTIFY, REWARDS, REDEMPTIONS])
def test_a_device_that_is_not_paired_is_401(client, admin, address):
    client.force_login(admin)

    answer = client.get(address) if address == REWARDS else client.post(address, {}, "application/json")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Kiosk")


def test_a_revoked_device_is_out_at_its_next_request(kiosk_client, kiosk):
    assert kiosk_client.get(REWARDS).status_code == 200

    kiosks.revoke(kiosk)

    assert kiosk_client.get(REWARDS).status_code == 401


def test_a_program_may_say_who_it_is_in_a_header(client, kiosk):
    assert client.get(REWARDS, headers={"Authorization": f"Kiosk {kiosk.token}"}).status_code == 200


def test_a_token_ends_with_its_minute_its_card_and_its_kiosk(
    client, kiosk_client, known, soap, worker, station
):
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert order(kiosk_client, known, soap)[1]["code"] == "unknown_worker"
    elsewhere = {"Authorization": f"Kiosk {make_kiosk(station=station).token}"}
    body = {"worker": known, "reward": soap.pk}
    answer = client.post(
        REDEMPTIONS, body, "application/json", headers={**elsewhere, "Idempotency-Key": "order-1"}
    )
    assert answer.json()["code"] == "unknown_worker"
    worker.is_active = False
    worker.save()
    assert order(kiosk_client, known, soap)[1]["code"] == "unknown_card"
    assert order(kiosk_client, known[:-1] + "x", soap)[1]["code"] == "unknown_worker"
    assert Redemption.objects.count() == 0


def test_an_order_asks_the_database_few_questions(kiosk_client, known, soap, django_assert_num_queries):
    with django_assert_num_queries(6):  # device, card, offer, the order, and SAVEPOINTs of the test alone
        assert order(kiosk_client, known, soap)[0] == 201
