"""The settlement in the workplace: a station and a day on one page, to be printed and signed."""

from datetime import date, timedelta

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events import settlement
from events.models import Stock
from stations import reach

STATIONS_A_PAGE = 40
LONGEST = 60  # letters of a search
EARLIEST = date(2020, 1, 1)


def page(request):
    """`?station=` is a code, `?day=` a date; without a station it is chosen first."""
    day = asked_day(request)
    code = request.GET.get("station", "")
    if not code:
        return choose(request, day)
    station = mine(request).filter(code=code).first()
    if station is None:
        raise Http404
    settled, today = settlement.read(station, day), timezone.localdate()
    context = admin.site.each_context(request) | {
        "title": _("Settlement"),
        "station": station,
        "day": day,
        "before": day - timedelta(days=1) if day > EARLIEST else None,
        "after": day + timedelta(days=1) if day < today else None,
        "today": today,
        "earliest": EARLIEST,
        "is_today": day == today,
        "now": timezone.localtime(),
        "settlement": settled,
        "checks": checks(settled),
        "not_counted": [line for line in settled.lines if not line.counts],
        "may_count": reach.of_request(request).may(reach.AT_THE_COUNTER),
    }
    return render(request, "admin/events/settlement.html", context)


def asked_day(request) -> date:
    """The day as an address writes it; today where it makes no sense or has not come yet."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if EARLIEST <= day <= today else today


def mine(request):
    return reach.of_request(request).stations(reach.EVERYBODY)


def choose(request, day):
    """The stations in reach that have a shelf; whoever runs one only goes there at once."""
    with_shelf = mine(request).filter(Exists(Stock.objects.filter(station=OuterRef("pk"))))
    sought = " ".join(request.GET.get("name", "").replace("\0", "").split())[:LONGEST]
    rows = with_shelf.order_by("code")
    found = Paginator(rows.matching(sought) if sought else rows, STATIONS_A_PAGE)
    if not sought and found.count == 1:
        query = urlencode({"station": rows.get().code, "day": day})
        return redirect(f"{reverse('admin:settlement')}?{query}")
    context = admin.site.each_context(request) | {
        "title": _("Settlement"),
        "day": day,
        "sought": sought,
        "page": found.get_page(request.GET.get("page")),
    }
    return render(request, "admin/events/settlement_choose.html", context)


def checks(settled) -> list[dict]:
    """The three lines that must be zero, each with what to do where it is not."""
    return [
        {
            "name": _("Points of the ledger, less the price of the pieces collected and waiting"),
            "open": settled.points_open,
            "lines": [line for line in settled.lines if line.points_open],
            "what_to_do": _("Please do not sign. Note the rewards named here and tell who runs the portal."),
        },
        {
            "name": _("Pieces handed over by the redemptions, less pieces by the stock movements"),
            "open": settled.pieces_open,
            "lines": [line for line in settled.lines if line.pieces_open],
            "what_to_do": _("Please do not sign. Count the shelf and tell who runs the portal."),
        },
        {
            "name": _("Stock-take difference that is not explained"),
            "open": settled.unexplained,
            "lines": [line for line in settled.lines if line.unexplained],
            "what_to_do": _("Please count once more and write the reason with the stock."),
        },
    ]
