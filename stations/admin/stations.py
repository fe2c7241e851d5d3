from django.contrib import admin

from stations.models import Division, OpeningException, Station, StationFacility, StationPhoto
from stations.scope import ScopedAdmin, ScopedInline


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "prefecture", "population"]
    search_fields = ["code", "name"]
    list_filter = ["prefecture"]


class FacilityInline(ScopedInline):
    model = StationFacility
    managers_may = frozenset({"view", "add", "change", "delete"})


class ExceptionInline(ScopedInline):
    model = OpeningException
    managers_may = frozenset({"view", "add", "change", "delete"})


class PhotoInline(ScopedInline):
    model = StationPhoto
    managers_may = frozenset({"view", "add", "change", "delete"})


@admin.register(Station)
class StationAdmin(ScopedAdmin):
    station_path = ""
    list_display = [
        "code",
        "name",
        "division",
        "status",
        "tier",
        "opening_hours",
        "position_doubt",
        "is_demo",
    ]
    list_filter = ["status", "tier", "access", ("position_doubt", admin.EmptyFieldListFilter)]
    list_select_related = ["division"]
    search_fields = ["code", "name", "address"]
    readonly_fields = ["position_doubt", "updated_at"]
    inlines = [FacilityInline, ExceptionInline, PhotoInline]

    def get_readonly_fields(self, request, obj=None):
        if request.user.is_superuser:
            return self.readonly_fields
        # What the directory stands on is changed by the county, not at the counter.
        return [*self.readonly_fields, "code", "name", "division", "tier", "source_datum", "is_demo"]
