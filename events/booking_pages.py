"""A booth's own page: its free times, and the time that one has booked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events import bookings, points
from events.models import Booking, Booth
from stations.refusals import Refusal


@never_cache
def booth(request, pk):
    booth = get_object_or_404(Booth.objects.with_bookings().select_related("station__division"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            slot = bookings.slot_at(booth, request.POST.get("at", ""))
            bookings.book(points.account_of(request.user), booth, slot)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your time is booked."))
            return redirect(booth)
    mine = Booking.objects.upcoming().filter(booth=booth, account__person=request.user)
    context = {
        "booth": booth,
        "mine": mine.live().first(),
        "released": mine.filter(is_released=True).last(),
        "slots": booth.free_slots,
        "has_begun": booth.starts_at <= timezone.now(),
        "is_over": booth.ends_at <= timezone.now(),
        "refusal": refusal,
    }
    return render(request, "events/booth.html", context, status=422 if refusal else 200)


@require_POST
def cancel(request, pk):
    """Give the time back that one has booked in this booth."""
    booth = get_object_or_404(Booth, pk=pk)
    mine = Booking.objects.live().filter(booth=booth, account__person=request.user)
    booking = mine.select_related("booth__station", "account").first()
    try:
        if booking and bookings.cancel(booking, by=request.user):
            messages.success(request, _("Your time is given back. You can book another."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(booth)
