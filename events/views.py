from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone

from events import redemption_days
from events.models import Booth, ServiceDay


@login_not_required
def days(request):
    """Service days of the next weeks, and when points can be redeemed where."""
    today = timezone.localdate()
    calendar = redemption_days.calendar(today, today + timedelta(days=13))
    coming = ServiceDay.objects.upcoming().select_related("station__division")
    context = {
        "service_days": coming.prefetch_related(Prefetch("booths", Booth.objects.open()))[:60],
        "redemption_days": with_reservations(calendar, today),
    }
    return render(request, "events/days.html", context)


def with_reservations(calendar, today) -> list[tuple]:
    """Each day with its stations, and whether one reserves there for that day: the station's next one."""
    seen, days = set(), []
    for day, stations in calendar:
        days.append((day, [(station, day > today and station.pk not in seen) for station in stations]))
        seen |= {station.pk for station in stations if day > today}
    return days
