"""The ledger of points, the rules that feed it, and what is decided by hand."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import grants, passes
from events.models import EarningRule, PointsAccount, PointsDecision, PointsEntry, QuarterLine
from stations import reach
from stations.decided import DecidedAtTheDesk
from stations.discretion import ARRANGED, Discreet
from stations.lists import InReach, places
from stations.refusals import Refusal
from stations.scope import ReadOnly, ScopedAdmin


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


@admin.register(QuarterLine)
class QuarterLineAdmin(ReadOnly, ScopedAdmin):
    guide = _(
        "What was published of each quarter, as everybody reads it: nicknames of those who agreed, and one "
        "sum for all others of a station."
    )
    first_step = _("The first lines are written on the first day of the next quarter.")
    list_display = ["station", "year", "quarter", "nickname", "people", "earned", "spent"]
    list_filter = [("station", InReach), places("station__division")]
    list_select_related = ["station"]
    search_fields = ["nickname", "station__search"]
    fields = list_display
    readonly_fields = fields


@admin.register(EarningRule)
class EarningRuleAdmin(ScopedAdmin):
    """One set of rules for the province: everybody reads it, its operators write it."""

    station_path = None
    may = {"view": reach.EVERYBODY}
    guide = _(
        "What an hour of service and a verified photo are worth. A rule holds from its day on, so a change "
        "never touches what was earned before."
    )
    list_display = ["kind", "starts_on", "points", "most_a_day", "quarantine_days"]
    list_filter = ["kind"]


class PointsDecisionForm(forms.ModelForm):
    card = forms.CharField(label=_("card number"), max_length=20)

    class Meta:
        model = PointsDecision
        fields = ["card", "kind", "points", "decision", "reason"]

    def clean_card(self):
        try:
            found = passes.find(self.cleaned_data["card"])
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        self.instance.account, self.instance.station = found.account, found.station
        return self.cleaned_data["card"]


@admin.register(PointsDecision)
class PointsDecisionAdmin(DecidedAtTheDesk, ScopedAdmin):
    guide = _(
        "Support in hardship by a named decision, and mistakes put right: one person proposes, a second one "
        "decides at the desk. Only then do points move."
    )
    list_display = [
        "proposed_at",
        "account",
        "kind",
        "points",
        "decision",
        "state",
        "proposed_by",
        "decided_by",
    ]
    list_filter = ["kind", "state", ("station", InReach), places("station__division")]
    list_select_related = ["account__worker_pass", "account__person", "proposed_by", "decided_by"]
    date_hierarchy = "proposed_at"
    search_fields = ["account__worker_pass__number__endswith", "account__worker_pass__nickname", "decision"]
    fields = ["account", "station", "kind", "points", "decision", "reason", "state"]
    fields += ["proposed_by", "proposed_at", "decided_by", "decided_at"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def has_add_permission(self, request):
        return self.is_allowed(request, "add")

    def queue_of(self, decision):
        return "points" if decision.state == PointsDecision.State.PROPOSED else ""

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = PointsDecisionForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        return PointsDecisionForm.Meta.fields if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def save_model(self, request, obj, form, change):
        grants.propose(obj, by=request.user)
        messages.success(request, gettext("Proposed. A second person decides at the desk."))
