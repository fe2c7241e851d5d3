"""Finding the shifts that people must be reminded of."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from volunteers import letters
from volunteers.models import Shift, Signup

DAY_BEFORE = timedelta(hours=24)
LAST_CALL = timedelta(hours=2)


def queue() -> int:
    """Write one reminder per sign-up, a day ahead; run twice, it writes nothing new.

    Who signs up within that day has just read all of it in the confirmation and is
    reminded two hours ahead instead.
    """
    now = timezone.now()
    due = (
        Signup.objects.live()
        .filter(shift__status=Shift.Status.PUBLISHED, shift__starts_at__gt=now)
        .filter(reminded(DAY_BEFORE, now) | reminded(LAST_CALL, now))
        .select_related("shift__station", "volunteer__person")
    )
    return sum(letters.remind(signup) for signup in due.iterator())


def reminded(ahead, now):
    """Sign-ups that were there `ahead` of the shift, once that moment has come."""
    return Q(shift__starts_at__lte=now + ahead, signed_up_at__lte=F("shift__starts_at") - ahead)
