"""Consent to the personal information rules: asked, given, asked again when they change, withdrawn."""

import pytest
from django.test import Client

from portal import consent
from portal.models import Consent


@pytest.fixture
def english():
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def undecided(stranger):
    """Signed in, and has not agreed to today's rules."""
    stranger.consents.all().delete()
    return stranger


def test_who_has_not_agreed_is_asked_once_and_goes_on_to_where_they_were_going(english, undecided):
    english.force_login(undecided)

    asked = english.get("/volunteer/shifts/?kind=legal")
    question = english.get(asked.url).content.decode()
    gone_on = english.post("/consent/", {"next": "/volunteer/shifts/?kind=legal"})

    assert asked.url == "/consent/?next=%2Fvolunteer%2Fshifts%2F%3Fkind%3Dlegal"
    assert 'name="next" value="/volunteer/shifts/?kind=legal"' in question
    assert question.count("<h1") == 1
    assert gone_on.url == "/volunteer/shifts/?kind=legal"
    assert english.get("/me/").status_code == 200
    assert Consent.objects.filter(person=undecided).count() == 1


def test_the_rules_can_be_read_before_agreeing(english, undecided):
    english.force_login(undecided)

    assert english.get("/privacy/").status_code == 200


def test_new_rules_are_asked_about_again_and_the_old_answer_is_kept(english, stranger, settings):
    english.force_login(stranger)
    assert english.get("/me/").status_code == 200

    settings.PRIVACY_RULES_VERSION = "2030-01"
    asked = english.get("/me/")
    english.post("/consent/")

    assert asked.url == "/consent/?next=%2Fme%2F"
    assert [row.version for row in stranger.consents.order_by("given_at")] == ["2026-12", "2030-01"]


def test_agreeing_twice_is_one_consent(stranger):
    consent.give(stranger)
    consent.give(stranger)

    assert stranger.consents.count() == 1


def test_withdrawing_signs_out_says_what_happens_now_and_is_asked_about_at_the_next_visit(english, stranger):
    english.force_login(stranger)

    left = english.post("/consent/", {"withdraw": "1"})
    page = english.get("/privacy/").content.decode()

    assert left.url == "/"
    assert "Your consent is withdrawn and you are signed out." in page
    assert english.get("/me/").url == "/accounts/login/?next=/me/"
    assert stranger.consents.get().withdrawn_at is not None
    english.force_login(stranger)
    assert english.get("/me/").url == "/consent/?next=%2Fme%2F"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example.net/", "//elsewhere.example.net", "javascript:1"]
)
def test_agreeing_leads_to_no_other_site(english, undecided, elsewhere):
    english.force_login(undecided)

    assert english.post("/consent/", {"next": elsewhere}).url == "/me/"


def test_the_question_is_for_people_who_are_signed_in(english, db):
    assert english.get("/consent/").url == "/accounts/login/?next=/consent/"
    assert english.post("/consent/").status_code == 302
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh-hans", "谁在处理您的信息"), ("en", "Who handles your information")]
)
def test_the_rules_are_complete_in_both_languages(client, db, language, sentence, settings):
    page = client.get("/privacy/", headers={"Accept-Language": language}).content.decode()

    assert sentence in page
    assert settings.PRIVACY_RULES_VERSION in page
    assert (page.count("<h1"), page.count("<tr>")) == (1, 9)
