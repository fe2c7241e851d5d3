"""What others depend on is not deleted: the page names them and says what to do, in Chinese."""

import pytest
from django.contrib.admin import site
from django.urls import reverse

from events.models import Reward, ServiceDay
from events.tests.factories import make_reward, make_service_day
from stations.models import Kiosk, Posting, Station
from stations.tests.factories import make_kiosk
from volunteers.models import Shift
from volunteers.tests.factories import make_shift

SENTENCE = "没有删除任何内容，因为还有以下内容与之关联。请先处理："


def deleted(client, row):
    """The answer of the page that deletes one row, and of the action that deletes many."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    many = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    return [
        client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}),
        client.post(reverse(f"{name}_changelist"), many),
    ]


def test_a_service_day_with_shifts_stays_and_they_are_named(client, manager, station):
    day = make_service_day(station=station)
    shift = make_shift(station=station, service_day=day)
    client.force_login(manager)

    answers = deleted(client, day)

    assert [answer.status_code for answer in answers] == [200, 200]
    texts = [answer.content.decode() for answer in answers]
    assert [str(shift) in text for text in texts] == [True, True]
    assert [text.count(SENTENCE) for text in texts] == [1, 1]
    assert (ServiceDay.objects.count(), Shift.objects.count()) == (1, 1)


def test_a_reward_in_stock_stays_even_for_the_operator(client, admin, station):
    reward = make_reward(station=station)
    client.force_login(admin)

    texts = [answer.content.decode() for answer in deleted(client, reward)]

    assert [(text.count(SENTENCE), str(reward.stock.get()) in text) for text in texts] == [(1, True)] * 2
    assert list(Reward.objects.all()) == [reward]


@pytest.mark.parametrize("number", [0, 1])
def test_a_service_day_on_which_nothing_depends_goes(client, manager, station, number):
    day = make_service_day(station=station)
    client.force_login(manager)

    deleted(client, day)[number]

    assert not ServiceDay.objects.filter(pk=day.pk).exists()


@pytest.mark.parametrize("who", ["manager", "moderator", "staff", "auditor", "admin"])
def test_what_is_never_deleted_shows_no_button(request, client, station, manager, who):
    make_kiosk(station=station)
    client.force_login(request.getfixturevalue(who))
    never = [Station, Posting] + ([] if who == "admin" else [Kiosk])

    for model in never:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        page = client.get(reverse(f"{name}_change", args=[model.objects.first().pk])).content.decode()
        listed = client.get(reverse(f"{name}_changelist")).content.decode()
        assert (page.count('class="deletelink"'), listed.count('value="delete_selected"')) == (0, 0)
    assert "delete_selected" not in site.get_model_admin(Station).get_actions(
        client.get("/admin/").wsgi_request
    )
