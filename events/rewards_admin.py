"""The catalogue, its prices, and the stock at the counter."""

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import stocks
from events.models import Price, Reward, Stock, StockMovement
from stations import reach
from stations.lists import InReach, places
from stations.pictures import redraw
from stations.refusals import first_refusal
from stations.scope import ReadOnly, ScopedAdmin, ScopedInline


class PriceInline(ScopedInline):
    """A price for each day from which it holds; the newest one that has begun is taken."""

    model = Price
    station_path = None
    may = {"view": reach.EVERYBODY}


@admin.register(Reward)
class RewardAdmin(ScopedAdmin):
    """The one catalogue of the province: everybody reads it, its operators write it."""

    station_path = None
    may = {"view": reach.EVERYBODY}
    list_display = ["name_zh", "name_en", "price", "limit", "limit_days", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name_zh", "name_en"]
    inlines = [PriceInline]

    def get_queryset(self, request):
        price_today = Price.objects.on(timezone.localdate(), OuterRef("pk"))
        return super().get_queryset(request).annotate(price_today=price_today)

    @admin.display(description=_("price today"), ordering="price_today", empty_value="–")
    def price(self, reward):
        return reward.price_today

    def save_form(self, request, form, change):
        reward = super().save_form(request, form, change)
        if "photo" in form.changed_data and reward.photo:
            reward.photo = redraw(form.cleaned_data["photo"], longest_side=800)
        return reward


class StockForm(forms.ModelForm):
    delivered = forms.IntegerField(
        label=_("pieces delivered"), required=False, help_text=_("With a minus where some were taken away")
    )
    counted = forms.IntegerField(
        label=_("pieces counted on the shelf"),
        required=False,
        min_value=0,
        help_text=_("A stock-take: everything on the shelf, also what is reserved for somebody"),
    )
    reason = forms.CharField(
        label=_("reason"),
        required=False,
        max_length=120,
        help_text=_("Needed where the count differs from the books, or pieces were taken away"),
    )

    class Meta:
        model = Stock
        fields = ["station", "reward"]

    def clean(self):
        """What the verbs would refuse is said beside its field, and nothing typed is lost."""
        cleaned = super().clean()
        delivered, counted = cleaned.get("delivered"), cleaned.get("counted")
        if delivered and counted is not None:
            self.add_error("counted", _("Please save the delivery first, and count then."))
            return cleaned
        for name, check in [("delivered", stocks.check_delivery), ("counted", stocks.check_count)]:
            number = cleaned.get(name)
            if number is None or (number == 0 and name == "delivered"):
                continue
            refusal = first_refusal([check], self.instance, number, cleaned.get("reason", ""))
            if refusal:
                self.add_error("reason" if refusal.code == "reason_needed" else name, str(refusal))
        return cleaned


class MovementInline(ReadOnly, ScopedInline):
    model = StockMovement
    station_path = "stock__station"
    may = {"view": reach.EVERYBODY}
    fields = ["created_at", "kind", "pieces", "counted", "reason", "actor"]
    readonly_fields = fields
    ordering = ["-created_at", "-pk"]
    max_num = 0

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(kind__in=["redeem", "reverse"]).select_related("actor")


@admin.register(Stock)
class StockAdmin(ScopedAdmin):
    form = StockForm
    change_list_template = "admin/events/counter_list.html"
    inlines = [MovementInline]
    saved_by_verbs = True
    guide = _(
        "How many of each reward a station can still give away. Say what was delivered, and now and then "
        "count the shelf: redemptions move the stock by themselves."
    )
    list_display = ["reward", "station", "left"]
    list_filter = [("reward", InReach), ("station", InReach), places("station__division")]
    search_fields = ["station__search", "reward__name_zh", "reward__name_en"]
    list_select_related = ["station", "reward"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def get_readonly_fields(self, request, obj=None):
        return ["station", "reward", "left", "shelf"] if obj else []

    def get_fields(self, request, obj=None):
        shown = ["station", "reward", *(["left", "shelf"] if obj else [])]
        may_write = self.has_change_permission(request, obj)
        return [*shown, "delivered", *(["counted"] if obj else []), "reason"] if may_write else shown

    @admin.display(description=_("on the shelf by the books"))
    def shelf(self, stock):
        return stocks.on_the_shelf(stock)

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
        said = {"by": request.user, "reason": form.cleaned_data["reason"]}
        if form.cleaned_data.get("delivered"):
            stocks.deliver(obj, form.cleaned_data["delivered"], **said)
        if form.cleaned_data.get("counted") is not None:
            movement = stocks.count(obj, form.cleaned_data["counted"], **said)
            text = gettext("The shelf is counted; the difference is %(n)d.")
            messages.success(request, text % {"n": movement.pieces})


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly, ScopedAdmin):
    station_path = "stock__station"
    guide = _("Everything that came to a shelf and left it. Lines are never changed.")
    list_display = ["created_at", "stock", "kind", "pieces", "counted", "reason", "actor"]
    list_filter = [
        "kind",
        ("created_at", admin.DateFieldListFilter),
        ("stock__station", InReach),
        places("stock__station__division"),
    ]
    list_select_related = ["stock__station", "stock__reward", "actor"]
    date_hierarchy = "created_at"
    search_fields = ["stock__station__search", "stock__reward__name_zh", "stock__reward__name_en"]
    fields = ["created_at", "stock", "kind", "pieces", "counted", "reason", "actor"]
