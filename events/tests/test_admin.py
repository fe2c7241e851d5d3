"""The counter's part of the workplace: handing over, cards, stock."""

import pytest
from django.urls import reverse

from events import passes
from events.models import Redemption, Stock, WorkerPass
from events.tests.factories import make_redemption, make_reward, make_service_day, make_worker_pass
from stations.tests.factories import make_kiosk

LIST = "admin:events_redemption_changelist"


def act(client, action, *redemptions):
    rows = [redemption.pk for redemption in redemptions]
    return client.post(reverse(LIST), {"action": action, "_selected_action": rows}, follow=True)


def test_a_reward_is_ticked_as_handed_over_once(client, manager, station):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    client.force_login(manager)

    first = act(client, "hand_over", redemption).content.decode()
    second = act(client, "hand_over", redemption).content.decode()

    redemption.refresh_from_db()
    assert (redemption.status, redemption.settled_by) == (Redemption.Status.COLLECTED, manager)
    assert "已处理 1 笔兑换。" in first
    assert "另有 1 笔此前已处理。" in second


def test_what_was_not_collected_gives_points_and_goods_back(client, manager, station):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    client.force_login(manager)

    act(client, "reverse", redemption)

    redemption.account.refresh_from_db()
    assert redemption.account.balance == 100
    assert Stock.objects.get(reward=redemption.reward).left == 5


def test_another_stations_redemption_is_neither_seen_nor_settled(client, other_manager, station):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    client.force_login(other_manager)

    page = act(client, "hand_over", redemption).content.decode()

    redemption.refresh_from_db()
    assert redemption.pickup_code not in page
    assert redemption.status == Redemption.Status.WAITING


def test_a_card_is_issued_at_the_counter_with_a_pin_of_the_workers_own(client, manager, station):
    client.force_login(manager)
    form = {"station": station.pk, "nickname": "李师傅", "new_pin": "2468", "is_active": "on"}

    page = client.post(reverse("admin:events_workerpass_add"), form, follow=True).content.decode()

    card = WorkerPass.objects.get()
    assert card.number in page
    assert passes.identify(card.number, "2468") == card


def test_a_new_pin_opens_a_locked_card(client, manager, station):
    card = make_worker_pass(station=station)
    WorkerPass.objects.update(wrong_pins=5)
    client.force_login(manager)
    form = {"station": station.pk, "nickname": card.nickname, "new_pin": "9753", "is_active": "on"}

    client.post(reverse("admin:events_workerpass_change", args=[card.pk]), form)

    assert passes.identify(card.number, "9753") == card


@pytest.mark.parametrize("pin", ["", "12", "12a4"])
def test_a_card_without_a_proper_pin_is_not_issued(client, manager, station, pin):
    client.force_login(manager)

    client.post(
        reverse("admin:events_workerpass_add"), {"station": station.pk, "nickname": "李师傅", "new_pin": pin}
    )

    assert not WorkerPass.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"), [("redemption", 9), ("workerpass", 9), ("serviceday", 11), ("stock", 9)]
)
def test_lists_cost_the_same_for_one_row_and_for_three(
    client, manager, station, django_assert_num_queries, rows, model, queries
):
    kiosk = make_kiosk(station=station)
    for _row in range(rows):
        make_redemption(kiosk=kiosk, reward=make_reward(station=station))
        make_service_day(station=station)
    client.force_login(manager)

    with django_assert_num_queries(queries):
        client.get(reverse(f"admin:events_{model}_changelist"))
