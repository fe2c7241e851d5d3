"""Story 3 in a real browser: the manager at the counter, on a phone."""

from datetime import timedelta

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from portal import decisions
from portal.desk import QUEUES
from portal.models import Decision
from volunteers.models import Credential, HoursEntry
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page, live_server, client, manager):
    """The first page of the workplace, with the manager signed in."""
    client.force_login(manager)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto("/admin/")
    return page


def test_a_manager_decides_a_licence_and_marks_who_came(desk, station):
    volunteer = make_volunteer(home_station=station, name="陈律师")
    licence = make_credential(volunteer=volunteer)
    shift = make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3))
    make_signup(shift=shift, volunteer=volunteer)

    desk.goto("/admin/")
    desk.get_by_role("link", name="律师执业证 · 陈律师").click()
    desk.get_by_role("button", name="不通过").click()
    expect(desk.get_by_text("请写明原因，志愿者看到后可以补正。")).to_be_visible()
    desk.get_by_role("button", name="通过", exact=True).click()
    desk.get_by_role("link", name="陈律师 · 驿站帮手").first.click()
    desk.get_by_role("button", name="已到岗", exact=True).click()
    desk.wait_for_url("**/admin/")
    with time_machine.travel(timezone.now() + Decision.UNDO):
        assert decisions.carry_out_due(QUEUES) == 2

    licence.refresh_from_db()
    assert licence.status == Credential.Status.APPROVED
    assert HoursEntry.objects.get().minutes == 120


def test_the_first_page_of_the_workplace_stands_in_nobodys_way(desk):
    violations = Axe().run(desk).response["violations"]

    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
    assert desk.locator("h1").count() == 1
