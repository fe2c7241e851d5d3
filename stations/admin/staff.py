from django.contrib import admin, messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import kiosks, reach
from stations.models import Kiosk, Organisation, Posting
from stations.scope import ScopedAdmin


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    station_path = None
    organisation_path = ""
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.FEDERATION)}
    list_display = ["name", "kind", "parent", "division"]
    list_filter = ["kind"]
    list_select_related = ["parent", "division"]
    autocomplete_fields = ["parent", "division"]
    search_fields = ["name", "search"]


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    list_display = ["person", "role", "station", "organisation", "starts_on", "ends_on"]
    list_select_related = ["person", "station", "organisation"]
    autocomplete_fields = ["person", "station", "organisation"]
    search_fields = ["person__name", "station__name"]
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY}


@admin.register(Kiosk)
class KioskAdmin(ScopedAdmin):
    list_display = ["station", "label", "paired_at", "revoked_at"]
    list_select_related = ["station"]
    readonly_fields = ["paired_at", "revoked_at"]
    actions = ["make_code", "revoke"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            self.show_code(request, obj)

    @admin.action(description=_("New pairing code (ends the present pairing)"))
    def make_code(self, request, queryset):
        for kiosk in queryset:
            self.show_code(request, kiosk)

    def show_code(self, request, kiosk):
        code = kiosks.new_code(kiosk, by=request.user)
        text = gettext(
            "%(kiosk)s: the pairing code is %(code)s. Type it at /kiosk/ within 10 minutes; it works once."
        )
        messages.success(request, text % {"kiosk": kiosk, "code": f"{code[:4]} {code[4:]}"})

    @admin.action(description=_("Shut this kiosk out"))
    def revoke(self, request, queryset):
        for kiosk in queryset:
            kiosks.revoke(kiosk, by=request.user)
        messages.success(request, gettext("Shut out. The screen asks for a new code at its next touch."))
