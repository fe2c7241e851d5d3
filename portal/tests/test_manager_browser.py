"""Story 3 in a real browser: the manager at the counter, on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

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

    desk.get_by_role("link", name="资质", exact=True).click()
    desk.locator("#result_list").get_by_role("link", name="律师执业证").click()
    desk.get_by_label("不通过").check()
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("请写明原因，志愿者看到后可以补正。")).to_be_visible()
    desk.get_by_label("通过", exact=True).check()
    desk.get_by_role("button", name="保存", exact=True).click()

    desk.goto("/admin/volunteers/shift/")
    desk.get_by_role("link", name="登记到岗").click()
    desk.locator("[name=_selected_action]").check()
    desk.get_by_label("动作").select_option("came")
    desk.get_by_role("button", name="执行").click()

    expect(desk.get_by_text("时长和积分已记录。")).to_be_visible()
    licence.refresh_from_db()
    assert licence.status == Credential.Status.APPROVED
    assert HoursEntry.objects.get().minutes == 120


def test_the_first_page_of_the_workplace_stands_in_nobodys_way(desk):
    violations = Axe().run(desk).response["violations"]

    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
    assert desk.locator("h1").count() == 1
