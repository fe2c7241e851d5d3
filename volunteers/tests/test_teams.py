"""Teams such as 青蜂侠: who leads, who comes in, who leaves."""

import pytest
from django.urls import reverse

from events.models import Message
from stations.models import HistoryLine
from stations.refusals import Refusal
from volunteers import teams
from volunteers.models import TeamMember
from volunteers.tests.factories import make_team, make_volunteer
from volunteers.tests.reading import reader, words

PAGE = "/volunteer/teams/"


@pytest.fixture
def client(db):
    return reader()


@pytest.fixture
def team(volunteer, station):
    """Led by the lawyer, with one more."""
    return make_team(volunteer, make_volunteer(name="骑手小李"), station=station, name="青蜂侠一队")


def names(team):
    return [member.volunteer.name for member in team.memberships.select_related("volunteer")]


def refused(verb, *asked):
    with pytest.raises(Refusal) as refusal:
        verb(*asked)
    return refusal.value.code


def test_a_leader_takes_somebody_in_by_their_number_and_they_are_told(team, volunteer, newcomer):
    teams.add(volunteer, team, newcomer.number)

    assert sorted(names(team)) == sorted(["林律师", "骑手小李", "新来的人"])
    assert Message.objects.get().person == newcomer.person


def test_nobody_is_taken_in_twice_or_by_a_wrong_number(team, volunteer, newcomer):
    teams.add(volunteer, team, newcomer.number)

    assert refused(teams.add, volunteer, team, newcomer.number) == "member_already"
    assert refused(teams.add, volunteer, team, "0000000000") == "no_such_number"
    assert team.memberships.count() == 3


def test_who_does_not_lead_changes_nothing(team, newcomer):
    member = team.memberships.get(is_leader=False)

    assert refused(teams.add, member.volunteer, team, newcomer.number) == "not_leader"
    assert refused(teams.remove, newcomer, team, member) == "not_leader"
    assert team.memberships.count() == 2


def test_a_leader_lets_somebody_go_and_everybody_may_leave(team, volunteer, newcomer):
    first = team.memberships.get(is_leader=False)
    teams.add(volunteer, team, newcomer.number)

    teams.remove(volunteer, team, first)
    left = [teams.leave(newcomer, team) for _twice in range(2)]

    assert left == [True, False]
    assert names(team) == ["林律师"]
    lines = HistoryLine.objects.filter(model="volunteers.team", object_id=team.pk).order_by("pk")
    assert [(line.person, line.reason) for line in lines.exclude(reason="")] == [
        (volunteer.person, "新来的人已加入服务队。"),
        (volunteer.person, "骑手小李已不在服务队。"),
        (newcomer.person, "新来的人已不在服务队。"),
    ]


def test_the_last_leader_stays_until_somebody_follows(team, volunteer):
    first = refused(teams.leave, volunteer, team)
    team.memberships.update(is_leader=True)
    teams.leave(volunteer, team)

    assert first == "last_leader"
    assert names(team) == ["骑手小李"]


# Pages


def test_members_read_who_is_in_and_who_leads_and_only_a_leader_finds_the_buttons(client, team, volunteer):
    pages = []
    for member in (volunteer, team.memberships.get(is_leader=False).volunteer):
        client.force_login(member.person)
        pages.append(client.get(PAGE))

    assert ["骑手小李" in words(page) and "leads the team" in words(page) for page in pages] == [True, True]
    assert ["Take into the team" in words(page) for page in pages] == [True, False]
    assert ["Let go" in words(page) for page in pages] == [True, False]


def test_a_leader_does_it_all_on_the_page(client, team, volunteer, newcomer):
    client.force_login(volunteer.person)
    first = team.memberships.get(is_leader=False)

    added = client.post(f"{PAGE}{team.pk}/add/", {"number": f" {newcomer.number} "}, follow=True)
    removed = client.post(f"{PAGE}{team.pk}/members/{first.pk}/remove/", follow=True)
    stays = client.post(f"{PAGE}{team.pk}/leave/", follow=True)

    assert "新来的人 is in the team now." in added.content.decode()
    assert "骑手小李 is not in the team any more." in removed.content.decode()
    assert "Nobody else leads this team." in stays.content.decode()
    assert sorted(names(team)) == sorted(["林律师", "新来的人"])


def test_a_team_of_others_does_not_exist(client, team, newcomer):
    client.force_login(newcomer.person)
    other = make_team(newcomer)
    member = team.memberships.get(is_leader=False)

    answers = [
        client.post(f"{PAGE}{team.pk}/add/", {"number": newcomer.number}),
        client.post(f"{PAGE}{team.pk}/leave/"),
        client.post(f"{PAGE}{team.pk}/members/{member.pk}/remove/"),
        client.post(f"{PAGE}{other.pk}/members/{member.pk}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert team.memberships.count() == 2
    assert "青蜂侠一队" not in words(client.get(PAGE))


def test_who_is_in_no_team_reads_how_to_join_one(client, newcomer):
    client.force_login(newcomer.person)

    assert f"tell its leader your volunteer number: {newcomer.number}" in words(client.get(PAGE))


@pytest.mark.parametrize("rows", [1, 3])
def test_three_teams_cost_no_more_than_one(client, volunteer, rows, django_assert_num_queries):
    for _row in range(rows):
        make_team(volunteer, make_volunteer(), make_volunteer())
    client.force_login(volunteer.person)
    client.get(PAGE)

    with django_assert_num_queries(6):
        client.get(PAGE)


# In the workplace


def test_the_station_founds_a_team_of_its_volunteers_only(client, manager, station, volunteer, other_station):
    stranger = make_volunteer(home_station=other_station)
    client.force_login(manager)
    form = {
        "name": "新队",
        "station": station.pk,
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
    }
    address = reverse("admin:volunteers_team_add")

    wrong = client.post(address, {**form, "memberships-0-volunteer": stranger.pk})
    right = client.post(
        address, {**form, "memberships-0-volunteer": volunteer.pk, "memberships-0-is_leader": "on"}
    )

    member = TeamMember.objects.get()
    assert (wrong.status_code, right.status_code) == (200, 302)
    assert (member.volunteer, member.is_leader, member.team.name) == (volunteer, True, "新队")
