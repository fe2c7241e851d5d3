"""The menu says what waits, for each reader what waits for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import ngettext

from portal import desk
from stations.models import Posting
from stations.tests.factories import make_posting, make_report, make_user
from volunteers.tests.factories import make_credential, make_volunteer


@pytest.fixture
def menu(client):
    """{group: [entries]} and {entry: what waits}, as the reader's menu has them on a list."""

    def read(page="admin:volunteers_volunteer_changelist"):
        groups = client.get(reverse(page)).context["available_apps"]
        entries = {group["app_label"]: [each["object_name"] for each in group["models"]] for group in groups}
        numbers = {
            each["object_name"]: each["waiting_shown"]
            for group in groups
            for each in group["models"]
            if each["waiting"]
        }
        return entries, numbers

    return read


def wait_at(station, credentials=2, reports=1):
    for _each in range(credentials):
        make_credential(volunteer=make_volunteer(home_station=station))
    for _each in range(reports):
        make_report(station=station)


def test_the_menu_has_the_three_groups_of_the_plan(client, manager, menu):
    client.force_login(manager)

    entries, _numbers = menu()

    assert list(entries) == ["build", "manage", "use"]
    assert entries["build"][0] == "Station"
    assert {"Team", "Agreement"} < set(entries["manage"])
    assert {"Roster", "Series", "Invitation", "Certificate"} < set(entries["use"])


def test_a_manager_sees_how_much_waits_at_their_own_station(client, manager, station, other_station, menu):
    wait_at(station)
    wait_at(other_station, credentials=3)
    client.force_login(manager)

    _entries, numbers = menu()

    assert (numbers["Credential"], numbers["Fault"]) == ("2", "1")


def test_the_desk_a_list_and_a_form_have_the_same_numbers(client, manager, station, menu):
    wait_at(station)
    client.force_login(manager)
    pages = ["admin:index", "admin:stations_fault_changelist", "admin:stations_kiosk_add"]

    numbers = [menu(page)[1] for page in pages]

    assert numbers == [numbers[0]] * 3
    assert numbers[0]["Credential"] == "2"


def test_whoever_only_reads_has_nothing_waiting(client, station, menu):
    wait_at(station)
    auditor = make_user()
    make_posting(auditor, station, role=Posting.Role.AUDITOR)
    client.force_login(auditor)

    assert menu()[1] == {}


def test_many_are_not_counted_one_by_one(client, manager, station, menu, monkeypatch):
    monkeypatch.setattr(desk, "MANY", 3)
    wait_at(station, credentials=4)
    client.force_login(manager)

    assert menu()[1]["Credential"] == "2+"


def test_a_screen_reader_is_told_what_the_number_means(client, manager, station):
    wait_at(station)
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_volunteer_changelist")).content.decode()

    meant = ngettext("%(shown)s is waiting", "%(shown)s are waiting", 2) % {"shown": 2}
    assert page.count(meant) == 1


def test_the_numbers_are_asked_once_a_page(client, manager, station):
    wait_at(station)
    client.force_login(manager)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:volunteers_volunteer_changelist"))

    assert len([query for query in queries if " counted)" in query["sql"]]) == 1


def test_a_pop_up_has_no_menu_and_asks_nothing(client, manager, station):
    wait_at(station)
    client.force_login(manager)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:volunteers_volunteer_changelist"), {"_popup": 1})

    assert not [query for query in queries if " counted)" in query["sql"]]
