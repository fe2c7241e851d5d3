from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.lists import InReach, places
from stations.models import SwapCabinet
from stations.scope import ScopedAdmin


@admin.register(SwapCabinet)
class SwapCabinetAdmin(ScopedAdmin):
    """Whoever links a cabinet to its station does it here; the numbers come from the operator's feed."""

    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.FEDERATION)}
    list_display = ["station", "operator", "external_id", "charged", "free", "freshness", "reported_at"]
    list_filter = ["operator", ("station", InReach), places("station__division")]
    date_hierarchy = "reported_at"
    list_select_related = ["station"]
    search_fields = ["external_id", "station__search"]
    raw_id_fields = ["station"]
    readonly_fields = ["charged", "free", "freshness", "reported_at"]

    @admin.display(description=_("numbers"))
    def freshness(self, cabinet):
        return _("Up to date") if cabinet.is_known else _("Status unknown")
