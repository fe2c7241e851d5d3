"""What points buy: the public catalogue, and reserving at a station for its next redemption day."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import points, redemptions, reservations
from events.models import PointsAccount, Redemption, Reward
from stations.models import Station
from stations.refusals import Refusal
from stations.views.upkeep import public_photo


class OrderForm(forms.Form):
    """What was agreed to: one order, however often it is sent, for this day."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)


@login_not_required
@require_safe
def catalogue(request):
    account = account_of(request.user)
    station = account.worker_pass.station if hasattr(account, "worker_pass") else None
    is_there = station and station.status != Station.Status.WITHDRAWN
    context = {
        "entries": reservations.catalogue(timezone.localdate()),
        "account": account,
        "station": station if is_there else None,
    }
    return render(request, "events/rewards.html", context)


@login_not_required
@require_safe
def photo(request, pk):
    reward = get_object_or_404(Reward.objects.exclude(photo=""), pk=pk)
    return public_photo(request, reward.photo)


def account_of(person) -> PointsAccount | None:
    """The person's points, without opening an account for who only looks."""
    if not person.is_authenticated:
        return None
    return PointsAccount.objects.select_related("worker_pass__station").filter(person=person).first()


def at_station(request, code):
    """What every page of a station's rewards shows."""
    station = get_object_or_404(Station.objects.listed().select_related("division"), code=code)
    account = account_of(request.user)
    return {
        "station": station,
        "account": account,
        "available": points.available(account) if account else 0,
        "day": reservations.day_of(station),
    }


@never_cache
@require_safe
def station(request, code):
    context = at_station(request, code)
    account, station, day = context["account"], context["station"], context["day"]
    context["refusal"] = reservations.why_no_day(account, station, day)
    context["offers"] = reservations.offers(account, station, day) if day else []
    return render(request, "events/rewards_at.html", context)


@never_cache
def reserve(request, code, pk):
    context = at_station(request, code)
    account, station, day = context["account"], context["station"], context["day"]
    refusal = reservations.why_no_day(account, station, day)
    if request.method == "POST" and account:
        try:
            return redirect("rewards:reservation", order(request, account, pk, station).pk)
        except Refusal as found:
            refusal = found
    offer = redemptions.offer(station, pk, day) if day else None
    if offer is None and refusal is None:
        messages.error(request, _("This is no longer on offer. Please choose something else."))
        return redirect("rewards:station", code)
    context |= {
        "offer": offer,
        "refusal": refusal or redemptions.why_not(account, pk, station=station, day=day),
        "left": context["available"] - offer.points if offer else None,
        "form": OrderForm(initial={"key": uuid.uuid4(), "day": day}),
    }
    return render(request, "events/reserve.html", context, status=422 if request.method == "POST" else 200)


def order(request, account, pk, station) -> Redemption:
    form = OrderForm(request.POST)
    if not form.is_valid():
        raise Refusal("no_key", _("This page was out of date. Please choose again."))
    key, day = str(form.cleaned_data["key"]), form.cleaned_data["day"]
    return reservations.reserve(account, pk, station=station, key=key, day=day)


def own(request, pk) -> Redemption:
    mine = Redemption.objects.filter(account__person=request.user)
    return get_object_or_404(mine.select_related("reward", "station__division"), pk=pk)


@never_cache
@require_safe
def reservation(request, pk):
    redemption = own(request, pk)
    try:
        reservations.check_cancel(redemption)
        cannot_cancel = None
    except Refusal as refusal:
        cannot_cancel = refusal
    context = {"redemption": redemption, "cannot_cancel": cannot_cancel}
    return render(request, "events/reservation.html", context)


@never_cache
def cancel(request, pk):
    redemption = own(request, pk)
    if request.method == "POST":
        try:
            reservations.cancel(redemption, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Cancelled. Your points are back."))
    return redirect("rewards:reservation", redemption.pk)
