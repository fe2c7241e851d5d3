"""Doors to checking in and out: the volunteer's phone, and the kiosk that shows the code."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from stations import qr
from stations.kiosks import kiosk_only
from stations.refusals import Refusal
from volunteers import checkins, profiles


@never_cache
def check_in(request, code):
    """Where the station's code leads: what will happen, and one button."""
    try:
        volunteer = profiles.of(request.user)
        if request.method != "POST":
            signup = checkins.look(code, volunteer)
            context = {"signup": signup, "is_out": checkins.is_out(signup), "now": timezone.now()}
            return render(request, "volunteers/check_in.html", context)
        signup = checkins.use(code, volunteer)
    except Refusal as refusal:
        if refusal.code == "no_profile":
            return redirect(reverse("volunteers:profile", query={"next": request.path}))
        status = 422 if request.method == "POST" else 200
        return render(request, "volunteers/no_check_in.html", {"refusal": refusal}, status=status)
    messages.success(request, done(signup))
    return redirect(signup.shift)


def done(signup):
    if signup.checked_out_at:
        return _("You are checked out. Thank you for your time.")
    return _("You are checked in. Please scan the code again when you leave.")


@kiosk_only
def kiosk_shifts(request):
    shifts = checkins.open_shifts().filter(station=request.kiosk.station)
    return render(request, "volunteers/kiosk/shifts.html", {"shifts": shifts})


@kiosk_only
def kiosk_code(request, pk):
    shift = get_object_or_404(checkins.open_shifts(), station=request.kiosk.station, pk=pk)
    return render(request, "volunteers/kiosk/code.html", {"shift": shift, "drawing": drawing(shift)})


def drawing(shift):
    """The code of this moment; each time it is drawn it is another one."""
    return qr.inline(checkins.address(checkins.new_code(shift)))
