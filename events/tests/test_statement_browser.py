"""Statements as they are read: on a phone, on one sheet of paper, at arm's length."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from events.tests.factories import PIN, make_points, make_worker_pass
from stations import kiosks
from stations.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What can be read and is smaller than so many pixels.
TOO_SMALL = """least => [...document.querySelectorAll("main *")]
    .filter(it => it.checkVisibility() && [...it.childNodes].some(n => n.nodeType == 3 && /\\S/.test(n.data)))
    .filter(it => parseFloat(getComputedStyle(it).fontSize) < least).map(it => it.textContent)"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def rider(station):
    """A month with thirty entries."""
    found = make_worker_pass(person=make_user(), station=station, number="33010002", points=0)
    for n in range(30):
        make_points(found.account, n + 1, reason="石门街道中山路12号门前井盖缺失")
    return found


def test_a_month_fits_a_phone_and_one_sheet_of_paper(page, rider):
    client = Client()
    client.force_login(rider.account.person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}]
    )

    page.goto("/me/points/")

    assert page.evaluate(FITS)
    assert Axe().run(page).violations_count == 0
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 800}])
def test_the_kiosks_statement_is_read_from_an_arms_length(new_page, live_server, kiosk, rider, viewport):
    page = new_page(base_url=live_server.url, viewport=viewport)
    page.context.add_cookies(
        [{"name": kiosks.COOKIE, "value": kiosk.token, "domain": "localhost", "path": "/kiosk/"}]
    )
    page.goto("/kiosk/")
    for digits in (rider.number, PIN):
        page.keyboard.type(digits)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.locator("a[href='/kiosk/points/']").click()
    page.wait_for_url("**/kiosk/points/")

    assert page.evaluate(TOO_SMALL, 24) == []
    assert page.evaluate(FITS)
    assert Axe().run(page).violations_count == 0
    assert page.locator("tbody tr").count() == 10
