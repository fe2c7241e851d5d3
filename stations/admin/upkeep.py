"""Faults and suggested sites in the workplace: read here, decided at the desk."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.decided import DecidedAtTheDesk, to_preview
from stations.lists import InReach, places
from stations.models import Fault, FaultReport, SiteSuggestion
from stations.refusals import Refusal
from stations.scope import NotWrittenByHand, ScopedAdmin, ScopedInline


class ReportInline(NotWrittenByHand, ScopedInline):
    model = FaultReport
    station_path = "fault__station"
    fields = readonly_fields = ["text", "look", "created_at"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        """Who only reads is not led to a photo that is not shown to them."""
        faults = self.admin_site.get_model_admin(Fault)
        return self.fields if faults.is_allowed(request, "change", obj) else ["text", "created_at"]

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


def queue_of_faults(rows) -> str:
    """Dangers wait in a queue of their own."""
    kinds = set(rows.order_by().values_list("is_dangerous", flat=True).distinct())
    if len(kinds) > 1:
        raise Refusal("mixed", gettext("Please choose dangers and other faults one after the other."))
    return "danger" if kinds == {True} else "fault"


@admin.register(Fault)
class FaultAdmin(DecidedAtTheDesk, ScopedAdmin):
    list_display = ["subject", "danger", "station", "state", "count", "opened_at", "handled_by"]
    guide = _(
        "One line for each thing that is broken, however many people reported it. They follow on their own "
        "page what becomes of it, and read your answer there. Dangers are to be seen to within a day."
    )
    first_step = _("Nobody has reported anything. Reports come from the page of each station.")
    beside = ["state", "opened_at"]
    list_filter = [
        "state",
        "is_dangerous",
        "kind",
        ("station", InReach),
        places("station__division"),
        ("opened_at", admin.DateFieldListFilter),
    ]
    list_select_related = ["station", "handled_by"]
    search_fields = ["station__search"]
    date_hierarchy = "opened_at"
    ordering = ["-state", "-opened_at"]  # by the alphabet: to_do, in_progress, fixed
    actions = [
        to_preview(queue_of_faults, "take_up", _("Take up: somebody sees to it")),
        to_preview(queue_of_faults, "fix", _("Fixed: it works again")),
    ]
    inlines = [ReportInline]
    fields = ["station", "subject", "danger", "state", "answer", "opened_at", "taken_up_at"]
    fields += ["fixed_at", "handled_by"]

    def queue_of(self, fault):
        if not fault.is_open:
            return ""
        return "danger" if fault.is_dangerous else "fault"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("reports"))

    @admin.display(description=_("facility"), ordering="kind")
    def subject(self, fault):
        return fault.subject

    @admin.display(description=_("dangerous"), ordering="is_dangerous")
    def danger(self, fault):
        if not fault.is_dangerous:
            return "–"
        return format_html('<strong><span aria-hidden="true">⚠</span> {}</strong>', gettext("Danger"))

    @admin.display(description=_("reports"), ordering="count")
    def count(self, fault):
        return fault.count


@admin.register(SiteSuggestion)
class SiteSuggestionAdmin(DecidedAtTheDesk, ScopedAdmin):
    """What people miss in a county, for those who plan its stations."""

    may = dict.fromkeys(["view", "change"], reach.COUNTY)
    station_path = None
    organisation_path = "division__union"
    list_display = ["place", "division", "state", "created_at", "decided_by"]
    guide = _(
        "What people miss near them. Each one is answered, and whoever suggested it reads the answer. "
        "Source: the provincial plan, public participation in building stations."
    )
    first_step = _("Nobody has suggested a site yet. Suggestions come from the public pages.")
    beside = ["division", "state"]
    list_filter = ["state", places("division"), ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["division", "decided_by"]
    search_fields = ["place", "why", "division__search"]
    date_hierarchy = "created_at"
    actions = [to_preview("suggestion", "look_into", _("Look at it on site"))]
    fields = ["division", "place", "why", "state", "answer", "created_at", "looked_at"]
    fields += ["decided_at", "decided_by"]

    def queue_of(self, suggestion):
        return "suggestion" if suggestion.is_undecided else ""
