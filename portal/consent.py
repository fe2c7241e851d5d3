"""Consent to the personal information rules: versioned rows, asked again when the rules change."""

from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from portal.models import Consent

SESSION_KEY = "consent"
# Pages that must open without it: the rules, the question itself, signing out, machines.
FREE = ("/privacy/", "/consent/", "/accounts/", "/i18n/", "/text-size/", "/healthz", "/static/", "/api/", "/kiosk/")


def give(person) -> Consent:
    return Consent.objects.get_or_create(
        person=person, version=settings.PRIVACY_RULES_VERSION, withdrawn_at=None
    )[0]


def withdraw(person) -> int:
    return person.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())


def stands(person) -> bool:
    return person.consents.filter(version=settings.PRIVACY_RULES_VERSION, withdrawn_at=None).exists()


class ConsentMiddleware:
    """Asks signed-in people once per version of the rules; the session remembers the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self.must_ask(request):
            return redirect("/consent/?" + urlencode({"next": request.get_full_path()}))
        return self.get_response(request)

    def must_ask(self, request):
        if request.path.startswith(FREE) or not request.user.is_authenticated:
            return False
        if request.session.get(SESSION_KEY) == settings.PRIVACY_RULES_VERSION:
            return False
        if stands(request.user):
            request.session[SESSION_KEY] = settings.PRIVACY_RULES_VERSION
            return False
        return True
