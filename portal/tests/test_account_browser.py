"""Accounts in a real browser: on a phone, with the strict policy, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from portal.tests.test_accounts import PHONE, code_from
from stations.tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_makes_an_account_on_a_phone(new_page, live_server, javascript):
    page = new_page(base_url=live_server.url, locale="en", java_script_enabled=javascript)
    page.goto("/me/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Mobile number or e-mail").fill("138 0000 0000")
    page.get_by_label("What we may call you").fill("李师傅")
    page.get_by_label("I have read and agree to the personal information rules").check()
    page.get_by_role("button", name="Make an account").click()

    page.get_by_label("Six digits").fill(code_from(PHONE))
    page.get_by_role("button", name="Confirm the number").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, 李师傅")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_the_keyboard_alone_signs_in(new_page, live_server):
    make_user(phone=PHONE, phone_verified=True, name="李师傅")
    page = new_page(base_url=live_server.url, locale="en")
    page.goto("/accounts/login/")

    page.get_by_label("Mobile number or e-mail").focus()
    page.keyboard.type("13800000000")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, 李师傅")


def test_consent_is_withdrawn_in_two_presses(new_page, live_server):
    make_user(phone=PHONE, phone_verified=True, name="李师傅")
    page = new_page(base_url=live_server.url, locale="en")
    page.goto("/accounts/login/")
    page.get_by_label("Mobile number or e-mail").fill("13800000000")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.get_by_text("Withdraw consent").click()
    page.get_by_role("button", name="Withdraw my consent").click()

    expect(page.get_by_text("Your consent is withdrawn and you are signed out.")).to_be_visible()


def test_the_page_for_developers_works_under_the_strict_policy(page):
    page.goto("/api/v1/docs/")
    page.get_by_text("/api/v1/stations/", exact=True).click()

    expect(page.get_by_text("LAT,LNG in degrees (WGS-84)")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
