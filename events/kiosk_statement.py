"""A worker's own points at the kiosk: for many the only place where they can read them."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from events import statements
from events.kiosk import worker_only
from events.models import PointsEntry

LINES = 10
Kind = PointsEntry.Kind
# Others stand behind the worker: nobody reads over a shoulder why points were given or taken.
WORDS = {
    Kind.EARN_SHIFT: _("Earned"),
    Kind.EARN_REPORT: _("Earned"),
    Kind.GRANT: _("Received"),
    Kind.REDEEM: _("Redeemed"),
    Kind.ADJUST: _("Put right"),
    Kind.EXPIRE: _("Expired"),
}


@worker_only
def points(request):
    account = request.worker_pass.account
    entries = statements.entries(account)[:LINES]
    context = {
        "outlook": statements.outlook(account),
        "lines": [(WORDS.get(entry.kind, ""), entry) for entry in entries],
        "points": account.balance,
    }
    return render(request, "events/kiosk/points.html", context)
