from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import passes, redemptions
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
from stations.scope import EVERYTHING, ReadOnly, ScopedAdmin


@admin.register(ServiceDay)
class ServiceDayAdmin(ScopedAdmin):
    list_display = ["title", "station", "starts_at", "ends_at", "is_published"]
    list_filter = ["is_published"]
    list_select_related = ["station"]
    date_hierarchy = "starts_at"
    search_fields = ["title", "station__name"]
    may = EVERYTHING


@admin.register(RedemptionDay)
class RedemptionDayAdmin(ScopedAdmin):
    list_display = ["station", "weekday"]
    list_select_related = ["station"]
    may = EVERYTHING


@admin.register(RedemptionDayException)
class RedemptionDayExceptionAdmin(ScopedAdmin):
    list_display = ["station", "date", "is_open", "reason"]
    list_select_related = ["station"]
    may = EVERYTHING


@admin.register(Reward)
class RewardAdmin(ScopedAdmin):
    """The one catalogue of the province: everybody reads it, its operators write it."""

    station_path = None
    may = {"view": reach.EVERYBODY}
    list_display = ["name_zh", "name_en", "points", "is_active"]


@admin.register(Stock)
class StockAdmin(ScopedAdmin):
    list_display = ["reward", "station", "left"]
    list_select_related = ["station", "reward"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}


@admin.register(Redemption)
class RedemptionAdmin(ScopedAdmin):
    list_display = ["pickup_code", "reward", "who", "points", "status", "created_at", "station"]
    list_filter = ["status", "date"]
    list_select_related = ["station", "reward", "account__worker_pass", "account__person"]
    search_fields = ["pickup_code", "account__worker_pass__number"]
    actions = ["hand_over", "reverse"]

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.model._meta.fields if field.name not in ("id", "key")]

    def get_exclude(self, request, obj=None):
        return ["key"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("worker"))
    def who(self, redemption):
        return str(redemption.account)

    @admin.action(description=_("Tick as collected"))
    def hand_over(self, request, queryset):
        done = sum(redemptions.hand_over(redemption, by=request.user) for redemption in queryset)
        self.say(request, done, queryset)

    @admin.action(description=_("Not collected: give points and goods back"))
    def reverse(self, request, queryset):
        done = sum(redemptions.reverse(redemption, by=request.user) for redemption in queryset)
        self.say(request, done, queryset)

    def say(self, request, done, queryset):
        before = len(queryset) - done
        text = ngettext("%(n)d redemption settled.", "%(n)d redemptions settled.", done) % {"n": done}
        if before:
            text += " " + gettext("%(n)d had been settled before.") % {"n": before}
        messages.success(request, text)


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
    list_display = ["number", "nickname", "station", "balance", "is_active"]
    list_select_related = ["station", "account"]
    search_fields = ["number", "nickname"]
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
    list_display = ["__str__", "balance"]
    list_select_related = ["worker_pass", "person"]
    search_fields = ["worker_pass__number", "person__name"]


@admin.register(PointsEntry)
class PointsEntryAdmin(ReadOnly, ScopedAdmin):
    list_display = ["created_at", "account", "kind", "points", "reason", "actor"]
    list_filter = ["kind"]
    list_select_related = ["account__worker_pass", "account__person", "actor"]
    date_hierarchy = "created_at"
    search_fields = ["account__worker_pass__number", "key"]


@admin.register(Message)
class MessageAdmin(ReadOnly, ScopedAdmin):
    may = {}
    list_display = ["due_at", "subject", "channel", "state", "tries", "error"]
    list_filter = ["state", "channel"]
    date_hierarchy = "due_at"

    def get_exclude(self, request, obj=None):
        """Codes that open an account are nobody else's to read."""
        return ["body"] if obj and obj.key.startswith("account:") else []
