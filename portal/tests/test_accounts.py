"""Making an account, signing in and changing what proves who one is, by phone and by e-mail."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from events.models import Message
from portal import demo_accounts
from portal.models import Consent, User
from stations.tests.factories import PASSWORD, make_user

PHONE = "+8613800000000"
BOTH = pytest.mark.parametrize("contact", ["li@example.com", PHONE])


def code_from(address):
    """The code in the newest message to an address."""
    body = Message.objects.filter(address=address).latest("pk").body
    return re.search(r"(?<!\d)\d{6}(?!\d)", body).group()


def english():
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def browser_of_li(db):
    return english()


@pytest.fixture
def li(db):
    """Has a proved e-mail address, a proved phone and a password."""
    person = make_user(email="li@example.com", phone=PHONE, phone_verified=True, name="李师傅")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_up(client, contact, **kw):
    return client.post("/accounts/signup/", {"contact": contact, "name": "李师傅", "agree": "on", **kw})


def sign_in(client, login, password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def twice(password):
    return {"password1": password, "password2": password}


def is_signed_in(client):
    return client.get("/me/").status_code == 200


# Making an account


def test_somebody_makes_an_account_by_email_and_goes_on_to_where_they_were_going(browser_of_li):
    asked = sign_up(browser_of_li, "Li@Example.com", next="/volunteer/shifts/")
    arrived = browser_of_li.post(asked.url, {"code": code_from("li@example.com")})

    assert arrived.url == "/volunteer/shifts/"
    person = User.objects.get()
    assert (person.email, person.phone) == ("li@example.com", None)
    assert (person.name, person.language) == ("李师傅", "en")
    assert EmailAddress.objects.get().verified
    assert Consent.objects.get(person=person).version == settings.PRIVACY_RULES_VERSION
    assert is_signed_in(browser_of_li)


@pytest.mark.parametrize(
    "written", ["13800000000", "+86 138 0000 0000", "138-0000-0000", "１３８００００００００"]
)
def test_somebody_makes_an_account_by_phone_and_is_not_asked_for_an_email_address(browser_of_li, written):
    asked = sign_up(browser_of_li, written)
    arrived = browser_of_li.post(asked.url, {"code": code_from(PHONE)})

    assert arrived.url == "/me/"
    person = User.objects.get()
    assert (person.email, person.phone, person.phone_verified) == (None, PHONE, True)
    assert is_signed_in(browser_of_li)


def test_two_people_without_an_email_address_are_two_people(db):
    for number in ("13800000000", "13900000000"):
        browser = english()
        asked = sign_up(browser, number)
        browser.post(asked.url, {"code": code_from(f"+86{number}")})

    assert [person.email for person in User.objects.all()] == [None, None]


@BOTH
def test_whoever_signs_up_twice_sees_the_same_page_and_is_told_by_letter(li, contact):
    new = english()
    first = sign_up(new, {"li@example.com": "new@example.com", PHONE: "13900000000"}[contact])
    again = english()
    second = sign_up(again, contact)

    assert second.url == first.url
    assert again.get(second.url).content.decode().count("<h1") == 1
    letter = Message.objects.get(address=contact).body
    assert "already" in letter
    assert re.search(r"(?<!\d)\d{6}(?!\d)", letter) is None
    assert again.post(second.url, {"code": "000000"}).status_code == 200
    assert User.objects.filter(phone=PHONE).count() == 1


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        ("12345", "This is not a mobile number"),
        ("057187654321", "This is not a mobile number"),
        ("+1 415 555 2671", "This is not a mobile number"),
        ("li@example", "This is not an e-mail address"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_with_the_reason(browser_of_li, contact, sentence):
    answer = sign_up(browser_of_li, contact)

    assert sentence in answer.content.decode()
    assert (User.objects.count(), Message.objects.count()) == (0, 0)


def test_nobody_gets_an_account_without_agreeing_to_the_rules(browser_of_li):
    sign_up(browser_of_li, "li@example.com", agree="")

    assert User.objects.count() == 0


def test_who_never_entered_the_code_can_sign_in_with_a_code_later(browser_of_li):
    sign_up(browser_of_li, "li@example.com")
    later = english()
    sign_up(later, "li@example.com")
    later.post("/accounts/logout/")
    asked = later.post("/accounts/login/code/", {"contact": "li@example.com"})
    later.post(asked.url, {"code": code_from("li@example.com")})

    assert is_signed_in(later)
    assert EmailAddress.objects.get().verified


# Signing in


@BOTH
def test_li_signs_in_with_a_code_and_goes_on(li, browser_of_li, contact):
    asked = browser_of_li.post("/accounts/login/code/", {"contact": contact, "next": "/volunteer/shifts/"})
    page = browser_of_li.get(asked.url).content.decode()
    arrived = browser_of_li.post(asked.url, {"code": code_from(contact)})

    assert 'inputmode="numeric" autocomplete="one-time-code"' in page
    assert arrived.url == "/volunteer/shifts/"
    assert is_signed_in(browser_of_li)


@pytest.mark.parametrize("contact", ["who@example.com", "+8613911112222"])
def test_a_code_for_an_unknown_address_looks_the_same_and_the_letter_says_why(browser_of_li, db, contact):
    asked = browser_of_li.post("/accounts/login/code/", {"contact": contact})

    assert asked.url == "/accounts/login/code/confirm/"
    assert browser_of_li.get(asked.url).status_code == 200
    assert "There is no account" in Message.objects.get(address=contact).body
    assert browser_of_li.post(asked.url, {"code": "123456"}).status_code == 200


@pytest.mark.parametrize("login", ["li@example.com", "LI@example.com ", "13800000000", "+86 138 0000 0000"])
def test_li_signs_in_with_a_password(li, browser_of_li, login):
    assert sign_in(browser_of_li, login).url == "/me/"
    assert is_signed_in(browser_of_li)


@pytest.mark.parametrize("login", ["li@example.com", "13800000000"])
def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(li, browser_of_li, login):
    for _ in range(5):
        wrong = sign_in(browser_of_li, login, "not-the-password")
    answer = sign_in(browser_of_li, login)

    assert "do not go together" in wrong.content.decode()
    assert "Too many tries. Please ask for a new code, or wait five minutes." in answer.content.decode()
    assert not is_signed_in(browser_of_li)


def test_wrong_passwords_for_one_number_do_not_hold_up_another(li, browser_of_li):
    make_user(phone="+8613900000000", phone_verified=True)
    for _ in range(5):
        sign_in(browser_of_li, "13900000000", "not-the-password")

    assert sign_in(browser_of_li, "13800000000").status_code == 302


def test_three_wrong_codes_end_the_try(li, browser_of_li):
    asked = browser_of_li.post("/accounts/login/code/", {"contact": PHONE})
    code = code_from(PHONE)
    for _ in range(3):
        answer = browser_of_li.post(asked.url, {"code": "12345x"})
    browser_of_li.post(asked.url, {"code": code})

    assert answer.url == "/accounts/login/code/"
    assert "Too many tries" in browser_of_li.get(answer.url).content.decode()
    assert not is_signed_in(browser_of_li)


def test_asking_for_codes_again_and_again_is_limited(li, browser_of_li):
    for _ in range(4):
        answer = browser_of_li.post("/accounts/login/code/", {"contact": PHONE})
        browser_of_li.post("/accounts/logout/")

    assert "Too many tries" in answer.content.decode()
    assert Message.objects.filter(address=PHONE).count() == 3


def test_the_page_of_a_code_leads_back_to_the_start_with_the_way_kept(li, browser_of_li):
    asked = browser_of_li.post("/accounts/login/code/", {"contact": PHONE, "next": "/volunteer/shifts/"})
    page = browser_of_li.get(asked.url).content.decode()
    start = re.search(r'name="next" value="(/accounts/login/code/\?[^"]*)"', page)
    back = browser_of_li.post("/accounts/logout/", {"next": start.group(1)})

    assert back.url == "/accounts/login/code/?next=/volunteer/shifts/"
    assert browser_of_li.get(back.url).status_code == 200


def test_nobody_is_led_to_another_site(li, browser_of_li):
    answer = browser_of_li.post(
        "/accounts/login/", {"login": PHONE, "password": PASSWORD, "next": "https://elsewhere.example.net/"}
    )

    assert answer.url == "/me/"


def test_a_closed_account_is_told_so(li, browser_of_li):
    User.objects.update(is_active=False)

    answer = sign_in(browser_of_li, PHONE)

    assert "This account is closed" in browser_of_li.get(answer.url).content.decode()


def test_too_many_signups_from_one_place_are_asked_to_wait_kindly(browser_of_li):
    for _ in range(21):
        answer = sign_up(browser_of_li, "nonsense")

    assert answer.status_code == 429
    assert "Please wait five minutes" in answer.content.decode()


def test_nobody_can_have_a_number_flooded_with_texts(db):
    answers = [sign_up(english(), "13900000000") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert Message.objects.filter(address="+8613900000000").count() == 5


def test_asking_twice_for_a_code_to_a_new_number_is_no_accident(li, browser_of_li):
    browser_of_li.force_login(li)
    for _ in range(2):
        asked = browser_of_li.post("/accounts/phone/change/", {"phone": "139 0000 0000"})
    browser_of_li.post(asked.url, {"code": code_from("+8613900000000")})

    assert User.objects.get().phone == "+8613900000000"


@pytest.mark.parametrize("contact", ["new@example.com", "13900000000"])
def test_a_second_code_replaces_the_first(browser_of_li, contact):
    address = contact if "@" in contact else f"+86{contact}"
    asked = sign_up(browser_of_li, contact)
    first = code_from(address)
    Message.objects.all().delete()
    cache.clear()  # time passes
    browser_of_li.post(asked.url, {"action": "resend"})
    second = code_from(address)

    assert browser_of_li.post(asked.url, {"code": first}).status_code == (302 if first == second else 200)
    assert browser_of_li.post(asked.url, {"code": second}).url == "/me/"


# Passwords


@BOTH
def test_a_forgotten_password_is_replaced_with_a_code(li, browser_of_li, contact):
    asked = browser_of_li.post("/accounts/password/reset/", {"contact": contact})
    confirmed = browser_of_li.post(asked.url, {"code": code_from(contact)})
    done = browser_of_li.post(confirmed.url, twice("a-new-one-2026"))

    assert done.status_code == 302
    assert sign_in(browser_of_li, contact, "a-new-one-2026").status_code == 302
    assert is_signed_in(browser_of_li)


def test_a_person_who_came_by_phone_can_set_a_password(browser_of_li):
    asked = sign_up(browser_of_li, PHONE)
    browser_of_li.post(asked.url, {"code": code_from(PHONE)})

    page = browser_of_li.get("/accounts/password/change/", follow=True).content.decode()
    browser_of_li.post("/accounts/password/set/", twice("one-of-mine-26"))

    assert "Set a password" in page
    assert is_signed_in(browser_of_li)
    assert sign_in(english(), PHONE, "one-of-mine-26").url == "/me/"


def test_changing_the_password_needs_the_present_one_and_is_reported(li, browser_of_li):
    browser_of_li.force_login(li)
    new = twice("a-new-one-2026")

    wrong = browser_of_li.post("/accounts/password/change/", {"oldpassword": "guess", **new})
    browser_of_li.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})

    assert "This is not your present password." in wrong.content.decode()
    assert User.objects.get().check_password("a-new-one-2026")
    assert Message.objects.get().subject == "Nuanyi: your password was changed"


# Changing the phone and the address


def test_a_new_email_address_counts_when_it_is_proved_and_the_old_one_is_told(li, browser_of_li):
    browser_of_li.force_login(li)

    asked = browser_of_li.post("/accounts/email/", {"email": "New@example.com", "action_add": ""})
    before = User.objects.get().email
    browser_of_li.post(asked.url, {"code": code_from("new@example.com")})

    assert (before, User.objects.get().email) == ("li@example.com", "new@example.com")
    assert [(row.email, row.verified) for row in EmailAddress.objects.all()] == [("new@example.com", True)]
    assert "new@example.com" in Message.objects.get(address="li@example.com").body


def test_a_new_number_counts_when_it_is_proved(li, browser_of_li):
    browser_of_li.force_login(li)

    asked = browser_of_li.post("/accounts/phone/change/", {"phone": "139 0000 0000"})
    before = User.objects.get().phone
    browser_of_li.post(asked.url, {"code": code_from("+8613900000000")})

    assert (before, User.objects.get().phone) == (PHONE, "+8613900000000")


def test_the_code_for_a_new_number_is_not_shown_to_who_only_claims_it(li, browser_of_li):
    browser_of_li.force_login(li)
    browser_of_li.post("/accounts/phone/change/", {"phone": "139 0000 0000"})

    page = browser_of_li.get("/me/").content.decode()

    assert code_from("+8613900000000") not in page
    assert "Verification code" not in page


def test_a_number_that_is_somebody_elses_stays_theirs(li, browser_of_li):
    make_user(phone="+8613900000000", phone_verified=True)
    browser_of_li.force_login(li)

    asked = browser_of_li.post("/accounts/phone/change/", {"phone": "13900000000"})
    answer = browser_of_li.post(asked.url, {"code": code_from("+8613900000000")})

    assert "This number has an account already." in answer.content.decode()
    assert User.objects.get(pk=li.pk).phone == PHONE


def test_the_accounts_own_address_cannot_be_taken_away(li, browser_of_li):
    browser_of_li.force_login(li)

    browser_of_li.post("/accounts/email/", {"email": "li@example.com", "action_remove": ""})

    assert User.objects.get().email == "li@example.com"
    assert EmailAddress.objects.get().email == "li@example.com"


# The pages


@pytest.mark.parametrize(
    "path",
    [
        "email",
        "phone/change",
        "password/change",
        "logout",
        "reauthenticate",
        "inactive",
        "password/reset/done",
    ],
)
def test_each_page_of_the_account_has_one_heading(li, browser_of_li, path):
    browser_of_li.force_login(li)

    page = browser_of_li.get(f"/accounts/{path}/").content.decode()

    assert page.count("<h1") == 1
    assert "placeholder" not in page


def test_the_demo_offers_its_accounts_at_one_press(browser_of_li):
    page = browser_of_li.get("/accounts/login/?next=/days/").content.decode()

    offered = [page.count(f'value="{account["email"]}"') for account in demo_accounts.ACCOUNTS]
    assert offered == [1] * len(demo_accounts.ACCOUNTS)
    assert "33110001" in page
    assert page.count('name="next" value="/days/"') == len(demo_accounts.ACCOUNTS) + 1


def test_in_earnest_nobody_is_offered_an_account(browser_of_li, settings):
    settings.DEMO = False

    page = browser_of_li.get("/accounts/login/").content.decode()

    assert demo_accounts.PASSWORD not in page
    assert "33110001" not in page
