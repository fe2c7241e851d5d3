"""Hazard reports in the workplace: read in their list, decided at the desk."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import HazardReport
from stations.decided import DecidedAtTheDesk, to_preview
from stations.lists import InReach, places
from stations.scope import ScopedAdmin


@admin.register(HazardReport)
class HazardReportAdmin(DecidedAtTheDesk, ScopedAdmin):
    list_display = ["category", "where", "state", "created_at", "station", "decided_by"]
    guide = _(
        "Dangers that people have photographed on their way (随手拍), at the nearest station. "
        "What is verified earns points, up to a limit a day; whoever reported it reads your answer."
    )
    first_step = _("Nobody has reported a hazard yet. Reports come from the page “Report a hazard”.")
    beside = ["state", "created_at"]
    list_filter = [
        "state",
        "category",
        ("station", InReach),
        places("station__division"),
        ("created_at", admin.DateFieldListFilter),
    ]
    list_select_related = ["station", "decided_by"]
    search_fields = ["place", "text", "station__search"]
    date_hierarchy = "created_at"
    actions = [to_preview("hazard", "verify", _("Verify: it is as reported"))]
    view_on_site = False  # its page is the reporter's own
    fields = ["category", "where", "latitude", "longitude", "text", "look", "person", "station", "state"]
    fields += ["answer", "created_at", "decided_at", "decided_by"]

    def queue_of(self, report):
        return "hazard" if report.state == HazardReport.State.PENDING else ""

    def get_fields(self, request, obj=None):
        """Who only reads is not led to a photo that is not shown to them, and learns no name."""
        fields = super().get_fields(request, obj)
        if super(DecidedAtTheDesk, self).has_change_permission(request, obj):
            return fields
        return [name for name in fields if name not in ("look", "person")]

    @admin.display(description=_("where"), ordering="place")
    def where(self, report):
        return report.where

    @admin.display(description=_("photo"))
    def look(self, report):
        return format_html(
            '<a href="{0}" target="_blank" rel="noopener"><img src="{0}" alt="{1}" width="160"></a>',
            reverse("hazards:photo", args=[report.pk]),
            gettext("What the reporter has photographed"),
        )
