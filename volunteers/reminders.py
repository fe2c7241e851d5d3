"""Finding the shifts that people must be reminded of."""

from datetime import timedelta

from django.utils import timezone

from volunteers import letters
from volunteers.models import Shift, Signup

BEFORE = timedelta(hours=24)


def queue() -> int:
    """Write one reminder per sign-up whose shift starts within a day; run twice, it writes nothing."""
    now = timezone.now()
    soon = (
        Signup.objects.live()
        .filter(
            shift__status=Shift.Status.PUBLISHED, shift__starts_at__gt=now, shift__starts_at__lte=now + BEFORE
        )
        # Who signs up within the day has just read all of it in the confirmation.
        .exclude(signed_up_at__gt=now - timedelta(hours=1))
        .select_related("shift__station", "volunteer__person")
    )
    return sum(letters.remind(signup) for signup in soon.iterator())
