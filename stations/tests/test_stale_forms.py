"""Two people on one form: the second is shown what the first has done, and loses nothing."""

from threading import Barrier

import pytest
from django.test import Client
from django.urls import reverse

from stations import history, staleness
from stations.models import HistoryLine
from stations.tests.races import PATIENCE, at_once, many_sessions  # noqa: F401
from stations.tests.test_history import post_change


def opened(client, station):
    return client.get(reverse("admin:stations_station_change", args=[station.pk])).context["history_mark"]


def test_a_form_that_somebody_overtook_is_refused_and_shows_what_has_changed(client, manager, admin, station):
    client.force_login(manager)
    mark = opened(client, station)
    station.phone = "12351"
    station._history_user = admin
    station.save()

    answer = post_change(client, station, phone="96345", history_mark=mark, change_reason="换号")

    page = answer.content.decode()
    station.refresh_from_db()
    assert answer.status_code == 409
    assert station.phone == "12351"
    assert [line.person for line in answer.context["meanwhile"]] == [admin]
    assert "12351" in page
    assert 'value="96345"' in page
    assert 'value="换号"' in page


def test_saving_once_more_puts_it_in_force(client, manager, admin, station):
    client.force_login(manager)
    mark = opened(client, station)
    history.write(station, "~", [("phone", "", "1")], person=admin, reason="")
    refused = post_change(client, station, phone="96345", history_mark=mark)

    answer = post_change(client, station, phone="96345", history_mark=refused.context["history_mark"])

    station.refresh_from_db()
    assert (answer.status_code, station.phone) == (302, "96345")


def test_a_facility_changed_meanwhile_makes_the_stations_form_stale(client, manager, station):
    client.force_login(manager)
    mark = opened(client, station)
    post_change(client, station, **{"facilities-0-state": "needs_repair"})

    answer = post_change(client, station, phone="96345", history_mark=mark)

    assert answer.status_code == 409
    assert [line.model for line in answer.context["meanwhile"]] == ["stations.stationfacility"]


@pytest.mark.parametrize("mark", ["", "x", "-1", "²", "9" * 40, "999999999"])
def test_a_form_that_does_not_say_what_it_showed_is_refused_kindly(client, manager, station, mark):
    client.force_login(manager)

    answer = post_change(client, station, phone="96345", history_mark=mark)

    station.refresh_from_db()
    assert (answer.status_code, answer.context["meanwhile"], station.phone) == (409, [], "")


def test_another_station_changed_meanwhile_is_no_reason(client, admin, station, other_station):
    client.force_login(admin)
    mark = opened(client, station)
    other_station.phone = "1"
    other_station.save()

    assert post_change(client, station, phone="96345", history_mark=mark).status_code == 302


def two_tabs(person, station):
    """What two forms answer that were opened together and are saved at once."""
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(person)
    mark = opened(tabs[0], station)
    numbers = ["12351", "96345"]
    jobs = [
        lambda tab=tab, phone=phone: post_change(tab, station, phone=phone, history_mark=mark).status_code
        for tab, phone in zip(tabs, numbers, strict=True)
    ]
    return sorted(at_once(*jobs), key=str)


@pytest.mark.postgres
def test_of_two_forms_saved_at_once_one_wins_and_the_other_is_shown(many_sessions, manager, station):  # noqa: F811
    before = HistoryLine.objects.count()

    assert two_tabs(manager, station) == [302, 409]
    assert HistoryLine.objects.count() == before + 1


@pytest.mark.postgres
def test_without_the_lock_both_would_win(many_sessions, manager, station, monkeypatch):  # noqa: F811
    both = Barrier(2)

    def save_when_both_have_looked(self, request, obj, form, change):
        both.wait(PATIENCE)
        obj.save()

    monkeypatch.setattr(staleness.FreshForms, "lock", lambda self, object_id: None)
    monkeypatch.setattr(staleness.FreshForms, "save_model", save_when_both_have_looked)

    assert two_tabs(manager, station) == [302, 302]
