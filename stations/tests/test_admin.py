"""A manager's stations and kiosks in the workplace."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stations import kiosks
from stations.models import Kiosk, Posting
from stations.tests.factories import make_posting, make_station


def test_a_new_kiosk_gets_a_code_that_pairs_a_screen(client, manager, station):
    client.force_login(manager)

    page = client.post(
        reverse("admin:stations_kiosk_add"), {"station": station.pk, "label": "前台"}, follow=True
    ).content.decode()

    code = re.search(r"[2-9A-Z]{4} [2-9A-Z]{4}", page).group()
    paired, _token = kiosks.pair(code, address="10.0.0.1")
    assert (paired.station, paired.label) == (station, "前台")


def test_a_kiosk_cannot_be_made_for_somebody_elses_station(client, manager, other_station):
    client.force_login(manager)

    client.post(reverse("admin:stations_kiosk_add"), {"station": other_station.pk, "label": "前台"})

    assert not Kiosk.objects.exists()


def test_shutting_a_kiosk_out_ends_its_pairing(client, manager, kiosk, kiosk_client):
    client.force_login(manager)

    client.post(
        reverse("admin:stations_kiosk_changelist"), {"action": "revoke", "_selected_action": [kiosk.pk]}
    )

    assert kiosk_client.get("/kiosk/").url == "/kiosk/pair/"


def test_a_manager_changes_hours_and_facilities_but_not_what_the_county_decides(client, manager, station):
    client.force_login(manager)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()

    assert 'name="opening_hours"' in page
    assert 'name="code"' not in page and 'name="tier"' not in page


def test_hours_that_cannot_be_read_are_refused_in_words(client, admin, station):
    client.force_login(admin)
    url = reverse("admin:stations_station_change", args=[station.pk])

    page = client.post(url, {"opening_hours": "早八点到晚五点"}).content.decode()

    assert "“早八点到晚五点”不是可识别的开放时间" in page


@pytest.mark.parametrize(("days", "sees"), [(-1, False), (0, True)])
def test_a_posting_ends_with_its_last_day(client, stranger, station, days, sees):
    stranger.is_staff = True
    stranger.save()
    make_posting(stranger, station)
    today = timezone.localdate()
    Posting.objects.update(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=days))
    client.force_login(stranger)

    response = client.get(reverse("admin:stations_station_changelist"))

    assert response.status_code == (200 if sees else 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_station_and_for_three(
    client, manager, station, django_assert_num_queries, rows
):
    for _row in range(rows - 1):
        make_posting(manager, make_station())
    client.force_login(manager)

    with django_assert_num_queries(9):
        client.get(reverse("admin:stations_station_changelist"))
