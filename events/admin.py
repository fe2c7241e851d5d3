from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import (
    booking_admin,  # noqa: F401, registers itself
    passes,
)
from events.models import (
    Message,
    PointsAccount,
    PointsEntry,
    Redemption,
    RedemptionDay,
    RedemptionDayException,
    Reward,
    ServiceDay,
    Stock,
    WorkerPass,
)
from stations import reach
from stations.decided import DecidedAtTheDesk, to_preview
from stations.discretion import ARRANGED, Discreet
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
        "The weekdays on which a station redeems points (积分兑换日), Fridays by default. Screens refuse on "
        "other days, counted by the time in Zhejiang; a single day is opened or closed by an exception."
    )
    list_display = ["station", "weekday"]
    list_filter = ["weekday", ("station", InReach), places("station__division")]
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


@admin.register(Reward)
class RewardAdmin(ScopedAdmin):
    """The one catalogue of the province: everybody reads it, its operators write it."""

    station_path = None
    may = {"view": reach.EVERYBODY}
    list_display = ["name_zh", "name_en", "points", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name_zh", "name_en"]


@admin.register(Stock)
class StockAdmin(ScopedAdmin):
    list_display = ["reward", "station", "left"]
    list_filter = [("reward", InReach), ("station", InReach), places("station__division")]
    search_fields = ["station__search", "reward__name_zh", "reward__name_en"]
    list_select_related = ["station", "reward"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}


@admin.register(Redemption)
class RedemptionAdmin(DecidedAtTheDesk, ScopedAdmin):
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


class WorkerPassForm(forms.ModelForm):
    new_pin = forms.CharField(
        label=_("PIN (4 digits, chosen by the worker)"),
        required=False,
        max_length=4,
        validators=[RegexValidator(r"^\d{4}$", _("A PIN has four digits."))],
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Leave empty to keep the present PIN. A new PIN also opens a locked card."),
    )

    class Meta:
        model = WorkerPass
        fields = ["station", "nickname", "new_pin", "is_active"]

    def clean(self):
        if not self.instance.pk and not self.cleaned_data.get("new_pin"):
            self.add_error("new_pin", _("A new card needs a PIN. Please let the worker choose one."))
        return super().clean()


@admin.register(WorkerPass)
class WorkerPassAdmin(ScopedAdmin):
    form = WorkerPassForm
    exactly = "number"
    beside = ["station"]
    list_display = ["number", "nickname", "station", "balance", "is_active"]
    list_filter = ["is_active", ("station", InReach), places("station__division")]
    list_select_related = ["station", "account"]
    search_fields = ["number__endswith", "nickname"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    @admin.display(description=_("points balance"))
    def balance(self, worker_pass):
        return worker_pass.account.balance

    def save_model(self, request, obj, form, change):
        pin = form.cleaned_data["new_pin"]
        if not change:
            issued = passes.issue(obj.nickname, pin, station=obj.station)
            obj.pk, obj.number = issued.pk, issued.number
            text = gettext("The card number is %(number)s. Please write it on the card.")
            messages.success(request, text % {"number": issued.number})
            return
        super().save_model(request, obj, form, change)
        if pin:
            passes.set_pin(obj, pin, by=request.user)


@admin.register(PointsAccount)
class PointsAccountAdmin(ReadOnly, ScopedAdmin):
    station_path = "worker_pass__station"
    guide = _("What somebody has left. A balance is the sum of its entries and never below zero.")
    first_step = _("An account begins with the first card that a station issues.")
    list_display = ["__str__", "balance"]
    list_select_related = ["worker_pass", "person"]
    search_fields = ["worker_pass__number__endswith", "worker_pass__nickname", "person__name"]


@admin.register(PointsEntry)
class PointsEntryAdmin(ReadOnly, Discreet, ScopedAdmin):
    # Time and place of what a shift has earned would tell whose shift it was.
    confidential = Q(kind=PointsEntry.Kind.EARN_SHIFT)
    confidential |= Q(kind=PointsEntry.Kind.REVERSE, account__worker_pass=None)
    people = ["account", "actor", "key"]
    list_display = ["created_at", "whose", "kind", "points", "why", "actor"]
    guide = _(
        "The ledger of points: thanks without cash value, for hours that were confirmed, and what was "
        "redeemed. Lines are never changed; a mistake is put right by a line against it."
    )
    first_step = _("The first line is written when hours are confirmed or points are redeemed.")
    list_filter = [
        "kind",
        ("created_at", admin.DateFieldListFilter),
        ("station", InReach),
        places("station__division"),
    ]
    list_select_related = ["account__worker_pass", "account__person", "actor"]
    date_hierarchy = "created_at"
    search_fields = ["account__worker_pass__number__endswith", "account__worker_pass__nickname", "key__exact"]
    fields = ["whose", "counterpart", "kind", "points", "key", "why", "actor", "created_at", "station"]
    readonly_fields = fields

    def get_fields(self, request, obj=None):
        return [name for name in self.fields if name != "key" or not (obj and obj.is_hidden)]

    @admin.display(description=_("points account"))
    def whose(self, entry):
        return ARRANGED if entry.is_hidden else entry.account

    @admin.display(description=_("reason"))
    def why(self, entry):
        return "" if entry.is_hidden else entry.reason


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
