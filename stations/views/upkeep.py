"""Reporting a fault, suggesting a site, following either by its address; and photos."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control

from stations import faults, reach, suggestions
from stations.models import Fault, FaultReport, SiteSuggestion, Station, StationPhoto
from stations.refusals import Refusal
from stations.upkeep_forms import ReportForm, SuggestionForm

A_DAY = 24 * 60 * 60


@login_not_required
def report(request, code):
    """Nobody is asked for a name. `?kind=water` chooses a facility beforehand."""
    station = get_object_or_404(Station.objects.listed().with_details(), code=code)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(station, *sent, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        try:
            made = faults.report(station, address=request.META["REMOTE_ADDR"], **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        except ValidationError as error:
            form.add_error("photo", error)
        else:
            return redirect(made)
    context = {"station": station, "form": form}
    return render(request, "stations/report.html", context, status=422 if form.errors else 200)


@login_not_required
@cache_control(private=True, no_store=True)
def fault(request, key):
    """How a reported fault stands, for who knows its key."""
    report = get_object_or_404(FaultReport.objects.select_related("fault__station"), key=key)
    fault, states = report.fault, Fault.State
    steps = [
        (states.TO_DO, report.created_at),
        (states.IN_PROGRESS, fault.taken_up_at),
        (states.FIXED, fault.fixed_at),
    ]
    context = {"report": report, "fault": fault, "steps": steps, "address": request.build_absolute_uri()}
    return unlisted(render(request, "stations/fault.html", context))


@login_not_required
def suggest(request):
    data = request.POST if request.method == "POST" else None
    form = SuggestionForm(data, label_suffix="", initial={"division": request.GET.get("county")})
    if form.is_valid():
        try:
            made = suggestions.suggest(address=request.META["REMOTE_ADDR"], **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect(made)
    return render(request, "stations/suggest.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@cache_control(private=True, no_store=True)
def suggestion(request, key):
    """How a suggested site stands, for who knows its key."""
    suggestion = get_object_or_404(SiteSuggestion.objects.select_related("division"), key=key)
    states = SiteSuggestion.State
    last = states.DECLINED if suggestion.state == states.DECLINED else states.ADOPTED
    steps = [
        (states.PENDING, suggestion.created_at),
        (states.LOOKING, suggestion.looked_at),
        (last, suggestion.decided_at),
    ]
    context = {"suggestion": suggestion, "steps": steps, "address": request.build_absolute_uri()}
    return unlisted(render(request, "stations/suggestion.html", context))


def unlisted(response):
    """No search engine keeps a page whose address is its key."""
    response["X-Robots-Tag"] = "noindex"
    return response


@cache_control(private=True, no_store=True)
def fault_photo(request, pk):
    """What a reporter has photographed, for who runs the station; for anybody else it does not exist."""
    in_care = reach.of_request(request).stations(reach.AT_THE_COUNTER)
    report = get_object_or_404(FaultReport.objects.exclude(photo=""), pk=pk, fault__station__in=in_care)
    return picture(report.photo)


@login_not_required
def photo(request, pk):
    """A listed station's picture; one that is not published shows itself to who runs the station only."""
    published = StationPhoto.objects.published().filter(station__in=Station.objects.listed())
    photo = published.filter(pk=pk).first()
    return public_photo(request, photo.image) if photo else photo_in_care(request, pk)


@cache_control(public=True, max_age=A_DAY)
def public_photo(request, image):
    """Another one may take its place, so browsers ask again each day."""
    etag = quote_etag(image.name)  # storage gives no name twice
    response = get_conditional_response(request, etag=etag) or picture(image)
    response["ETag"] = etag
    return response


@cache_control(private=True, no_store=True)
def photo_in_care(request, pk):
    """No cache between keeps what is not published."""
    in_care = reach.of_request(request).stations(reach.EVERYBODY)
    return picture(get_object_or_404(StationPhoto, pk=pk, station__in=in_care).image)


def picture(file):
    headers = {"X-Content-Type-Options": "nosniff"}
    return FileResponse(file.open(), content_type="image/jpeg", headers=headers)
