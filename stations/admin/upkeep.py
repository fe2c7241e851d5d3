"""Faults and suggested sites in the workplace: the verbs of both behind buttons."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import faults, reach, suggestions
from stations.models import Fault, FaultReport, SiteSuggestion
from stations.refusals import Refusal
from stations.scope import NotWrittenByHand, ScopedAdmin, ScopedInline
from stations.upkeep_forms import DecisionForm, HandlingForm


class StepByStep(NotWrittenByHand):
    """Rows whose state only the verbs change: the form for the next step, and nothing once all is done."""

    shown = []
    asked = ["step", "answer"]
    told = []

    def is_waiting(self, obj) -> bool:
        raise NotImplementedError

    def get_fields(self, request, obj=None):
        waits = obj is not None and self.is_waiting(obj)
        return [*self.shown, *(self.asked if waits else ["answer"]), *self.told]

    def get_readonly_fields(self, request, obj=None):
        return [*self.shown, *self.told, *([] if obj is None or self.is_waiting(obj) else ["answer"])]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.is_waiting(obj))

    def get_form(self, request, obj=None, **kwargs):
        if obj is None or not self.is_waiting(obj):
            kwargs["form"] = forms.ModelForm  # nothing is left to decide
        return super().get_form(request, obj, **kwargs)

    def try_each(self, request, queryset, verb, **kwargs):
        for row in queryset:
            try:
                verb(row, by=request.user, **kwargs)
            except Refusal as refusal:
                messages.error(request, f"{row}: {refusal}")
            else:
                messages.success(request, f"{row}: {row.get_state_display()}")


class ReportInline(NotWrittenByHand, ScopedInline):
    model = FaultReport
    station_path = "fault__station"
    fields = readonly_fields = ["text", "look", "created_at"]

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("photo"))
    def look(self, report):
        if not report.photo:
            return "–"
        address = reverse("stations:fault_photo", args=[report.pk])
        return format_html(
            '<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}" width="160"></a>',
            address,
            address,
            gettext("What the reporter has photographed"),
        )


@admin.register(Fault)
class FaultAdmin(StepByStep, ScopedAdmin):
    form = HandlingForm
    list_display = ["subject", "station", "state", "count", "opened_at", "handled_by"]
    list_filter = ["state"]
    list_select_related = ["station", "handled_by"]
    search_fields = ["station__name", "station__code"]
    date_hierarchy = "opened_at"
    ordering = ["-state", "-opened_at"]  # by the alphabet: to_do, in_progress, fixed
    actions = ["take_up", "fix"]
    inlines = [ReportInline]
    shown = ["station", "subject", "state", "opened_at"]
    told = ["taken_up_at", "fixed_at", "handled_by"]

    def is_waiting(self, obj):
        return obj.is_open

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("reports"))

    def save_model(self, request, obj, form, change):
        verbs = {"take_up": faults.take_up, "fix": faults.fix, "": faults.tell}
        verbs[form.cleaned_data["step"]](obj, by=request.user, answer=form.cleaned_data["answer"])

    @admin.display(description=_("facility"), ordering="kind")
    def subject(self, fault):
        return fault.subject

    @admin.display(description=_("reports"), ordering="count")
    def count(self, fault):
        return fault.count

    @admin.action(description=_("Take up: somebody sees to it"), permissions=["change"])
    def take_up(self, request, queryset):
        self.try_each(request, queryset.select_related("station"), faults.take_up)

    @admin.action(description=_("Fixed: it works again"), permissions=["change"])
    def fix(self, request, queryset):
        self.try_each(request, queryset.select_related("station"), faults.fix)


@admin.register(SiteSuggestion)
class SiteSuggestionAdmin(StepByStep, ScopedAdmin):
    """What people miss in a county, for those who plan its stations."""

    may = dict.fromkeys(["view", "change"], reach.COUNTY)
    station_path = None
    organisation_path = "division__union"
    form = DecisionForm
    list_display = ["place", "division", "state", "created_at", "decided_by"]
    list_filter = ["state", "division__prefecture"]
    list_select_related = ["division", "decided_by"]
    search_fields = ["place", "why"]
    date_hierarchy = "created_at"
    actions = ["look_into"]
    shown = ["division", "place", "why", "state", "created_at"]
    told = ["looked_at", "decided_at", "decided_by"]

    def is_waiting(self, obj):
        return obj.is_undecided

    def save_model(self, request, obj, form, change):
        verb = getattr(suggestions, form.cleaned_data["step"])
        verb(obj, by=request.user, reason=form.cleaned_data["answer"])

    @admin.action(description=_("Look at it on site"), permissions=["change"])
    def look_into(self, request, queryset):
        self.try_each(request, queryset, suggestions.look_into)
