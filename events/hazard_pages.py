"""A rider's own hazard reports: sending one, and following what becomes of each."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache

from events import hazards
from events.forms import HazardForm
from events.models import HazardReport
from stations import places, reach
from stations.refusals import Refusal
from stations.views.upkeep import picture

PAGE_SIZE = 20


@never_cache
def mine(request):
    reports = request.user.hazard_reports.select_related("station").with_points()
    page = Paginator(reports, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "events/hazards.html", {"page": page})


@never_cache
def report(request, pk):
    own = request.user.hazard_reports.select_related("station").with_points()
    return render(request, "events/hazard.html", {"report": get_object_or_404(own, pk=pk)})


@never_cache
def send(request):
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = HazardForm(*sent, label_suffix="")
    if form.is_valid():
        try:
            hazards.report(request.user, address=request.META["REMOTE_ADDR"], **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("place" if refusal.code == "elsewhere" else None, refusal.sentence)
        except ValidationError as error:
            form.add_error("photo", error)
        else:
            messages.success(request, _("Thank you. We will look at it and write to you."))
            return redirect("hazards:mine")
    context = {"form": form, "labels": places.labels()}
    return render(request, "events/report_hazard.html", context, status=422 if form.errors else 200)


@cache_control(private=True, no_store=True)
def photo(request, pk):
    """For whoever took it and for the counter that decides; for anybody else it does not exist."""
    in_care = reach.of_request(request).stations(reach.AT_THE_COUNTER)
    seen = HazardReport.objects.filter(Q(person=request.user) | Q(station__in=in_care))
    return picture(get_object_or_404(seen, pk=pk).photo)
