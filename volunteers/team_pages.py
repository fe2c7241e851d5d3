"""My teams."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stations.refusals import Refusal
from volunteers import credentials, profiles, teams


def mine(request):
    volunteer = profiles.find(request.user)
    if volunteer is None:
        return redirect("volunteers:profile")
    return render(request, "volunteers/teams.html", {"volunteer": volunteer, "teams": led(volunteer)})


def led(volunteer):
    """Her teams, each saying whether she leads it."""
    found = list(teams.of(volunteer))
    for team in found:
        own = [member for member in team.memberships.all() if member.volunteer_id == volunteer.pk]
        team.is_led = any(member.is_leader for member in own)
    return found


@require_POST
def add(request, pk):
    def take_in(volunteer, team):
        member = teams.add(volunteer, team, credentials.plain(request.POST.get("number", "")))
        return _("%(name)s is in the team now.") % {"name": member.volunteer}

    return change(request, pk, take_in)


@require_POST
def remove(request, pk, member):
    def let_go(volunteer, team):
        members = team.memberships.select_related("volunteer", "team__station")
        membership = get_object_or_404(members, pk=member)
        teams.remove(volunteer, team, membership)
        return _("%(name)s is not in the team any more.") % {"name": membership.volunteer}

    return change(request, pk, let_go)


@require_POST
def leave(request, pk):
    def go(volunteer, team):
        teams.leave(volunteer, team)
        return _("You have left the team %(team)s.") % {"team": team}

    return change(request, pk, go)


def change(request, pk, verb):
    """Do it, or say why not; teams one is not in do not exist."""
    try:
        volunteer = profiles.of(request.user)
        messages.success(request, verb(volunteer, get_object_or_404(volunteer.teams, pk=pk)))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("volunteers:teams")
