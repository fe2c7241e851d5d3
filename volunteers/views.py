from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from stations import reach
from stations.models import Division, Station
from stations.refusals import Refusal
from volunteers import calendars, credentials, openings, profiles
from volunteers.forms import CredentialForm, ProfileForm, ShiftFilter, birthday_of
from volunteers.models import REQUIRED_CREDENTIAL, Credential, ServiceKind, Signup
from volunteers.papers import papers

PAGE_SIZE = 30
EXTRAS = ["skills", "availability", "guardian_name", "guardian_phone"]
AGREED_ABOUT = ["shift__station", "series__station"]


@login_not_required
def welcome(request):
    """For a stranger what volunteers do; for a volunteer what to do next, and her coming shifts."""
    volunteer = profiles.find(request.user)
    context = {
        "volunteer": volunteer,
        "services": [(service, REQUIRED_CREDENTIAL.get(service)) for service in ServiceKind],
    }
    if volunteer:
        needed = [paper for paper in papers(volunteer) if paper.is_needed]
        context |= {
            "paper": next((paper for paper in needed if paper.state != "approved"), None),
            "shifts": openings.most_needed(openings.for_volunteer(volunteer)),
            "signups": volunteer.signups.ahead().select_related("shift__station__division"),
        }
    return render(request, "volunteers/welcome.html", context)


def profile(request):
    """What I can do, and the documents that it needs."""
    volunteer = profiles.find(request.user)
    form = ProfileForm(
        *posted(request),
        label_suffix="",
        initial={
            "name": volunteer.name if volunteer else request.user.name,
            "services": volunteer.services if volunteer else [],
            "home_station": volunteer.home_station_id if volunteer else None,
            "birthday": birthday_of(volunteer),
            **{name: getattr(volunteer, name, None) for name in EXTRAS},
        },
    )
    if form.is_valid() and saved(form, request.user):
        messages.success(request, _("Saved. Thank you."))
        return redirect(wanted_next(request) or "volunteers:welcome")
    context = {
        "form": form,
        "volunteer": volunteer,
        "is_minor": volunteer and volunteer.is_minor(timezone.localdate()),
        "papers": papers(volunteer) if volunteer else [],
        "agreements": volunteer.agreements.select_related(*AGREED_ABOUT) if volunteer else [],
    }
    return render(request, "volunteers/profile.html", context, status=422 if form.is_bound else 200)


def saved(form, person) -> bool:
    try:
        profiles.save(person, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("birthday", str(refusal))
        return False
    return True


def add_credential(request):
    volunteer = profiles.find(request.user)
    if volunteer is None:
        return make_profile_first(request.get_full_path())
    form = CredentialForm(*posted(request), label_suffix="", initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        credentials.submit(volunteer, **form.cleaned_data)
        messages.success(
            request, _("Thank you. We write to you as soon as your document has been looked at.")
        )
        return redirect("volunteers:profile")
    context = {"form": form, "station": volunteer.home_station}
    return render(request, "volunteers/add_credential.html", context, status=422 if form.is_bound else 200)


@cache_control(private=True, no_store=True)
def document(request, pk):
    """The uploaded file, for its owner and for who reviews it; for anybody else it does not exist."""
    own = Q(volunteer__person=request.user)
    stations = reach.of_request(request).stations(reach.AT_THE_COUNTER)
    in_care = Q(volunteer__home_station__in=stations.values("pk"))
    credential = get_object_or_404(Credential.objects.filter(own | in_care), pk=pk)
    ending = credential.document.name.rsplit(".", 1)[-1]
    return FileResponse(
        credential.document.open(),
        filename=f"{credential.kind}-{credential.pk}.{ending}",
        headers={"X-Content-Type-Options": "nosniff"},
    )


@login_not_required
def shifts(request):
    """Shifts that have not begun. The filters live in the address, so a view can be shared."""
    chosen = ShiftFilter(request.GET)
    wanted = chosen.wanted()
    coming = openings.coming()
    volunteer = profiles.find(request.user)
    context = {
        "page": Paginator(chosen.narrow(coming), PAGE_SIZE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "services": ServiceKind,
        "counties": Division.objects.filter(pk__in=coming.values("station__division")),
        "stations": Station.objects.filter(pk__in=coming.values("station"), division=wanted.get("county")),
        "mine": set(volunteer.signups.upcoming().values_list("shift", flat=True)) if volunteer else set(),
    }
    return render(request, "volunteers/shifts.html", context)


def calendar(request, pk):
    mine = Signup.objects.live().filter(volunteer__person=request.user).select_related("shift__station")
    signup = get_object_or_404(mine, shift=pk)
    return HttpResponse(
        calendars.entry(signup),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="shift-{pk}.ics"'},
    )


def posted(request):
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def make_profile_first(next_page):
    return redirect(reverse("volunteers:profile", query={"next": next_page}))


def wanted_next(request):
    """Where the person was going, if that is a page of ours."""
    page = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else None
