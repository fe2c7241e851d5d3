"""The public pages that need more than one package: home and a station's own page."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from events import redemption_days
from events.models import ServiceDay
from stations import navigation, schema_org, weeks
from stations.models import Need, Station
from volunteers import openings
from volunteers.models import HoursEntry

A_WEEK = timedelta(days=7)


@login_not_required
def home(request):
    year = timezone.localdate().year
    given = HoursEntry.objects.filter(confirmed_at__year=year).aggregate(minutes=Sum("minutes"))
    context = {
        "needs": Need,
        "service_day": ServiceDay.objects.upcoming().select_related("station__division").first(),
        "shifts": openings.most_needed(openings.coming().filter(starts_at__lt=timezone.now() + A_WEEK)),
        "station_count": Station.objects.listed().count(),
        "hours_given": (given["minutes"] or 0) // 60,
        "year": year,
    }
    return render(request, "portal/home.html", context)


@login_not_required
def station(request, code):
    station = get_object_or_404(Station.objects.listed().with_details(), code=code)
    today = timezone.localdate()
    week = weeks.coming(station, today)
    faults = {fault.kind: fault for fault in station.open_faults}
    context = {
        "station": station,
        "opening": station.opening(),
        "week": week,
        "later": [other for other in station.exceptions.all() if other.starts_on > week[-1].date],
        "links": navigation.links(station),
        "facilities": [(facility, faults.pop(facility.kind, None)) for facility in station.facilities.all()],
        "other_faults": faults.values(),
        "service_days": station.service_days.upcoming()[:4],
        "booths": station.booths.open()[:4],
        "shifts": station.shifts.upcoming()[:4],
        "next_redemption_day": redemption_days.next_one(station, today - timedelta(days=1)),
        "for_machines": schema_org.embedded(station, week),
    }
    return render(request, "portal/station.html", context)
