"""The public pages that need more than one package: home and a station's own page."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from events import redemption_days
from events.models import ServiceDay
from stations import hours, navigation
from stations.models import Need, Station
from volunteers.models import HoursEntry, Shift


@login_not_required
def home(request):
    stations = Station.objects.listed()
    year = timezone.localdate().year
    minutes = HoursEntry.objects.filter(confirmed_at__year=year).values_list("minutes", flat=True)
    context = {
        "needs": Need,
        "service_day": ServiceDay.objects.upcoming().select_related("station__division").first(),
        "shifts": most_needed(),
        "station_count": stations.count(),
        "hours_given": sum(minutes) // 60,
        "year": year,
    }
    return render(request, "portal/home.html", context)


def most_needed():
    """The three shifts of the coming week that lack most people; of two alike the sooner one."""
    now = timezone.now()
    soon = Shift.objects.upcoming().with_place().filter(starts_at__range=(now, now + timedelta(days=7)))
    lacking = soon.filter(taken__lt=F("places"))
    return lacking.order_by(F("taken") - F("places"), "starts_at", "pk")[:3]


@login_not_required
def station(request, code):
    station = get_object_or_404(Station.objects.listed().with_facilities(), code=code)
    today = timezone.localdate()
    context = {
        "station": station,
        "opening": station.opening(),
        "week": hours.week(station.opening_hours, today),
        "links": navigation.links(station),
        "service_days": station.service_days.upcoming()[:4],
        "shifts": station.shifts.upcoming()[:4],
        "next_redemption_day": redemption_days.next_one(station, today - timedelta(days=1)),
    }
    return render(request, "portal/station.html", context)
