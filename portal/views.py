"""A person's own pages, the rules they agree to, and what is shown when something goes wrong."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error as DatabaseTrouble
from django.db import connection
from django.db.models import F, Sum
from django.http import Http404, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.models import Message, PointsAccount
from portal import accounts, tokens
from portal import consent as consents
from portal.look import LARGE_TEXT_COOKIE
from volunteers import profiles
from volunteers.models import Credential, Signup

YEAR = 365 * 24 * 3600


# What is mine


@never_cache
@require_safe
def me(request):
    person = request.user
    context = {
        **volunteering(person),
        **points(person),
        "letters": letters(person)[:5],
        "consent": person.consents.filter(withdrawn_at=None).first(),
    }
    return render(request, "portal/me.html", context)


def volunteering(person):
    """What is coming, what waits for a decision, and the hours confirmed so far."""
    volunteer = profiles.find(person)
    if volunteer is None:
        return {"volunteer": None}
    coming = list(volunteer.signups.upcoming().select_related("shift__station__division")[:6])
    given = volunteer.hours.select_related("signup__shift__station").annotate(hours=F("minutes") / 60.0)
    offers = volunteer.signups.filter(status=Signup.Status.OFFERED, offer_ends_at__gt=timezone.now())
    return {
        "volunteer": volunteer,
        "offers": offers.select_related("shift__station").order_by("offer_ends_at"),
        "next_signup": coming[0] if coming else None,
        "later_signups": coming[1:],
        "under_review": volunteer.credentials.filter(status=Credential.Status.PENDING),
        "total_hours": (volunteer.hours.aggregate(minutes=Sum("minutes"))["minutes"] or 0) / 60,
        "last_hours": given[:5],
    }


def letters(person):
    """What has reached the person, without codes: one that shows here would not prove a new number."""
    due = person.messages.filter(due_at__lte=timezone.now()).exclude(state=Message.State.CANCELLED)
    return due.exclude(key__startswith=accounts.KEY)


def points(person):
    account = PointsAccount.objects.filter(person=person).select_related("worker_pass").first()
    if account is None:
        return {"account": None, "entries": [], "reserved": [], "bookings": []}
    waiting = account.redemptions.waiting()
    return {
        "account": account,
        "entries": account.entries.all()[:5],
        "reserved": waiting.select_related("reward", "station").order_by("date"),
        "bookings": account.bookings.upcoming().select_related("booth__station")[:6],
    }


@login_not_required
@never_cache
@require_safe
def mailbox(request):
    """The demo's letters and texts, readable by all: a newcomer needs the code before signing in."""
    if not (settings.DEMO and settings.MAILBOX):
        raise Http404
    letters = Message.objects.exclude(state=Message.State.CANCELLED).order_by("-pk")[:50]
    return render(request, "portal/mailbox.html", {"letters": letters})


@never_cache
def token(request):
    """The key with which a program of one's own acts for oneself: shown once, when it has been made."""
    if request.method == "POST" and "delete" in request.POST:
        tokens.delete(request.user)
        messages.success(request, _("The token is deleted. Programs that use it are refused from now on."))
        return redirect("token")
    made = tokens.make(request.user) if request.method == "POST" else None
    return render(request, "portal/token.html", {"made": made, "token": tokens.of(request.user)})


# What is agreed


@login_not_required
@require_safe
def privacy(request):
    return render(request, "portal/privacy.html", {"version": settings.PRIVACY_RULES_VERSION})


@never_cache
def consent(request):
    if request.method != "POST":
        context = {"version": settings.PRIVACY_RULES_VERSION, "next": next_page(request, "me")}
        return render(request, "portal/consent.html", context)
    if "withdraw" in request.POST:
        return withdraw(request)
    consents.give(request.user)
    return redirect(next_page(request, "me"))


def withdraw(request):
    consents.withdraw(request.user)
    logout(request)
    sentence = _(
        "Your consent is withdrawn and you are signed out. What was recorded so far is kept "
        "as the rules say. When you sign in again, we ask you first."
    )
    messages.success(request, sentence)
    return redirect("home")


@login_not_required
@require_POST
def text_size(request):
    response = redirect(next_page(request, "home"))
    if request.COOKIES.get(LARGE_TEXT_COOKIE) == "1":
        response.delete_cookie(LARGE_TEXT_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            LARGE_TEXT_COOKIE, "1", max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


def next_page(request, otherwise):
    """Where the person was going, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise)


# When something is wrong


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """For whatever watches over the portal: 200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseTrouble:
        return HttpResponse("database", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request, exception):
    if isinstance(exception, TOO_MUCH):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the request: context processors ask the database, which may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html"))
