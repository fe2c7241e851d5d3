"""Who sees what in the admin: a manager's own stations, and everything that hangs on them."""

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.http import Http404
from django.shortcuts import redirect

from stations.models import Station
from stations.refusals import Refusal


def has_stations(request) -> bool:
    """Whether the reader runs any station, asked once a request: the menu alone would ask sixty times."""
    if not hasattr(request, "has_stations"):
        request.has_stations = Station.objects.managed_by(request.user).exists()
    return request.has_stations


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
        """Choices come from the related model's own scoped list."""
        related = db_field.related_model
        if self.admin_site.is_registered(related):
            related_admin = self.admin_site.get_model_admin(related)
            if isinstance(related_admin, Scoped):
                kwargs["queryset"] = related_admin.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request, action):
        if request.user.is_superuser:
            return True
        return action in self.managers_may and request.user.is_staff and has_stations(request)

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


class NotWrittenByHand:
    """Rows that people make on the pages: looked at here, never typed in."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ScopedAdmin(Scoped, admin.ModelAdmin):
    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def changeform_view(self, request, *args, **kwargs):
        """A verb that refuses while a form is saved changes nothing, and its sentence is shown."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())


class ScopedInline(Scoped, InlineModelAdmin):
    template = "admin/edit_inline/tabular.html"
    extra = 0
