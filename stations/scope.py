"""Who sees what in the admin: what is in somebody's care, and everything that hangs on it."""

from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.http import Http404
from django.shortcuts import redirect

from stations import reach
from stations.exported import Exported
from stations.history_pages import HistoryPages
from stations.lists import Listed
from stations.refusals import Refusal
from stations.staleness import FreshForms

# What is done at the counter, all of it.
EVERYTHING = {
    "view": reach.EVERYBODY,
    **dict.fromkeys(["add", "change", "delete"], reach.AT_THE_COUNTER),
}


class Scoped:
    """Limits lists, forms, choices and permissions to what the reader's postings of today reach.

    `station_path` leads from the model to its station, `organisation_path` to its organisation;
    `may` says which roles may view, add, change, delete. Operators (superusers) may do everything
    the class itself allows. Out of reach reads as "does not exist" (404).
    """

    station_path = "station"
    organisation_path = None
    may = {"view": reach.EVERYBODY, "change": reach.AT_THE_COUNTER}

    def roles(self, action):
        return self.may.get(action, reach.NOBODY)

    def get_queryset(self, request):
        return self.in_reach(request, super().get_queryset(request), "view")

    def in_reach(self, request, rows, action):
        """Of the rows those with which the reader may do this."""
        return self.narrow(request, rows, self.roles(action))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Choices are what the related model's own list shows to the roles that may write here."""
        related = db_field.related_model
        if self.admin_site.is_registered(related):
            related_admin = self.admin_site.get_model_admin(related)
            if isinstance(related_admin, Scoped):
                rows, writers = related_admin.get_queryset(request), self.roles("change") | self.roles("add")
                kwargs["queryset"] = related_admin.narrow(request, rows, writers)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def narrow(self, request, rows, roles):
        paths = {"station": self.station_path, "organisation": self.organisation_path}
        return reach.of_request(request).limit(rows, roles, **paths)

    def is_allowed(self, request, action, obj=None):
        reached = reach.of_request(request)
        if not reached.may(self.roles(action)):
            return False
        # What was found at all may be viewed; only who has several roles is asked once more.
        if obj is None or obj.pk is None or reached.is_same(self.roles("view"), self.roles(action)):
            return True
        return self.in_reach(request, type(obj)._base_manager.filter(pk=obj.pk), action).exists()

    def has_module_permission(self, request):
        return self.is_allowed(request, "view")

    def has_view_permission(self, request, obj=None):
        return self.is_allowed(request, "view")

    def has_change_permission(self, request, obj=None):
        return self.is_allowed(request, "change", obj)

    def has_add_permission(self, request, obj=None):
        return self.is_allowed(request, "add")

    def has_delete_permission(self, request, obj=None):
        return self.is_allowed(request, "delete", obj)


class NotWrittenByHand:
    """Rows that people make on the pages: looked at here, never typed in."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnly(NotWrittenByHand):
    """Ledgers, the outbox and the history: written by verbs only."""

    def has_change_permission(self, request, obj=None):
        return False


class ScopedAdmin(Scoped, Listed, FreshForms, HistoryPages, Exported):
    def response_action(self, request, queryset):
        """Of the rows ticked, an action gets those with which the reader may do what it needs.

        The list shows more to who reads a prefecture and runs one of its stations.
        """
        actions = self.get_actions(request)
        for name in request.POST.getlist("action"):
            for action in getattr(actions[name][0], "allowed_permissions", []) if name in actions else []:
                queryset = self.in_reach(request, queryset, action)
        return super().response_action(request, queryset)

    def get_deleted_objects(self, objs, request):
        """What stands on the rows is named first, whoever may delete it: nothing is deleted then."""
        rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set() if protected else lacking, protected

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

    def is_allowed(self, request, action, obj=None):
        """`obj` is the row around: what may be done with it is asked there."""
        return super().is_allowed(request, action)
