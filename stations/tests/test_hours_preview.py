"""What the form of a station shows under its opening hours."""

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from stations.tests.test_hours import at

URL = "/admin/stations/station/hours-preview/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def read(client, text):
    return " ".join(client.get(URL, {"text": text}).content.decode().split())


@time_machine.travel(at("2026-09-29 10:00"), tick=False)
def test_the_coming_week_is_shown_with_its_holidays(client, admin):
    client.force_login(admin)

    page = read(client, "Mo-Fr 08:30-11:30,13:30-24:00; PH off")

    assert page.count("<li>") == 7
    assert page.count("08:30–11:30, 13:30–24:00") == 2
    assert page.count("Closed") == 5


def test_a_text_in_words_is_refused_with_the_reading_that_may_be_meant(client, admin):
    client.force_login(admin)

    page = read(client, "周一至周五 8:30-17:30")

    assert "cannot be read as opening hours. Write for example" in page
    assert "Do you mean: <code>Mo-Fr 08:30-17:30</code>" in page


def test_a_text_that_may_mean_anything_is_refused_without_a_guess(client, admin):
    client.force_login(admin)

    page = read(client, "<b>夏季早些</b>")

    assert "“&lt;b&gt;夏季早些&lt;/b&gt;” cannot be read" in page
    assert "Do you mean" not in page


def test_no_text_is_unknown(client, admin):
    client.force_login(admin)

    assert "Opening hours not known" in read(client, "")


def test_the_form_shows_the_week_that_is_saved_and_where_to_ask_for_another(client, manager, station):
    client.force_login(manager)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()

    assert f'data-hours-preview="{URL}"' in page
    assert page.count("00:00–24:00") == 7
    assert "stations/hours-preview" in page


def test_a_new_station_has_an_empty_preview(client, admin):
    client.force_login(admin)

    page = client.get(reverse("admin:stations_station_add")).content.decode()

    assert "Opening hours not known" in page


def test_nobody_without_stations_reads_previews(client, stranger):
    client.force_login(stranger)

    assert client.get(URL).status_code in (302, 403)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_week_follows_what_is_typed(page, live_server, client, admin, station):
    client.force_login(admin)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto(reverse("admin:stations_station_change", args=[station.pk]))
    preview = page.locator("[data-hours-preview]")
    expect(preview).to_contain_text("00:00–24:00")

    page.locator("#id_opening_hours").fill("Mo-Su 07:15-19:45")
    expect(preview).to_contain_text("07:15–19:45")

    page.locator("#id_opening_hours").fill("早8点到晚8点")
    expect(preview).to_contain_text("Mo-Su 08:00-20:00")
