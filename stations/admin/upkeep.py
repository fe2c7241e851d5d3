from django.contrib import admin

from stations.models import Fault, SiteSuggestion
from stations.scope import ScopedAdmin


@admin.register(Fault)
class FaultAdmin(ScopedAdmin):
    list_display = ["station", "kind", "state", "opened_at"]


@admin.register(SiteSuggestion)
class SiteSuggestionAdmin(admin.ModelAdmin):
    list_display = ["place", "division", "state", "created_at"]
