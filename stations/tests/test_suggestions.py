"""Sites that people suggest, from the form to the decision."""

import pytest
import time_machine

from stations import suggestions
from stations.models import SiteSuggestion
from stations.refusals import Refusal
from stations.tests.factories import make_division, make_suggestion

pytestmark = pytest.mark.django_db
PLACE = {"place": "文一路路口", "why": "没有地方坐"}


def refused(verb, *args, **kwargs):
    with pytest.raises(Refusal) as refusal:
        verb(*args, **kwargs)
    assert str(refusal.value)
    return refusal.value.code


def test_a_suggestion_waits_for_review():
    made = suggestions.suggest(make_division(), **PLACE, address="10.0.0.1")

    assert (made.state, made.place, len(made.key)) == ("pending", "文一路路口", 22)


def test_one_address_sends_five_suggestions_an_hour():
    county = make_division()
    with time_machine.travel("2026-11-25T10:00:00+08:00", tick=False) as clock:
        for _n in range(5):
            suggestions.suggest(county, **PLACE, address="10.0.0.1")

        assert refused(suggestions.suggest, county, **PLACE, address="10.0.0.1") == "too_many"
        clock.shift(3601)
        suggestions.suggest(county, **PLACE, address="10.0.0.1")

    assert SiteSuggestion.objects.count() == 6


@pytest.mark.parametrize("is_looked_into", [False, True])
@pytest.mark.parametrize(("verb", "state"), [("adopt", "adopted"), ("decline", "declined")])
def test_a_decision_is_kept_with_its_reason_and_who_made_it(admin, is_looked_into, verb, state):
    made = make_suggestion()
    if is_looked_into:
        suggestions.look_into(made, by=admin)
        assert (made.state, made.looked_at is None, made.decided_at) == ("looking", False, None)

    getattr(suggestions, verb)(made, by=admin, reason=" 二百米外已有一个站点 ")

    assert (made.state, made.answer, made.decided_by) == (state, "二百米外已有一个站点", admin)
    assert made.decided_at is not None


@pytest.mark.parametrize("reason", ["", "  "])
def test_whoever_declines_says_why(admin, reason):
    made = make_suggestion()

    assert refused(suggestions.decline, made, by=admin, reason=reason) == "reason_needed"
    made.refresh_from_db()
    assert made.state == "pending"


def test_the_first_decision_counts(admin):
    made = make_suggestion()
    seen_before = SiteSuggestion.objects.get()
    suggestions.adopt(made, by=admin)

    with pytest.raises(Refusal, match="工会"):
        suggestions.decline(seen_before, by=admin, reason="太远")
    assert refused(suggestions.look_into, made, by=admin) == "decided_before"

    made.refresh_from_db()
    assert (made.state, made.answer) == ("adopted", "")
