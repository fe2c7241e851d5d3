"""The counter's part of the workplace: handing over, cards, stock."""

import pytest
from django.urls import reverse

from events import passes, redemptions
from events.models import Redemption, WorkerPass
from events.tests.factories import make_redemption, make_reward, make_service_day, make_worker_pass
from stations.tests.factories import make_kiosk

LIST = "admin:events_redemption_changelist"


def act(client, action, *redemptions):
    rows = [redemption.pk for redemption in redemptions]
    return client.post(reverse(LIST), {"action": action, "_selected_action": rows})


@pytest.mark.parametrize("action", ["hand_over", "reverse"])
def test_the_actions_of_the_list_lead_to_the_preview(client, manager, station, action):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    client.force_login(manager)

    answer = act(client, action, redemption)

    redemption.refresh_from_db()
    assert answer.url == f"/admin/desk/redemption/preview/?choice={action}&ids={redemption.pk}"
    assert client.get(answer.url).status_code == 200
    assert redemption.status == Redemption.Status.WAITING


def test_a_redemption_shows_the_way_to_the_desk_while_it_waits(client, manager, station):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    page, desk = reverse("admin:events_redemption_change", args=[redemption.pk]), "/admin/desk/redemption/"
    client.force_login(manager)

    waiting = client.get(page).content.decode()
    redemptions.hand_over(redemption, by=manager)
    settled = client.get(page).content.decode()

    assert (desk in waiting, desk in settled) == (True, False)
    assert redemption.key not in waiting


def test_another_stations_redemption_is_neither_seen_nor_settled(client, other_manager, station):
    redemption = make_redemption(kiosk=make_kiosk(station=station))
    client.force_login(other_manager)

    answer = act(client, "hand_over", redemption)

    redemption.refresh_from_db()
    assert str(redemption.pk) not in answer.url.partition("ids=")[2]
    assert redemption.pickup_code not in client.get(reverse(LIST)).content.decode()
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
    page = reverse("admin:events_workerpass_change", args=[card.pk])
    form = {"station": station.pk, "nickname": card.nickname, "new_pin": "9753", "is_active": "on"}

    client.post(page, {**form, "history_mark": client.get(page).context["history_mark"]})

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
    ("model", "queries"), [("redemption", 12), ("workerpass", 9), ("serviceday", 11), ("stock", 10)]
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
