import pytest
from django.conf import settings

from stations import kiosks
from stations.models import Kiosk
from stations.tests.factories import make_station

FIELDS = ("max-age", "path", "httponly", "samesite", "secure")


@pytest.fixture
def unpaired(station):
    return Kiosk.objects.create(station=station, label="前台")


def test_the_manager_s_code_makes_the_device_a_kiosk(client, unpaired):
    response = client.post("/kiosk/pair/", {"code": kiosks.new_code(unpaired)})

    assert response.url == "/kiosk/"
    cookie = response.cookies[kiosks.COOKIE]
    assert [cookie[name] for name in FIELDS] == [365 * 24 * 3600, "/", True, "Strict", ""]
    assert "石门社区服务驿站" in client.get("/kiosk/").content.decode()


def test_over_https_the_secret_travels_over_https_only(client, unpaired):
    response = client.post("/kiosk/pair/", {"code": kiosks.new_code(unpaired)}, secure=True)

    assert response.cookies[kiosks.COOKIE]["secure"] is True


def test_a_wrong_code_is_refused_with_its_sentence(client, unpaired):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    response = client.post("/kiosk/pair/", {"code": "23456789"})

    assert response.status_code == 422
    assert "This code is not valid any more." in response.content.decode()
    assert kiosks.COOKIE not in response.cookies


def test_guessing_codes_is_stopped(client, unpaired):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for _n in range(10):
        client.post("/kiosk/pair/", {"code": "23456789"})

    response = client.post("/kiosk/pair/", {"code": kiosks.new_code(unpaired)})

    assert response.status_code == 422
    assert "Too many tries." in response.content.decode()


def test_an_empty_code_asks_for_one(client, db):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    response = client.post("/kiosk/pair/", {"code": ""})

    assert response.status_code == 422
    assert "Please type the pairing code." in response.content.decode()


def test_in_the_demo_a_touch_is_enough_and_shuts_nobody_out(client, kiosk):
    assert 'name="demo"' in client.get("/kiosk/pair/").content.decode()

    response = client.post("/kiosk/pair/", {"demo": "1"})

    assert response.url == "/kiosk/"
    assert "石门社区服务驿站" in client.get("/kiosk/").content.decode()
    assert [k.is_paired for k in Kiosk.objects.filter(station=kiosk.station)] == [True, True]


def test_outside_the_demo_there_is_no_such_button(client, station, settings):
    settings.DEMO = False

    assert 'name="demo"' not in client.get("/kiosk/pair/").content.decode()
    assert client.post("/kiosk/pair/", {"demo": "1"}).status_code == 422
    assert Kiosk.objects.count() == 0


def test_without_the_demo_s_station_there_is_no_such_button(client, db):
    make_station(name="湖滨暖驿")

    assert 'name="demo"' not in client.get("/kiosk/pair/").content.decode()
    assert client.post("/kiosk/pair/", {"demo": "1"}).status_code == 422
