"""Shifts that want people: what the list shows, and what a volunteer may do next."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from volunteers.models import REQUIRED_CREDENTIAL, Credential, Shift


def coming():
    """Published shifts that have not begun, soonest first."""
    return Shift.objects.upcoming().with_place().filter(starts_at__gt=timezone.now())


def most_needed(shifts):
    """The three of these shifts that lack most people; of two alike the sooner one."""
    return shifts.filter(taken__lt=F("places")).order_by(F("taken") - F("places"), "starts_at", "pk")[:3]


def for_volunteer(volunteer):
    """The coming shifts that signing up would not refuse her."""
    return (
        coming()
        .filter(within_reach(volunteer))
        .exclude(Exists(volunteer.signups.overlapping(OuterRef("starts_at"), OuterRef("ends_at"))))
    )


def within_reach(volunteer) -> Q:
    """Shifts of the services she offers, as far as her approved documents go."""
    free = [service for service in volunteer.services if service not in REQUIRED_CREDENTIAL]
    reach = Q(kind__in=free)
    for credential in volunteer.credentials.filter(status=Credential.Status.APPROVED):
        served = [s for s in volunteer.services if REQUIRED_CREDENTIAL.get(s) == credential.kind]
        in_time = Q(ends_at__date__lte=credential.valid_to) if credential.valid_to else Q()
        if credential.valid_from:
            in_time &= Q(starts_at__date__gte=credential.valid_from)
        reach |= Q(kind__in=served) & in_time
    return reach
