from django.contrib import admin

from portal.models import Consent, Decision, User
from stations import history, reach
from stations.exported import Exported
from stations.lists import Listed
from stations.scope import ReadOnly, ScopedAdmin


@admin.register(User)
class UserAdmin(Listed, Exported):
    list_display = ["name", "phone", "email", "is_superuser", "is_active", "date_joined"]
    list_filter = ["is_superuser", "is_active"]
    search_fields = ["name", "phone__endswith", "email__startswith"]
    date_hierarchy = "date_joined"
    exclude = ["password", "groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined", "phone_verified"]

    def save_model(self, request, obj, form, change):
        """The history tells whom an operator lets in or shuts out, not what people say of themselves."""
        super().save_model(request, obj, form, change)
        told = [name for name in ("is_active", "is_superuser") if change and name in form.changed_data]
        changes = [(name, form.initial[name], getattr(obj, name)) for name in told]
        if changes:
            history.write(obj, history.Action.CHANGED, changes, person=request.user, reason="")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Consent)
class ConsentAdmin(ReadOnly, Listed, Exported):
    list_display = ["person", "version", "given_at", "withdrawn_at"]
    list_select_related = ["person"]
    date_hierarchy = "given_at"
    search_fields = ["person__name", "person__phone__endswith", "person__email__startswith"]


@admin.register(Decision)
class DecisionAdmin(ReadOnly, ScopedAdmin):
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY}
    list_display = ["name", "choice", "by", "decided_at", "state", "reason", "station"]
    list_filter = ["state", "queue"]
    list_select_related = ["by", "station"]
    date_hierarchy = "decided_at"
    search_fields = ["name", "by__name", "station__name"]
