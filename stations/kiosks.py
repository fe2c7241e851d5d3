"""Kiosk devices: paired once with a code from the manager, bound to a station, revocable."""

import secrets
from datetime import timedelta
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from stations import history, limits
from stations.models import Kiosk
from stations.prepared import Prepared
from stations.refusals import Refusal

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: codes are read aloud and typed
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
COOKIE = "kiosk"
COOKIE_LIFE = timedelta(days=365)


@transaction.atomic
def new_code(kiosk: Kiosk, *, by=None) -> str:
    """A fresh single-use pairing code; an earlier code or pairing of this kiosk ends."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _n in range(CODE_LENGTH))
    Kiosk.objects.filter(pk=kiosk.pk).update(
        pairing_digest=digest(code),
        pairing_expires_at=timezone.now() + CODE_LIFE,
        token_digest=None,
        paired_at=None,
        revoked_at=None,
    )
    history.note(kiosk, by=by, before={}, reason=str(_("A new pairing code was made.")))
    return code


@transaction.atomic
def pair(code: str, *, address: str) -> tuple[Kiosk, str]:
    """Turn a pairing code into the device's token. The code works once, for ten minutes."""
    if not limits.allow("pair", address, times=10, seconds=600):
        raise Refusal("too_many", _("Too many tries. Please wait ten minutes and try again."))
    wanted = digest(code.replace(" ", "").replace("-", "").upper())
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    paired = Kiosk.objects.filter(pairing_digest=wanted, pairing_expires_at__gt=now, revoked_at=None).update(
        pairing_digest="", token_digest=digest(token), paired_at=now
    )
    if not paired:
        raise Refusal("bad_code", _("This code is not valid any more. Please ask the manager for a new one."))
    kiosk = Kiosk.objects.select_related("station").get(token_digest=digest(token))
    history.note(kiosk, by=None, before={"paired_at": None})
    return kiosk, token


@transaction.atomic
def revoke(kiosk: Kiosk, *, by=None) -> None:
    """Shut a device out; its next request is sent to the pairing page."""
    now = timezone.now()
    Kiosk.objects.filter(pk=kiosk.pk).update(token_digest=None, pairing_digest="", revoked_at=now)
    before, kiosk.revoked_at = kiosk.revoked_at, now
    history.note(kiosk, by=by, before={"revoked_at": before})


# Of the station only what its screens say: every request asks.
WANTED = ["station", "label", "printer", "station__name", "station__phone", "station__code"]


def with_token(digest):
    rows = Kiosk.objects.select_related("station").only(*WANTED)
    return rows.filter(token_digest=digest, revoked_at=None)


paired = Prepared(with_token)


def of_token(token) -> Kiosk | None:
    """The paired device that has this secret, asked at every request: a revoked one is out at once."""
    found = paired(digest(token)) if token else []
    return found[0] if found else None


def kiosk_only(view):
    """Let paired kiosks in (as `request.kiosk`) and send everything else to the pairing page."""

    @login_not_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        request.kiosk = of_token(request.COOKIES.get(COOKIE))
        if request.kiosk is None:
            return redirect("kiosk:pair")
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def digest(secret: str) -> str:
    return salted_hmac("stations.kiosk", secret, algorithm="sha256").hexdigest()
