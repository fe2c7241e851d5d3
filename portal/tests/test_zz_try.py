import pytest
from stations.models import Station
from volunteers.tests.factories import *
from events.tests.factories import *
from portal import consent

def test_personas(station, other_station, kiosk, service_day, redemption_day, volunteer, newcomer, worker, manager, other_manager, stranger, admin):
    assert consent.stands(stranger)
    assert worker.account.balance == 100
    make_shift(station=station); make_shift(station=station)
    make_signup(); make_redemption(kiosk=kiosk)
    assert kiosk.token

@pytest.mark.browser
def test_page(page, live_server):
    page.goto("/api/v1/")
    assert "stations" in page.content()

@pytest.mark.postgres
def test_pg(): pass
@pytest.mark.redis
def test_r(redis_url): assert redis_url
@pytest.mark.slow
def test_slow(): assert 0
