"""Shifts that want people: what the list shows, and what a volunteer may do next."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from volunteers.models import REQUIRED_CREDENTIAL, Credential, Shift


def coming():
    """Published shifts that have not begun, soonest first."""
    return Shift.objects.upcoming().with_place().filter(starts_at__gt=timezone.now())


def most_needed(volunteer):
    """The three shifts that lack most people, of those that signing up would not refuse her."""
    open_to_her = (
        coming()
        .filter(within_reach(volunteer), taken__lt=F("places"))
        .exclude(Exists(clashing(volunteer, OuterRef("starts_at"), OuterRef("ends_at"))))
    )
    return open_to_her.order_by(F("taken") - F("places"), "starts_at", "pk")[:3]


def within_reach(volunteer) -> Q:
    """Shifts of the services she offers, as far as her approved documents go."""
    free = [service for service in volunteer.services if service not in REQUIRED_CREDENTIAL]
    reach = Q(kind__in=free)
    for credential in volunteer.credentials.filter(status=Credential.Status.APPROVED):
        served = [s for s in volunteer.services if REQUIRED_CREDENTIAL.get(s) == credential.kind]
        in_time = Q(ends_at__date__lte=credential.valid_to) if credential.valid_to else Q()
        reach |= Q(kind__in=served) & in_time
    return reach


def clashing(volunteer, starts_at, ends_at):
    """Her places on shifts that overlap with these hours."""
    return volunteer.signups.live().filter(shift__starts_at__lt=ends_at, shift__ends_at__gt=starts_at)
