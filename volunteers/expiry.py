"""Documents that run out soon: who has one is told in time to renew it."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from volunteers import credential_letters, credentials
from volunteers.models import Credential

DAYS_BEFORE = (1, 14, 60)
Status = Credential.Status


def remind() -> int:
    """Write what is due today; run twice, or again after a day was missed, it writes nothing twice."""
    return sum(remind_of(credential) for credential in running_out())


def running_out():
    """Approved documents near their last day that no later one has followed."""
    today = timezone.localdate()
    approved = Credential.objects.filter(
        status=Status.APPROVED, valid_to__gte=today, valid_to__lte=today + timedelta(days=max(DAYS_BEFORE))
    )
    later = Credential.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")),
        status=Status.APPROVED,
        volunteer=OuterRef("volunteer"),
        kind=OuterRef("kind"),
    )
    return approved.exclude(Exists(later)).select_related("volunteer__person", "volunteer__home_station")


def remind_of(credential) -> int:
    left = (credential.valid_to - timezone.localdate()).days
    step = min(days for days in DAYS_BEFORE if days >= left)
    flagged = credentials.depending(credential)
    written = 0
    if not is_sent_anew(credential):
        written += credential_letters.tell_expiring(credential, step, flagged)
    if step == min(DAYS_BEFORE) and flagged:
        written += credential_letters.tell_station_of_expiry(credential, flagged)
    return written


def is_sent_anew(credential) -> bool:
    """She has done her part; the reviewer has not yet."""
    same = Credential.objects.filter(volunteer=credential.volunteer_id, kind=credential.kind)
    return same.filter(status=Status.PENDING).exists()
