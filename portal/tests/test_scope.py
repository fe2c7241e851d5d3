"""Every address of the workplace, walked as every role: nothing of others is shown, found or changed."""

import pytest
from django.contrib.admin import site
from django.urls import NoReverseMatch, reverse

from events.models import PointsEntry, Stock
from events.tests.factories import make_redemption, make_service_day, make_worker_pass
from stations.models import HistoryLine, Posting
from stations.tests.factories import (
    make_cabinet,
    make_division,
    make_kiosk,
    make_posting,
    make_report,
    make_station,
    make_suggestion,
    make_user,
)
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer

OTHERS = "邻县"  # in the visible text of whatever belongs to the other county
PAGES = ["change", "delete", "history"]
WHO = ["manager", "moderator", "staff", "county_auditor"]


@pytest.fixture
def county_auditor(station):
    person = make_user(name="县审计")
    make_posting(person, station.organisation, role=Posting.Role.AUDITOR)
    return person


def fill(station, mark):
    """A row of every model that belongs to a place."""
    person = make_user(name=f"{mark}某人")
    volunteer = make_volunteer(person=person, home_station=station)
    kiosk = make_kiosk(station=station, label=f"{mark}前台")
    card = make_worker_pass(station=station, nickname=f"{mark}师傅")
    redemption = make_redemption(kiosk=kiosk, worker_pass=card)
    shift = make_shift(station=station)
    return [
        station,
        station.organisation,
        station.division,
        kiosk,
        card,
        card.account,
        redemption,
        volunteer,
        shift,
        make_posting(person, station),
        make_report(station=station, text=f"{mark}坏了").fault,
        make_suggestion(division=station.division, place=f"{mark}路口"),
        make_cabinet(station=station, external_id=f"{mark}-1"),
        make_credential(volunteer=volunteer),
        make_signup(shift=shift, volunteer=volunteer),
        make_service_day(station=station, title=f"{mark}服务日"),
        station.redemption_days.get(),
        Stock.objects.get(station=station),
        HistoryLine.objects.filter(station=station).first(),
    ]


@pytest.fixture
def mine(station):
    return fill(station, "本县")


@pytest.fixture
def theirs(station):
    division = make_division(code="331002", name="邻县区", prefecture="邻县市")
    return fill(make_station(name="邻县驿站", division=division), OTHERS)


def address(row, page):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def lists():
    """Addresses without a row: every list, form and file of every model, the desk and the first page."""
    yield reverse("admin:index")
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield from (reverse(f"{name}_{page}") for page in ("changelist", "add"))
        try:
            yield reverse(f"{name}_export", args=["csv"])
        except NoReverseMatch:
            continue


def read(answer):
    return b"".join(answer).decode("utf-8", "replace")


@pytest.mark.parametrize("who", WHO)
def test_nothing_of_others_is_listed(request, client, mine, theirs, who):
    client.force_login(request.getfixturevalue(who))

    answers = {url: client.get(url) for url in lists()}

    assert {url for url, answer in answers.items() if OTHERS in read(answer)} == set()
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 403}


def test_the_operator_sees_the_others_too(client, admin, mine, theirs):
    client.force_login(admin)

    found = {type(row).__name__ for row in theirs if OTHERS in read(client.get(address(row, "change")))}

    assert len(found) > 10


@pytest.mark.parametrize("who", WHO)
def test_what_is_out_of_reach_does_not_exist(request, client, mine, theirs, who):
    client.force_login(request.getfixturevalue(who))

    wrong = {}
    for own, other in zip(mine, theirs, strict=True):
        for page in PAGES:
            at_home, away = (client.get(address(row, page)).status_code for row in (own, other))
            if away != 404 and not away == at_home == 403:
                wrong[address(other, page)] = (at_home, away)

    assert wrong == {}


@pytest.mark.parametrize("who", WHO)
def test_an_action_on_rows_of_others_changes_nothing(request, client, mine, theirs, who):
    client.force_login(request.getfixturevalue(who))
    before = HistoryLine.objects.count(), PointsEntry.objects.count()

    for row in theirs:
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
        for action in site.get_model_admin(type(row)).actions or []:
            client.post(url, {"action": action, "_selected_action": [row.pk]})
        client.post(url, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert (HistoryLine.objects.count(), PointsEntry.objects.count()) == before
    assert [type(row) for row in theirs if not type(row)._base_manager.filter(pk=row.pk).exists()] == []


def test_every_action_says_what_it_needs(rf, admin):
    request = rf.get("/")
    request.user = admin

    silent = [
        (model.__name__, name)
        for model, model_admin in site._registry.items()
        for name, (function, *_words) in model_admin.get_actions(request).items()
        if not getattr(function, "allowed_permissions", [])
    ]

    assert silent == []
