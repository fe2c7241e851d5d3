"""For the counter: which booths are open, and who comes when, known by the code."""

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import bookings
from events.models import Booking, Booth
from stations import ticked
from stations.discretion import ARRANGED, Discreet
from stations.lists import InReach, places
from stations.scope import NotWrittenByHand, ReadOnly, ScopedAdmin


@admin.register(Booth)
class BoothAdmin(ReadOnly, ScopedAdmin):
    guide = _(
        "Services at which times can be booked. A booth opens by itself when the first volunteer of its "
        "shift is confirmed, and has as many chairs as volunteers are confirmed."
    )
    first_step = _("No booth has opened yet. Plan a shift for haircuts, advice, a clinic or photos.")
    beside = ["starts_at"]
    list_display = ["kind", "starts_at", "chairs", "booked", "station"]
    list_filter = [
        ("starts_at", admin.DateFieldListFilter),
        "kind",
        ("station", InReach),
        places("station__division"),
    ]
    list_select_related = ["station"]
    date_hierarchy = "starts_at"
    search_fields = ["station__search"]
    fields = ["kind", "station", "service_day", "starts_at", "ends_at", "slot_minutes", "chairs"]
    fields += ["is_confidential", "booked"]
    readonly_fields = fields

    def get_queryset(self, request):
        live = Count("bookings", filter=Q(bookings__cancelled_at=None))
        return super().get_queryset(request).annotate(booked=live)

    @admin.display(description=_("bookings"))
    def booked(self, booth):
        address = reverse("admin:events_booking_changelist", query={"booth__id__exact": booth.pk})
        return format_html('<a href="{}">{}</a>', address, booth.booked)


class Standing(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        released = _("Taken back by the station")
        return [("live", _("Booked")), ("given_back", _("Cancelled")), ("released", released)]

    def queryset(self, request, queryset):
        rows = {
            "live": Q(cancelled_at=None),
            "given_back": Q(cancelled_at__isnull=False, is_released=False),
            "released": Q(is_released=True),
        }
        return queryset.filter(rows.get(self.value(), Q()))


@admin.register(Booking)
class BookingAdmin(NotWrittenByHand, Discreet, ScopedAdmin):
    station_path = "booth__station"
    confidential = Q(booth__is_confidential=True)
    people = ["account", "code"]
    guide = _(
        "Who comes when: ask for the code. Of legal advice and counselling only the counter reads the names."
    )
    first_step = _("Nobody has booked a time yet. People do it on the public pages and at the screen.")
    beside = ["starts_at"]
    list_display = ["starts_at", "shown_code", "who", "what", "state", "station_name"]
    ordering = ["-starts_at", "chair"]
    list_filter = [
        Standing,
        ("starts_at", admin.DateFieldListFilter),
        "booth__kind",
        ("booth", InReach),
        ("booth__station", InReach),
        places("booth__station__division"),
    ]
    list_select_related = ["booth__station", "account__worker_pass", "account__person"]
    date_hierarchy = "starts_at"
    search_fields = [
        "code__iexact",
        "account__worker_pass__number__endswith",
        "account__worker_pass__nickname",
    ]
    search_fields += ["account__person__name", "account__person__phone__endswith"]
    fields = ["what", "station_name", "starts_at", "ends_at", "shown_code", "who", "state", "booked_at"]
    fields += ["cancelled_at"]
    readonly_fields = fields
    actions = ["take_back"]

    @admin.display(description=_("booking code"))
    def shown_code(self, booking):
        return "–" if booking.is_hidden else booking.code

    @admin.display(description=_("booked by"))
    def who(self, booking):
        return ARRANGED if booking.is_hidden else str(booking.account)

    @admin.display(description=_("service"))
    def what(self, booking):
        return booking.booth.get_kind_display()

    @admin.display(description=_("station"))
    def station_name(self, booking):
        return booking.booth.station

    @admin.display(description=_("state"))
    def state(self, booking):
        if booking.cancelled_at is None:
            return gettext("Booked")
        return gettext("Taken back by the station") if booking.is_released else gettext("Cancelled")

    @admin.action(description=_("Take the time back: they are told"), permissions=["change"])
    def take_back(self, request, queryset):
        def take_back(booking):
            bookings.take_back(booking, by=request.user)
            return gettext("The time is taken back.")

        live = queryset.filter(cancelled_at=None)
        related = ["booth__station", "account__person", "account__worker_pass"]
        ticked.each(request, live.select_related(*related), take_back)
