"""The desk in a real browser: by keyboard, by taps without JavaScript, many at once, in nobody's way."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from portal import decisions, desk
from portal.models import Decision
from stations.tests.factories import make_report
from volunteers.models import Credential
from volunteers.tests.factories import make_credential, make_volunteer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/desk/credential/"


@pytest.fixture
def open_as(new_page, live_server):
    def make(person, **options):
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page = new_page(base_url=live_server.url, **options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return page

    return make


@pytest.fixture
def waiting(station):
    """Three licences, the first the oldest."""
    return [
        make_credential(
            volunteer=make_volunteer(home_station=station, name=name),
            submitted_at=timezone.now() - timedelta(days=days),
        )
        for name, days in (("陈律师", 3), ("周律师", 2), ("吴律师", 1))
    ]


def at(row):
    return f"**{QUEUE}{row.pk}/"


def decided():
    return list(Decision.objects.order_by("pk").values_list("choice", "state"))


def test_one_letter_decides_the_next_follows_and_undo_brings_it_back(open_as, manager, waiting):
    page = open_as(manager)
    page.goto("/admin/")
    page.locator(".desk-list a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(at(waiting[0]))

    page.get_by_label("用您自己的话").focus()
    page.keyboard.type("already")  # starts with the key that approves
    assert decided() == []
    page.get_by_label("用您自己的话").fill("")
    page.get_by_label("用您自己的话").blur()
    page.keyboard.press("a")
    page.wait_for_url(at(waiting[1]))

    undo = page.get_by_role("button", name="撤销")
    expect(undo.locator("[data-seconds]")).to_have_text("7", timeout=5_000)
    assert decided() == [("approve", "held")]
    undo.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(at(waiting[0]))
    assert decided() == [("approve", "undone")]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_same_is_done_by_taps_without_javascript(open_as, manager, waiting):
    page = open_as(manager, java_script_enabled=False, has_touch=True)
    page.goto("/admin/")
    page.locator(".desk-list a").first.tap()
    page.wait_for_url(at(waiting[0]))

    page.get_by_role("button", name="不通过").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("用您自己的话").fill("照片左上角看不清，请再拍一张")
    page.get_by_role("button", name="不通过").tap()
    page.wait_for_url(at(waiting[1]))
    assert decided() == [("decline", "held")]

    page.get_by_role("button", name="撤销").tap()
    page.wait_for_url(at(waiting[0]))
    assert decided() == [("decline", "undone")]


def test_after_ten_seconds_undo_is_gone(open_as, manager, waiting):
    page = open_as(manager)
    page.clock.install()
    page.goto(f"{QUEUE}{waiting[0].pk}/")

    page.keyboard.press("a")
    page.wait_for_url(at(waiting[1]))
    page.clock.run_for(11_000)

    expect(page.locator("[data-undo]")).to_be_hidden()
    expect(page.locator("[data-passed]")).to_be_visible()


def test_many_are_decided_after_a_preview(open_as, manager, waiting):
    page = open_as(manager)
    page.goto(QUEUE)

    page.get_by_label("勾选本页全部").check()
    page.get_by_label(str(waiting[2]), exact=True).uncheck()
    page.get_by_role("button", name="通过 …", exact=True).click()
    expect(page.get_by_role("heading", name="以下 2 项将会这样处理")).to_be_visible()
    assert decided() == []
    page.get_by_role("button", name="通过 (2)").click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    Decision.objects.update(due_at=timezone.now())
    decisions.carry_out_due(desk.QUEUES)

    statuses = Credential.objects.order_by("submitted_at").values_list("status", flat=True)
    assert list(statuses) == ["approved", "approved", "pending"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_list_takes_the_width_there_is(open_as, admin, station, language):
    page = open_as(admin, viewport={"width": 1280, "height": 900}, locale=language)

    for address in ["/admin/stations/station/", "/admin/stations/posting/", "/admin/stations/kiosk/"]:
        page.goto(address)
        around, inside = (page.locator(part).bounding_box() for part in ("#content", "#changelist"))
        assert inside["width"] > 0.9 * around["width"], address


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_on_a_phone_the_choices_stand_in_one_row_and_everything_is_large_enough(
    open_as, manager, station, language
):
    make_report(station=station, kind="rain_gear")  # there is a next one, and a similar one
    fault = make_report(station=station, kind="water").fault
    page = open_as(manager, viewport={"width": 390, "height": 844}, locale=language)
    page.goto(f"/admin/desk/fault/{fault.pk}/")

    choices = page.locator(".desk-choices .button").all()
    to_tap = page.locator(".desk-item").locator("button, summary, label.desk-offer, a:not(.visually-hidden)")
    assert len({choice.bounding_box()["y"] for choice in choices}) == 1
    small = [t.inner_text() for t in to_tap.all() if t.is_visible() and t.bounding_box()["height"] < 44]
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_serious_stands_in_anybodys_way(open_as, admin, station, waiting, scheme, width):
    page = open_as(admin, viewport={"width": width, "height": 900}, color_scheme=scheme)
    some = f"{QUEUE}preview/?ids={waiting[0].pk},{waiting[1].pk}&choice=approve"
    addresses = ["/admin/", f"{QUEUE}{waiting[0].pk}/", QUEUE, some, "/admin/search/?q=石门"]
    addresses += ["/admin/stations/station/", f"/admin/stations/station/{station.pk}/history/"]

    found = {}
    for address in addresses:
        page.goto(address)
        violations = Axe().run(page).response["violations"]
        serious = [v for v in violations if v["impact"] in ("serious", "critical")]
        found[address] = [(v["id"], v["nodes"][0]["html"]) for v in serious]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.locator("h1").count() == 1, address

    assert found == dict.fromkeys(addresses, [])
