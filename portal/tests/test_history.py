"""What the history of the whole house promises: every model is governed, or there is a reason why not."""

import pytest
from django.apps import apps
from django.urls import reverse
from simple_history.models import HistoricalChanges

from portal.tests.test_architecture import OURS
from stations import history
from stations.models import HistoryLine
from stations.tests.factories import make_user
from volunteers import profiles

LEDGER = "a ledger: rows are only ever added, and say who and when"
WITHOUT = {
    "events.cardnumber": "numbers once drawn, never altered; the card they were on has a history",
    "events.booth": "it follows its shift, which has a history",
    "events.message": "the outbox: written and sent by tasks, with its own states and times",
    "events.pointsaccount": "a sum of the ledger of points",
    "events.pointsentry": LEDGER,
    "events.quarterline": "a sum of the ledger of points, published once and never altered",
    "events.stockmovement": LEDGER,
    "portal.consent": "a person's own word, with its own times",
    "portal.decision": "itself a record of who decided what and why",
    "portal.user": "people's own data; who is let in or shut out by an operator has a line",
    "stations.division": "the state's gazetteer, loaded from a file",
    "stations.exportjob": "itself a record of who exported what",
    "stations.faultreport": "what somebody said, never altered",
    "stations.historyline": "the history itself",
    "stations.importjob": "itself a record of who imported what",
    "volunteers.agreement": "what both sides agreed, signed once and never altered",
    "volunteers.hoursentry": LEDGER,
    "volunteers.invitation": "itself a record of who asked whom",
    "volunteers.teammember": "who is in a team; the team itself has a history",
    "volunteers.usedcode": "itself a record of what was used when",
}


def test_every_model_keeps_its_history_or_there_is_a_reason_why_not():
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    own = [model for model in ours if not issubclass(model, HistoricalChanges)]

    assert {model._meta.label_lower for model in own if not history.is_kept(model)} == WITHOUT.keys()


def test_every_governed_row_says_in_whose_care_it_is():
    lost = [
        model._meta.label_lower
        for model in history.kept()
        if not hasattr(model, "station") and not hasattr(model, "organisation")
    ]

    # The one catalogue of the province, and its rules.
    assert lost == ["events.earningrule", "events.price", "events.reward"]


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_whom_an_operator_lets_in_or_shuts_out_is_told(client, admin, field):
    person = make_user(name="离职者")
    HistoryLine.objects.all().delete()
    url = reverse("admin:portal_user_change", args=[person.pk])
    client.force_login(admin)
    values = {"name": person.name, "email": person.email, "language": "zh-hans", "is_active": "on"}
    if field == "is_active":
        del values["is_active"]
    else:
        values["is_superuser"] = "on"

    assert client.post(url, values).status_code == 302

    line = HistoryLine.objects.get()
    before = field == "is_active"
    assert [line.model, line.name, line.person] == ["portal.user", "离职者", admin]
    assert line.changes == [[field, before, not before]]


def test_a_volunteer_who_offers_something_else_is_told_in_words(station):
    person = make_user()
    profiles.save(person, name="林律师", home_station=station, services=["legal"])
    HistoryLine.objects.all().delete()

    volunteer = profiles.save(person, name="林律师", home_station=station, services=["helper"])
    profiles.save(person, name="林律师", home_station=station, services=["helper"])

    line = HistoryLine.objects.get()
    assert line.changes == [["services", ["legal"], ["helper"]]]
    assert "helper" not in line.sentences[0]
    assert volunteer.history.count() == 2
