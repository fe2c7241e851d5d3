"""The points card on its owner's own phone: a code for one use, drawn anew as long as the page is open."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import passes
from stations import qr

NEW_EVERY = 20  # seconds; whoever scans the code at the last moment still has a third of its life


@never_cache
@require_safe
def my_card(request):
    worker_pass = passes.of(request.user)
    if worker_pass is None:
        return redirect("me")  # where it says how to get a card
    return render(request, "events/my_card.html", drawn(worker_pass))


@never_cache
@require_safe
def my_code(request):
    """The part of the page that changes."""
    worker_pass = passes.of(request.user)
    if worker_pass is None:
        raise Http404
    return render(request, "events/_my_code.html", drawn(worker_pass))


def drawn(worker_pass) -> dict:
    return {
        "card": worker_pass,
        "drawing": qr.inline(passes.new_code(worker_pass)),
        "seconds": NEW_EVERY,
        "life": passes.CODE_LIFE.seconds,
    }
