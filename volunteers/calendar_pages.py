"""The address of a volunteer's calendar, and the calendar behind it."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from volunteers import calendars, profiles
from volunteers.views import make_profile_first


@cache_control(private=True, no_store=True)
def my_calendar(request):
    volunteer = profiles.find(request.user)
    if volunteer is None:
        return make_profile_first(request.get_full_path())
    if request.method == "POST":
        change_address(request, volunteer)
        return redirect("volunteers:my_calendar")
    token = volunteer.feed_token
    address = settings.SITE_URL + reverse("volunteers:feed", args=[token]) if token else ""
    context = {"address": address, "subscribe": f"webcal:{address.partition(':')[2]}"}
    return render(request, "volunteers/calendar.html", context)


def change_address(request, volunteer):
    if "off" in request.POST:
        calendars.switch_off(volunteer, by=request.user)
        messages.success(request, _("The calendar is switched off. The old address shows nothing any more."))
    else:
        calendars.new_address(volunteer, by=request.user)
        messages.success(request, _("Here is the new address of your calendar."))


@login_not_required
@cache_control(private=True, max_age=300)
def feed(request, token):
    """For calendar programs, which cannot sign in: who knows the address reads it."""
    volunteer = calendars.of_token(token)
    if volunteer is None:
        raise Http404
    body = calendars.feed(volunteer)
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type="text/calendar; charset=utf-8"
    )
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex"
    return response
