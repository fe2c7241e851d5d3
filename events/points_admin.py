"""The ledger of points, the rules that feed it, and what is decided by hand."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import grants, passes, points
from events.models import EarningRule, PointsAccount, PointsDecision, PointsEntry, QuarterLine
from stations import reach, ticked
from stations.decided import DecidedAtTheDesk
from stations.discretion import ARRANGED, Discreet
from stations.lists import InReach, places
from stations.refusals import Refusal, first_refusal
from stations.scope import ReadOnly, ScopedAdmin


@admin.register(PointsAccount)
class PointsAccountAdmin(ReadOnly, ScopedAdmin):
    station_path = "worker_pass__station"
    guide = _("What somebody has left. A balance is the sum of its entries and never below zero.")
    first_step = _("An account begins with the first card that a station issues.")
    list_display = ["__str__", "balance"]
    list_select_related = ["worker_pass", "person"]
    search_fields = ["worker_pass__number__endswith", "worker_pass__nickname", "person__name"]


@admin.action(description=_("A complaint was upheld: take the points back"), permissions=["forfeit"])
def forfeit(model_admin, request, queryset):
    """Asks which complaint, on a page in between that says what will happen."""
    reason = ticked.reason(request)
    if not reason:
        rows = [(row, why_not_forfeit(row)) for row in queryset]
        title, template = gettext("Take points back"), "admin/events/pointsentry/forfeit.html"
        return ticked.ask_why(model_admin, request, rows, title=title, template=template)

    def take_back(entry):
        if refusal := why_not_forfeit(entry):
            raise refusal
        taken = points.forfeit(entry, by=request.user, reason=reason)
        return gettext("%(n)d points are taken back.") % {"n": -taken.points}

    ticked.each(request, queryset, take_back)
    return None


def why_not_forfeit(entry):
    return first_refusal([points.check_earned, points.check_not_forfeited], entry)


@admin.register(PointsEntry)
class PointsEntryAdmin(ReadOnly, Discreet, ScopedAdmin):
    actions = [forfeit]
    may = {"view": reach.EVERYBODY, "forfeit": reach.COUNTY}
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

    def has_forfeit_permission(self, request):
        return self.is_allowed(request, "forfeit")

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
    reached = None  # the reader's, set by the admin
    card = forms.CharField(label=_("card number"), max_length=20)

    class Meta:
        model = PointsDecision
        fields = ["card", "kind", "points", "decision", "reason"]

    def clean_card(self):
        """A card of a counter in the reader's reach: others are unknown here."""
        try:
            found = passes.find(self.cleaned_data["card"])
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not self.reached.stations(reach.AT_THE_COUNTER).filter(pk=found.station_id).exists():
            raise ValidationError(
                _("This card is not one of your stations. Please ask the station that issued it.")
            )
        self.instance.account, self.instance.station = found.account, found.station
        return self.cleaned_data["card"]

    def clean(self):
        """More than the balance is refused when it is decided; better it is seen here."""
        cleaned = super().clean()
        if self.instance.account_id and cleaned.get("points"):
            self.instance.points = cleaned["points"]
            if refusal := first_refusal([grants.check_balance], self.instance):
                self.add_error("points", str(refusal))
        return cleaned

    def _post_clean(self):
        """Account and proposer are no fields, and so Django leaves the constraints about them out."""
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints(exclude={"proposed_by"})
            except ValidationError as error:
                self.add_error(None, error.messages)


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
    may = {"view": reach.EVERYBODY, "add": reach.AT_THE_COUNTER, "change": reach.COUNTY}

    def has_add_permission(self, request):
        return self.is_allowed(request, "add")

    def queue_of(self, decision):
        return "points" if decision.state == PointsDecision.State.PROPOSED else ""

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            said = {"reached": reach.of_request(request)}
            kwargs["form"] = type("PointsDecisionFormInReach", (PointsDecisionForm,), said)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        return PointsDecisionForm.Meta.fields if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def save_model(self, request, obj, form, change):
        grants.propose(obj, by=request.user)
        messages.success(request, gettext("Proposed. A second person decides at the desk."))
