"""The history as a list: who changed what, when and why."""

from django.contrib import admin

from stations import reach
from stations.models import HistoryLine
from stations.scope import ReadOnly, ScopedAdmin


@admin.register(HistoryLine)
class HistoryLineAdmin(ReadOnly, ScopedAdmin):
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY}
    list_display = ["at", "person", "name", "action", "reason", "station"]
    list_select_related = ["person", "station"]
    date_hierarchy = "at"
    search_fields = ["person__name", "station__search", "name"]
