from django.contrib import admin, messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import kiosks
from stations.models import Kiosk, Posting
from stations.scope import ScopedAdmin


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    list_display = ["person", "station", "starts_on", "ends_on"]
    list_select_related = ["person", "station"]
    autocomplete_fields = ["person", "station"]
    search_fields = ["person__name", "station__name"]
    managers_may = frozenset({"view"})


@admin.register(Kiosk)
class KioskAdmin(ScopedAdmin):
    list_display = ["station", "label", "paired_at", "revoked_at"]
    list_select_related = ["station"]
    readonly_fields = ["paired_at", "revoked_at"]
    actions = ["make_code", "revoke"]
    managers_may = frozenset({"view", "add", "change"})

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            self.show_code(request, obj)

    @admin.action(description=_("New pairing code (ends the present pairing)"))
    def make_code(self, request, queryset):
        for kiosk in queryset:
            self.show_code(request, kiosk)

    def show_code(self, request, kiosk):
        code = kiosks.new_code(kiosk)
        text = gettext(
            "%(kiosk)s: the pairing code is %(code)s. Type it at /kiosk/ within 10 minutes; it works once."
        )
        messages.success(request, text % {"kiosk": kiosk, "code": f"{code[:4]} {code[4:]}"})

    @admin.action(description=_("Shut this kiosk out"))
    def revoke(self, request, queryset):
        for kiosk in queryset:
            kiosks.revoke(kiosk)
        messages.success(request, gettext("Shut out. The screen asks for a new code at its next touch."))
