"""Finding the shifts that people must be reminded of."""

from datetime import timedelta

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from stations.holidays import is_workday, workdays_from
from stations.models import Station
from volunteers import afterwards, letters
from volunteers.models import Shift, Signup

DAY_BEFORE = timedelta(hours=24)
LAST_CALL = timedelta(hours=2)
# Hours are recorded within ten working days (order 67, art. 11).
UNMARKED_ON, UNMARKED_WITHIN = (5, 9), 10
LONGEST = 40  # days, in which nine working days have passed even around the Spring Festival


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


def queue_unmarked() -> int:
    """Tell managers of shifts on which somebody is unmarked on working days 5 and 9 after them.

    One letter for a station and day of writing, so that running twice writes nothing new.
    """
    today = timezone.localdate()
    days = ended_on(today)
    if not days:
        return 0
    found = Signup.objects.unmarked().filter(shift__ends_at__date__in=days).order_by()
    rows = list(found.values_list("shift__station").annotate(Count("pk"), Min("shift__ends_at")))
    stations = Station.objects.in_bulk([pk for pk, _count, _first in rows])
    return sum(
        afterwards.remind_of_unmarked(stations[pk], today, count=count, until=last_day(first))
        for pk, count, first in rows
    )


def ended_on(today) -> list:
    """The days of shifts that are reminded of today; none on a day off."""
    if not is_workday(today):
        return []
    before = [today - timedelta(days=days) for days in range(1, LONGEST)]
    return [day for day in before if any(workdays_from(day, count) == today for count in UNMARKED_ON)]


def last_day(ends_at):
    return workdays_from(timezone.localdate(ends_at), UNMARKED_WITHIN)
