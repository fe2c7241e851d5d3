"""The ticket of a redemption, asked for at the kiosk's last english."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from events.models import Redemption
from events.tests.factories import make_reward
from events.tests.test_kiosk_pages import identify, redeem, text_of
from stations.models import Kiosk

PRINT = "/kiosk/done/print/"


@pytest.fixture
def english(kiosk_client):
    kiosk_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return kiosk_client


@pytest.fixture
def redeemed(english, worker, station, redemption_day):
    identify(english)
    redeem(english, make_reward(station=station, name_zh="香皂", name_en="Soap", points=30))
    return Redemption.objects.get()


@pytest.fixture
def connected(kiosk, printer):
    Kiosk.objects.filter(pk=kiosk.pk).update(printer=printer.address)
    return printer


def day_of(redemption):
    with translation.override("en"):
        return date_format(redemption.date, "l, j F")


def test_the_ticket_says_what_and_where_and_not_whose(english, connected, redeemed, worker):
    response = english.post(PRINT)

    assert response.status_code == 200
    assert "Your ticket is printed. Please take it with you." in text_of(response)
    ticket = connected.stop().decode("gb18030")
    for words in ["石门社区服务驿站", "Soap", redeemed.pickup_code, day_of(redeemed), "show this code"]:
        assert words in ticket
    for words in ["张", worker.number, "points"]:
        assert words not in ticket


def test_a_silent_printer_leaves_the_code_on_the_screen(english, connected, redeemed):
    connected.stop()

    response = english.post(PRINT)

    assert response.status_code == 422
    assert "The printer does not answer. Please ask the staff" in text_of(response)
    assert redeemed.pickup_code in text_of(response)


def test_three_tickets_are_enough(english, connected, redeemed):
    answers = [english.post(PRINT).status_code for _n in range(4)]

    assert answers == [200, 200, 200, 422]
    assert "This ticket was asked for three times." in text_of(english.post(PRINT))
    connected.stop()
    assert connected.tickets == 3


def test_only_who_redeemed_just_now_gets_a_ticket(english, connected, redeemed):
    assert english.get(PRINT).url == "/kiosk/done/"
    english.get("/kiosk/")

    assert english.post(PRINT).url == "/kiosk/"
    assert connected.stop() == b""


def test_the_button_leads_to_the_printer_or_to_the_browser(english, kiosk, redeemed):
    page = english.get("/kiosk/done/").content.decode()
    assert ("data-print" in page, PRINT in page) == (True, False)
    assert english.post(PRINT).url == "/kiosk/done/"

    Kiosk.objects.filter(pk=kiosk.pk).update(printer="192.168.1.50:9100")
    page = english.get("/kiosk/done/").content.decode()

    assert ("data-print" in page, PRINT in page) == (False, True)
