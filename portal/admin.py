from django.contrib import admin

from portal.models import Consent, Decision, User
from stations import reach
from stations.scope import ReadOnly, ScopedAdmin


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "phone", "email", "is_superuser", "is_active", "date_joined"]
    list_filter = ["is_superuser", "is_active"]
    search_fields = ["name", "phone", "email"]
    exclude = ["password", "groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined", "phone_verified"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Consent)
class ConsentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["person", "version", "given_at", "withdrawn_at"]
    list_select_related = ["person"]


@admin.register(Decision)
class DecisionAdmin(ReadOnly, ScopedAdmin):
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY}
    list_display = ["name", "choice", "by", "decided_at", "state", "reason", "station"]
    list_filter = ["state", "queue"]
    list_select_related = ["by", "station"]
    date_hierarchy = "decided_at"
    search_fields = ["name", "by__name", "station__name"]
