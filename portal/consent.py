"""Consent to the personal information rules: versioned rows, asked again when the rules change."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.models import Consent

# Pages that must open without it: the rules, the question itself, signing out, machines.
FREE = (
    "/privacy/",
    "/consent/",
    "/accounts/",
    "/i18n/",
    "/text-size/",
    "/healthz",
    "/static/",
    "/api/",
    "/kiosk/",
)


def give(person) -> Consent:
    person.has_consented = True
    return Consent.objects.get_or_create(
        person=person, version=settings.PRIVACY_RULES_VERSION, withdrawn_at=None
    )[0]


def withdraw(person) -> int:
    person.has_consented = False
    return person.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())


def stands(person) -> bool:
    """Known already of whoever has signed in (`sessions.Backend`)."""
    if hasattr(person, "has_consented"):
        return person.has_consented
    return person.consents.filter(version=settings.PRIVACY_RULES_VERSION, withdrawn_at=None).exists()


class ConsentMiddleware:
    """Asks signed-in people once per version of the rules, wherever they have signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(FREE) or not request.user.is_authenticated or stands(request.user):
            return self.get_response(request)
        # What was being sent is not sent: the person comes back to the page, not to the act.
        back = request.get_full_path() if request.method == "GET" else reverse("me")
        return redirect(f"{reverse('consent')}?{urlencode({'next': back})}")
