from django.contrib import admin

from stations.models import SwapCabinet
from stations.scope import ScopedAdmin


@admin.register(SwapCabinet)
class SwapCabinetAdmin(ScopedAdmin):
    list_display = ["station", "operator", "external_id", "charged", "free", "reported_at"]
