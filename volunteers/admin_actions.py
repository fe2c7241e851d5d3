"""What is done with ticked rows: consent of guardians, taking documents back."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import ticked
from volunteers import credentials, profiles


@admin.action(description=_("Guardian has agreed (seen by me)"), permissions=["change"])
def note_guardian_consent(model_admin, request, queryset):
    def note(volunteer):
        profiles.note_guardian_consent(volunteer, by=request.user)
        return gettext("The consent is noted.")

    ticked.each(request, queryset.select_related("home_station"), note)


@admin.action(description=_("Withdraw: it counts no more"), permissions=["change"])
def withdraw(model_admin, request, queryset):
    """Asks why, on a page in between that says what will happen."""
    chosen, reason = (
        queryset.select_related("volunteer__home_station", "volunteer__person"),
        ticked.reason(request),
    )
    if not reason:
        title, template = gettext("Withdraw documents"), "admin/volunteers/credential/withdraw.html"
        return ticked.ask_why(model_admin, request, chosen, title=title, template=template)

    def revoke(credential):
        flagged = credentials.revoke(credential, by=request.user, reason=reason)
        said = gettext("It counts no more. Coming places that lack a document now: %(n)d.")
        return said % {"n": len(flagged)}

    ticked.each(request, chosen, revoke)
    return None
