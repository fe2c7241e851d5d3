from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from stations.lists import InReach, link, places
from stations.scope import NotWrittenByHand, ScopedAdmin
from volunteers import certificates
from volunteers.models import Certificate


@admin.register(Certificate)
class CertificateAdmin(NotWrittenByHand, ScopedAdmin):
    """Read here; what can be done is to withdraw one, by saying why."""

    station_path = "volunteer__home_station"
    saved_by_verbs = True
    guide = _(
        "Volunteers make certificates themselves, from the hours that are confirmed (order 67, article 14). "
        "One that is wrong is withdrawn on its page: write why and save. The volunteer is told."
    )
    first_step = _("No certificate has been issued yet. Volunteers make them on their own page.")
    list_display = ["number", "whose", "title", "since", "until", "organisation", "issued_at", "revoked_at"]
    list_filter = [
        "title",
        ("revoked_at", admin.EmptyFieldListFilter),
        ("issued_at", admin.DateFieldListFilter),
        ("volunteer__home_station", InReach),
        places("volunteer__home_station__division"),
    ]
    list_select_related = ["volunteer", "organisation"]
    date_hierarchy = "issued_at"
    search_fields = ["number", "code", "volunteer__search"]
    fields = ["number", "code", "volunteer", "name", "title", "since", "until", "minutes", "organisation"]
    fields += ["issued_at", "revoked_at", "revoked_because"]
    readonly_fields = [field for field in fields if field != "revoked_because"]

    def has_change_permission(self, request, obj=None):
        is_withdrawn = obj is not None and obj.revoked_at is not None
        return not is_withdrawn and super().has_change_permission(request, obj)

    @admin.display(description=_("volunteer"), ordering="volunteer__name")
    def whose(self, certificate):
        return link(certificate.volunteer)

    def save_model(self, request, obj, form, change):
        certificates.revoke(obj, by=request.user, reason=obj.revoked_because)
