"""Booking a time at the kiosk: a booth, a time, a confirmation, the code."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone

from events import bookings
from events.kiosk import worker_only
from events.kiosk_rewards import CHOICES
from events.models import Booth
from stations.refusals import Refusal

AHEAD = timedelta(days=7)


@worker_only
def booths(request):
    """What can be booked here today and in the next days, and what the worker has booked."""
    account, station = request.worker_pass.account, request.kiosk.station
    mine = list(account.bookings.upcoming().filter(booth__station=station).select_related("booth"))
    coming = open_booths(request).filter(starts_at__lt=timezone.now() + AHEAD)
    context = {
        "booked": {booking.booth_id: booking for booking in mine if not booking.is_released},
        "released": [booking for booking in mine if booking.is_released][-1:],
        "booths": coming[:CHOICES],
        "points": account.balance,
    }
    return render(request, "events/kiosk/booths.html", context)


@worker_only
def booth(request, pk):
    """The free times, six a screen; or the code of the worker's own time, and a way to give it back."""
    account = request.worker_pass.account
    booth = open_booths(request).filter(pk=pk).first()
    if booth is None:
        return redirect("kiosk:bookings")
    booking = account.bookings.live().filter(booth=booth).select_related("booth__station", "account").first()
    refusal = None
    if request.method == "POST" and booking:
        try:
            bookings.cancel(booking)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("kiosk:booth", pk)
    context = {
        "booth": booth,
        "booking": booking,
        "page": Paginator(booth.free_slots, CHOICES).get_page(request.GET.get("page")),
        "refusal": refusal,
        "points": account.balance,
    }
    template = "booked" if booking else "times"
    return render(request, f"events/kiosk/{template}.html", context, status=422 if refusal else 200)


@worker_only
def book(request, pk, at):
    """Asks once more, then books. Sent twice it leads to the code that is there already."""
    account = request.worker_pass.account
    booth = open_booths(request).filter(pk=pk).first()
    if booth is None:
        return redirect("kiosk:bookings")
    slot, refusal = None, None
    try:
        slot = bookings.slot_at(booth, at)
        if request.method == "POST":
            bookings.book(account, booth, slot)
            return redirect("kiosk:booth", pk)
    except Refusal as refused:
        refusal = refused
    else:
        refusal = bookings.why_not(account, booth, slot)
    if refusal and account.bookings.live().filter(booth=booth, starts_at=slot).exists():
        return redirect("kiosk:booth", pk)
    context = {"booth": booth, "slot": slot, "refusal": refusal, "points": account.balance}
    status = 422 if request.method == "POST" else 200
    return render(request, "events/kiosk/book.html", context, status=status)


def open_booths(request):
    return Booth.objects.open().filter(station=request.kiosk.station)
