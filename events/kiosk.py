"""The kiosk, one question a screen: card and PIN or the phone's code, reward, confirmation, pick-up code.

The session is all that the screen knows of a person. It begins anew at every step into
somebody's affairs, holds no signed-in user, and is dead a minute after the last action.
"""

from functools import wraps

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import card_numbers, passes, redemptions
from events.models import Redemption, WorkerPass
from stations.kiosks import kiosk_only
from stations.refusals import Refusal, first_refusal

IDLE_SECONDS = 60
LARGE_TEXT_COOKIE = "large"  # every page asks for it; the kiosk takes it away with the person
VOICE_COOKIE = "voice"  # set by the screen while somebody has it read aloud


class EmptiedInput(forms.TextInput):
    """Never shows what was sent: a scanner would type the next code behind it."""

    def format_value(self, value):
        return None


class CardForm(forms.Form):
    number = forms.CharField(
        label=_("Please scan your points card"),
        help_text=_("Your phone’s code works too."),
        max_length=64,
        error_messages={"required": _("Please scan the card, or type its number.")},
        widget=EmptiedInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True, "data-digits": True}
        ),
    )


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Please cover the keys with your hand."),
        max_length=12,
        error_messages={"required": _("Please type your PIN.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True, "data-digits": True}
        ),
    )


# The session


def remember(request, **what):
    """Start the session over with this alone: a new key, nobody signed in, a minute to live."""
    request.session.flush()
    request.session.update(what)
    request.session.set_expiry(IDLE_SECONDS)


def forget(request):
    """Back to the start as the next person should find it: nobody's, in Chinese, in normal size."""
    request.session.flush()
    response = redirect("kiosk:start")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        settings.LANGUAGE_CODE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    response.delete_cookie(LARGE_TEXT_COOKIE)
    response.delete_cookie(VOICE_COOKIE, path=reverse("kiosk:start"))
    return response


def is_foreign(request):
    """The device, and not the person before it, asks for another language than the first one."""
    return get_language() != settings.LANGUAGE_CODE and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES


def worker_only(view):
    """Let the holder of an identified card in as `request.worker_pass`, and everyone else to the start."""

    @kiosk_only
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if is_answered(request):
            return redirect("kiosk:done")
        cards = WorkerPass.objects.select_related("account").filter(is_active=True)
        # By its number: a card that was replaced meanwhile is not found any more.
        request.worker_pass = cards.filter(number=request.session.get("kiosk_worker")).first()
        if request.worker_pass is None:
            return forget(request)
        request.session.modified = True  # an action: another minute
        return view(request, *args, **kwargs)

    return guarded


def is_answered(request):
    """The confirm form came twice (an impatient finger, a lost answer): its pick-up code is there already."""
    key = request.POST.get("key")
    redemption = request.session.get("kiosk_redemption")
    return bool(key and redemption) and Redemption.objects.filter(pk=redemption, key=key).exists()


# The screens


@kiosk_only
def start(request):
    if request.method != "POST":
        if is_foreign(request):
            return forget(request)
        request.session.flush()  # whoever was here before is not any more
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(begin(request, card_numbers.plain(form.cleaned_data["number"])))
        except Refusal as refusal:
            form.add_error("number", refusal.sentence)
    context = {
        "form": form,
        "now": timezone.localtime(),
        "not_today": first_refusal(
            [redemptions.check_day], None, request.kiosk.station, timezone.localdate(), None
        ),
    }
    return render(request, "events/kiosk/start.html", context, status=422 if form.errors else 200)


def begin(request, scanned) -> str:
    """The screen that comes next: a code from the phone needs no PIN, a card or its number does."""
    if card_numbers.is_code(scanned):
        remember(request, kiosk_worker=passes.identify_by_code(scanned).number)
        return "kiosk:rewards"
    remember(request, kiosk_number=passes.find(scanned).number)
    return "kiosk:pin"


@kiosk_only
def pin(request):
    number = request.session.get("kiosk_number")
    if number is None:
        return forget(request)
    request.session.modified = True
    form = PinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            worker_pass = passes.identify(number, form.cleaned_data["pin"])
        except Refusal as refusal:
            form.add_error("pin", ValidationError(refusal.sentence, code=refusal.code))
        else:
            remember(request, kiosk_worker=worker_pass.number)
            return redirect("kiosk:rewards")
    context = {"form": form, "is_locked": form.has_error("pin", "card_locked")}
    return render(request, "events/kiosk/pin.html", context, status=422 if form.errors else 200)


@kiosk_only
def leave(request):
    """Also by GET: without scripts the page's own refresh is the idle timer, and it can only GET."""
    return forget(request)
