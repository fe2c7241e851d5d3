"""Who sees what in the admin: a manager's own stations, and everything that hangs on them."""

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin

from stations.models import Station


class Scoped:
    """Limits lists, forms, choices and permissions to the stations in the reader's care.

    `station_path` leads from the model to its station. Managers may do what
    `managers_may` names; the federation's own staff (superusers) may do everything
    the class itself allows. Out of reach reads as "does not exist" (404).
    """

    station_path = "station"
    managers_may = frozenset({"view", "change"})

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.user.is_superuser:
            return queryset
        mine = Station.objects.managed_by(request.user)
        if self.station_path == "":
            return queryset.filter(pk__in=mine.values("pk"))
        return queryset.filter(**{f"{self.station_path}__in": mine})

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Station and not request.user.is_superuser:
            kwargs["queryset"] = Station.objects.managed_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request, action):
        if request.user.is_superuser:
            return True
        return (
            action in self.managers_may
            and request.user.is_staff
            and Station.objects.managed_by(request.user).exists()
        )

    def has_module_permission(self, request):
        return self._may(request, "view")

    def has_view_permission(self, request, obj=None):
        return self._may(request, "view")

    def has_change_permission(self, request, obj=None):
        return self._may(request, "change")

    def has_add_permission(self, request, obj=None):
        return self._may(request, "add")

    def has_delete_permission(self, request, obj=None):
        return self._may(request, "delete")


class ScopedAdmin(Scoped, admin.ModelAdmin):
    pass


class ScopedInline(Scoped, InlineModelAdmin):
    template = "admin/edit_inline/tabular.html"
    extra = 0
