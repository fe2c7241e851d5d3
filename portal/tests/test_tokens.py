"""Tokens: the page where one is made, and what a program does with it."""

import re

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token

from portal import tokens
from volunteers.models import Signup
from volunteers.tests.factories import make_shift

URL = "/me/token/"


def address(shift):
    return f"/api/v1/shifts/{shift.pk}/signup/"


# The page


def test_a_token_is_shown_once_and_kept_as_a_digest_only(client, stranger):
    client.force_login(stranger)

    page = client.post(URL).content.decode()
    [key] = re.findall(r"<code>([0-9a-f]{40})</code>", page)

    assert key not in client.get(URL).content.decode()
    assert Token.objects.get().key == tokens.digest(key) != key


def test_a_new_token_replaces_the_old_one(client, stranger):
    client.force_login(stranger)

    client.post(URL)
    old = Token.objects.get().key
    client.post(URL)

    assert Token.objects.get().key != old


def test_a_token_is_deleted(client, stranger):
    tokens.make(stranger)
    client.force_login(stranger)

    response = client.post(URL, {"delete": "1"})

    assert response.url == reverse("token")
    assert Token.objects.count() == 0


def test_nobody_sees_or_makes_a_token_for_somebody_else(client, stranger, newcomer):
    tokens.make(newcomer.person)
    kept = Token.objects.get().key
    client.force_login(stranger)

    assert client.get(URL).context["token"] is None
    client.post(URL, {"delete": "1"})

    assert Token.objects.get().key == kept


# Who is asking


@pytest.fixture
def program(client, newcomer):
    """A client that sends the newcomer's token and has no session."""
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {tokens.make(newcomer.person)}"
    client.handler.enforce_csrf_checks = True
    return client


def test_a_token_acts_for_its_person(program, newcomer):
    shift = make_shift()

    taken = program.post(address(shift))
    given_back = program.delete(address(shift))

    assert (taken.status_code, given_back.status_code) == (201, 204)
    assert Signup.objects.get().volunteer == newcomer


@pytest.mark.parametrize(
    "end",
    [
        lambda person: tokens.delete(person),
        lambda person: tokens.make(person),
        lambda person: type(person).objects.update(is_active=False),
    ],
    ids=["deleted", "replaced", "closed account"],
)
def test_a_token_that_has_ended_acts_for_nobody(program, newcomer, end):
    shift = make_shift()
    end(newcomer.person)

    answer = program.post(address(shift))

    assert answer.status_code == 403
    assert Signup.objects.count() == 0


@pytest.mark.parametrize("by", ["token", "session"])
def test_without_consent_neither_token_nor_session_acts(client, newcomer, by):
    shift = make_shift()
    headers = {"Authorization": f"Token {tokens.make(newcomer.person)}"} if by == "token" else {}
    if by == "session":
        client.force_login(newcomer.person)
    newcomer.person.consents.all().delete()

    answer = client.post(address(shift), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "consent_required")
    assert Signup.objects.count() == 0


def test_a_session_acts_only_with_the_proof_that_the_page_was_ours(client, newcomer):
    shift = make_shift()
    client.force_login(newcomer.person)
    client.handler.enforce_csrf_checks = True

    assert client.post(address(shift)).status_code == 403
    assert Signup.objects.count() == 0
