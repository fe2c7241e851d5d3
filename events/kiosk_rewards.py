"""The kiosk's rewards: what there is, one question whether it is right, the pick-up code and its ticket."""

import uuid
from dataclasses import dataclass

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import limits, points, redemptions
from events.kiosk import forget, worker_only
from events.models import Redemption, Reward
from stations import limits as rates
from stations import tickets
from stations.kiosks import kiosk_only
from stations.refusals import Refusal, first_refusal

CHOICES = 6  # what one screen shows without scrolling
TICKETS = 3  # of one redemption


class OrderForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class Offer:
    """A reward on the screen with today's price, and the sentence why not where it cannot be had."""

    reward: Reward
    points: int
    refusal: Refusal | None


@worker_only
def rewards(request):
    account, station = request.worker_pass.account, request.kiosk.station
    today = timezone.localdate()
    context = {
        "refusal": first_refusal(redemptions.WHOLE_DAY, account, station, today, None),
        "offers": offers(account, station),
        "points": account.balance,
    }
    return render(request, "events/kiosk/rewards.html", context)


def offers(account, station) -> list[Offer]:
    """What the station has on offer, in three queries, cheapest first; what is gone comes last."""
    available, had, today = points.available(account), limits.had(account), timezone.localdate()
    shown = sorted(redemptions.offers(station, today), key=lambda row: row.left == 0)[:CHOICES]
    return [
        Offer(row.reward, row.points, why_not(row, available, had.get(row.reward_id, []), today))
        for row in shown
    ]


def why_not(row, available, days_had, today):
    if row.left == 0:
        return redemptions.out_of_stock()
    if available < row.points:
        return points.not_enough(row.points - available)
    return first_refusal([limits.check_among], days_had, row.reward, today)


@worker_only
def confirm(request, pk):
    account, station = request.worker_pass.account, request.kiosk.station
    offer = redemptions.offer(station, pk, timezone.localdate())
    if offer is None:
        return redirect("kiosk:rewards")
    if request.method == "POST":
        refusal = order(request, account, pk)
        if refusal is None:
            return redirect("kiosk:done")
    else:
        refusal = redemptions.why_not(account, pk, station=station)
    context = {
        "reward": offer.reward,
        "price": offer.points,
        "refusal": refusal,
        "form": OrderForm(initial={"key": uuid.uuid4()}),
        "points": account.balance,
        "left": account.balance - offer.points,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "events/kiosk/confirm.html", context, status=status)


def order(request, account, reward_id) -> Refusal | None:
    """Redeem and forget the worker, or say why not.

    The session goes on under its key, so that the same form sent twice finds its answer.
    """
    form = OrderForm(request.POST)
    if not form.is_valid():
        return Refusal("no_key", _("This page was out of date. Please choose again."))
    key, kiosk = str(form.cleaned_data["key"]), request.kiosk
    try:
        redemption, _is_new = redemptions.redeem(
            account, reward_id, station=kiosk.station, kiosk=kiosk, key=key
        )
    except Refusal as refusal:
        return refusal
    del request.session["kiosk_worker"]
    request.session["kiosk_redemption"] = redemption.pk
    return None


@kiosk_only
def done(request):
    redemption = redemption_of(request)
    if redemption is None:
        return forget(request)
    request.session.modified = True
    context = {"redemption": redemption, "ticket": ticket(redemption)}
    return render(request, "events/kiosk/done.html", context)


def redemption_of(request) -> Redemption | None:
    """The one just made at this screen."""
    made = Redemption.objects.select_related("reward", "station")
    return made.filter(pk=request.session.get("kiosk_redemption")).first()


@kiosk_only
def print_ticket(request):
    """The code on paper, from the printer of the kiosk."""
    redemption = redemption_of(request)
    if redemption is None:
        return forget(request)
    if request.method != "POST" or not request.kiosk.printer:
        return redirect("kiosk:done")
    request.session.modified = True
    context = {"redemption": redemption, "ticket": ticket(redemption), "is_printed": True}
    try:
        if not rates.allow("ticket", redemption.pk, times=TICKETS, seconds=86_400):
            raise Refusal(
                "printed_often",
                _("This ticket was asked for three times. Please ask the staff; your code is on the screen."),
            )
        tickets.print_ticket(request.kiosk, context["ticket"])
    except Refusal as refusal:
        context |= {"is_printed": False, "refusal": refusal}
    return render(request, "events/kiosk/done.html", context, status=200 if context["is_printed"] else 422)


def ticket(redemption) -> list[tuple[str, bool]]:
    """The lines of the ticket, each with whether it is large: nothing that says whose it is."""
    return [
        (redemption.station.name, False),
        (redemption.reward.name, False),
        (redemption.pickup_code, True),
        (date_format(redemption.date, gettext("l, j F")), False),
        (gettext("Please show this code at the counter today."), False),
    ]
