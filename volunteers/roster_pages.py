"""The roster in the workplace: a week on a page, on paper and as a workbook."""

from django.contrib import admin
from django.http import FileResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stations import export_jobs, reach
from stations.exported import TYPES
from stations.hours import midnight
from stations.models import ExportJob
from volunteers import roster, roster_sheet
from volunteers.models import ServiceKind

LONGEST = 60  # letters of a search


def asked(request):
    """Week, service, words for a station, and the page of stations, as the address has them."""
    week = roster.Week.read(request.GET.get("week", ""))
    service = request.GET.get("service", "")
    service = service if service in ServiceKind else ""
    sought = " ".join(request.GET.get("station", "").replace("\0", "").split())[:LONGEST]
    paginator = roster.stations(reach.of_request(request), week, service=service, sought=sought)
    return week, service, sought, paginator.get_page(request.GET.get("page"))


def page(request):
    week, service, sought, stations = asked(request)
    reached = reach.of_request(request)
    context = admin.site.each_context(request) | {
        "title": _("Week roster"),
        "week": week,
        "service": service,
        "services": ServiceKind,
        "station": sought,
        "page": stations,
        "roster": roster.read(reached, week, list(stations), service=service),
        "may_see_names": reached.may(reach.AT_THE_COUNTER),
        "here": request.get_full_path(),
    }
    return render(request, "admin/volunteers/roster.html", context)


def export(request):
    """What the page shows, as a workbook; that it left the portal is noted as for every list."""
    week, service, _sought, stations = asked(request)
    rows = roster_sheet.rows(roster.read(reach.of_request(request), week, list(stations), service=service))
    job = ExportJob(
        list="volunteers.signup",
        query=in_the_list(week, service),
        ending="xlsx",
        language=get_language(),
        reached=export_jobs.fingerprint(request),
        made_by=request.user,
    )
    export_jobs.hand_over(job, len(rows))
    title = f"{_('Week roster')} {week.monday:%Y-%m-%d}"
    return FileResponse(
        roster_sheet.write(rows, title),
        as_attachment=True,
        filename=f"{title}.xlsx",
        content_type=TYPES["xlsx"],
        headers={"Cache-Control": "private, no-store"},
    )


def in_the_list(week, service) -> str:
    """The filters with which the list of sign-ups shows about the same rows."""
    days = {
        "shift__starts_at__gte": midnight(week.monday).isoformat(sep=" "),
        "shift__starts_at__lt": midnight(week.after).isoformat(sep=" "),
    }
    return urlencode(days | ({"shift__kind__exact": service} if service else {}))
