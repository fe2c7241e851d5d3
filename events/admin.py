from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events import booking_admin, hazards_admin, points_admin, rewards_admin  # noqa: F401 (they register their own)
from events.models import (
    CardNumber,
    Message,
    Redemption,
    RedemptionDay,
    RedemptionDayException,
    ServiceDay,
    WorkerPass,
)
from events.passes_admin import CardNumberAdmin, WorkerPassAdmin
from stations.decided import DecidedAtTheDesk, to_preview
from stations.lists import InReach, places
from stations.scope import EVERYTHING, ReadOnly, ScopedAdmin


@admin.register(ServiceDay)
class ServiceDayAdmin(ScopedAdmin):
    list_display = ["title", "station", "starts_at", "ends_at", "is_published"]
    guide = _(
        "Days on which a station offers services: the weekly service day (周周服务日) on Fridays, a free "
        "clinic, a festival. Published days stand on the station’s page and in the calendar of all days."
    )
    beside = ["starts_at"]
    list_filter = [
        ("starts_at", admin.DateFieldListFilter),
        "is_published",
        ("station", InReach),
        places("station__division"),
    ]
    list_select_related = ["station"]
    date_hierarchy = "starts_at"
    search_fields = ["title", "station__search"]
    may = EVERYTHING


@admin.register(RedemptionDay)
class RedemptionDayAdmin(ScopedAdmin):
    guide = _(
        "The days of the week or month on which a station redeems points (积分兑换日), Fridays by default. "
        "Screens refuse on other days, by the time in Zhejiang; an exception opens or closes a single day."
    )
    list_display = ["station", "weekday", "day_of_month"]
    list_filter = ["weekday", "day_of_month", ("station", InReach), places("station__division")]
    list_select_related = ["station"]
    search_fields = ["station__search"]
    may = EVERYTHING


@admin.register(RedemptionDayException)
class RedemptionDayExceptionAdmin(ScopedAdmin):
    list_display = ["station", "date", "is_open", "reason"]
    list_filter = ["is_open", ("station", InReach), places("station__division")]
    list_select_related = ["station"]
    date_hierarchy = "date"
    search_fields = ["station__search", "reason"]
    may = EVERYTHING


@admin.register(Redemption)
class RedemptionAdmin(DecidedAtTheDesk, ScopedAdmin):
    change_list_template = "admin/events/counter_list.html"
    list_display = ["pickup_code", "reward", "who", "points", "status", "created_at", "station"]
    list_filter = [
        "status",
        ("date", admin.DateFieldListFilter),
        ("station", InReach),
        places("station__division"),
        ("reward", InReach),
    ]
    first_step = _("Nobody has redeemed points yet. It is done at a station’s screen on a redemption day.")
    beside = ["status", "account", "station"]
    list_select_related = ["station", "reward", "account__worker_pass", "account__person"]
    date_hierarchy = "date"
    search_fields = [
        "pickup_code__exact",
        "account__worker_pass__number__endswith",
        "account__worker_pass__nickname",
        "station__search",
    ]
    fields = ["pickup_code", "reward", "who", "points", "status", "date", "created_at", "station", "kiosk"]
    fields += ["settled_at", "settled_by"]
    actions = [
        to_preview("redemption", "hand_over", _("Tick as collected")),
        to_preview("redemption", "reverse", _("Not collected: give points and goods back")),
    ]

    def queue_of(self, redemption):
        return "redemption" if redemption.status == Redemption.Status.WAITING else ""

    @admin.display(description=_("worker"))
    def who(self, redemption):
        return str(redemption.account)


admin.site.register(WorkerPass, WorkerPassAdmin)
admin.site.register(CardNumber, CardNumberAdmin)


@admin.register(Message)
class MessageAdmin(ReadOnly, ScopedAdmin):
    may = {}
    list_display = ["due_at", "subject", "channel", "state", "tries", "error"]
    list_filter = ["state", "channel", ("due_at", admin.DateFieldListFilter)]
    date_hierarchy = "due_at"
    search_fields = ["address__startswith", "address__endswith", "person__name"]

    def get_exclude(self, request, obj=None):
        """Codes that open an account are nobody else's to read."""
        return ["body"] if obj and obj.key.startswith("account:") else []
