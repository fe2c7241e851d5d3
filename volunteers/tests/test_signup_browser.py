"""Signing up as people do it: by keyboard alone, with large text on a phone, with a screen reader's rules."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from volunteers.models import Credential, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(new_page, live_server, volunteer):
    """Opens pages as the volunteer, who is signed in."""

    def make(**options):
        client = Client()
        client.force_login(volunteer.person)
        page = new_page(base_url=live_server.url, **options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        return page

    return make


@pytest.fixture
def paths(volunteer):
    """The five pages, with something of everything on them."""
    mine = make_signup(volunteer=volunteer).shift
    make_shift(kind="legal", places=3, taken=1, bring="律师执业证")
    make_credential(
        volunteer=volunteer, kind="medical", status=Credential.Status.DECLINED, reason="照片看不清"
    )
    return [
        "/volunteer/",
        "/volunteer/profile/",
        "/volunteer/credentials/add/?kind=lawyer",
        "/volunteer/shifts/?county=330105",
        mine.get_absolute_url(),
        make_shift(kind="clinic").get_absolute_url(),
    ]


def tab_to(page, selector):
    """Press Tab until the focus is there, and see that it can be seen."""
    for _press in range(60):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.evaluate("(element, selector) => element.matches(selector)", selector):
            assert here.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    pytest.fail(f"Tab never came to {selector}")


def test_a_place_is_taken_and_given_back_by_keyboard_alone(visit, volunteer, station):
    shift = make_shift(station=station, kind="legal")
    page = visit(locale="en")
    page.goto("/volunteer/shifts/")

    tab_to(page, f"main a[href='{shift.get_absolute_url()}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{shift.get_absolute_url()}")
    tab_to(page, "main button")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="You have a place").wait_for()
    assert Signup.objects.live().get().volunteer == volunteer

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "main button")
    page.keyboard.press("Enter")

    page.get_by_text("You have given your place back.").wait_for()
    assert not Signup.objects.live().exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_hinder_nobody(visit, paths, scheme):
    page = visit(color_scheme=scheme)
    found = {}

    for path in paths:
        page.goto(path)
        violations = Axe().run(page).response["violations"]
        found[path] = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]

    assert found == dict.fromkeys(paths, [])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_large_text_on_a_phone_never_scrolls_sideways(visit, paths, live_server, language):
    page = visit(locale=language)
    page.context.add_cookies([{"name": "large", "value": "1", "url": live_server.url}])
    too_wide = {}

    for path in paths:
        page.goto(path)
        too_wide[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert page.locator("html.large").count() == 1
    assert {path: width for path, width in too_wide.items() if width > 0} == {}


def test_everything_that_is_pressed_is_large_enough_for_a_thumb(visit, paths):
    page = visit()
    small = {}

    for path in paths:
        page.goto(path)
        boxes = page.locator(
            "main :is(.button, .back, .chip[href], summary, input:not([type=checkbox], [type=hidden]))"
        )
        heights = [box["height"] for box in (each.bounding_box() for each in boxes.all()) if box]
        small[path] = [height for height in heights if 0 < height < 44]  # folded away: 0

    assert small == dict.fromkeys(paths, [])
