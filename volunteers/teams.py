"""Teams: whoever leads one takes people in and lets them go; everybody may leave."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers import letters
from volunteers.models import Team, TeamMember, Volunteer


def of(volunteer: Volunteer):
    """Her teams, with everybody in them."""
    return Team.objects.filter(members=volunteer).prefetch_related("memberships__volunteer")


def check_leads(volunteer, team):
    if not team.memberships.filter(volunteer=volunteer, is_leader=True).exists():
        raise Refusal("not_leader", _("Only somebody who leads this team changes it."))


def check_somebody_leads_on(member):
    """A team is led while anybody is in it; the station names who follows."""
    others = member.team.memberships.exclude(pk=member.pk)
    if member.is_leader and others.exists() and not others.filter(is_leader=True).exists():
        raise Refusal(
            "last_leader",
            _("Nobody else leads this team. Please ask %(station)s to name somebody first.")
            % {"station": member.team.station},
        )


@transaction.atomic
def add(leader: Volunteer, team: Team, number: str) -> TeamMember:
    """Take in whoever has told the leader her volunteer number; she is told."""
    lock(team)
    check_leads(leader, team)
    volunteer = Volunteer.objects.filter(number=number).select_related("person").first()
    if volunteer is None:
        raise Refusal("no_such_number", _("No volunteer has this number. It stands on “What I can do”."))
    try:
        with transaction.atomic():
            member = TeamMember.objects.create(team=team, volunteer=volunteer)
    except IntegrityError as problem:
        raise Refusal("member_already", _("This volunteer is in the team already.")) from problem
    said = _("%(name)s is in the team now.") % {"name": volunteer}
    history.note(team, by=leader.person, before={}, reason=said)
    letters.tell_in_team(member, leader)
    return member


@transaction.atomic
def remove(leader: Volunteer, team: Team, member: TeamMember) -> None:
    lock(team)
    check_leads(leader, team)
    take_out(member, by=leader.person)


@transaction.atomic
def leave(volunteer: Volunteer, team: Team) -> bool:
    """False when she was not in it."""
    lock(team)
    member = team.memberships.filter(volunteer=volunteer).select_related("team__station").first()
    if member is None:
        return False
    take_out(member, by=volunteer.person)
    return True


def take_out(member, *, by):
    check_somebody_leads_on(member)
    member.delete()
    said = _("%(name)s is not in the team any more.") % {"name": member.volunteer}
    history.note(member.team, by=by, before={}, reason=said)


def lock(team):
    """Two leaders who leave at once are not both let go."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
