"""What is done with ticked rows: consent of guardians, taking documents back."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations.refusals import Refusal
from volunteers import credentials, profiles


@admin.action(description=_("Guardian has agreed (seen by me)"), permissions=["change"])
def note_guardian_consent(model_admin, request, queryset):
    for volunteer in queryset.select_related("home_station"):
        try:
            profiles.note_guardian_consent(volunteer, by=request.user)
        except Refusal as refusal:
            messages.error(request, f"{volunteer}: {refusal}")
        else:
            messages.success(request, f"{volunteer}: {gettext('The consent is noted.')}")


@admin.action(description=_("Withdraw: it counts no more"), permissions=["change"])
def withdraw(model_admin, request, queryset):
    """Asks why, on a page in between that says what will happen."""
    chosen = queryset.select_related("volunteer__home_station", "volunteer__person")
    reason = request.POST.get("reason", "").strip()
    if not reason:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": gettext("Withdraw documents"),
            "opts": model_admin.opts,
            "rows": chosen,
            "is_asked": "reason" in request.POST,
        }
        status = 422 if context["is_asked"] else 200
        return TemplateResponse(request, "admin/volunteers/credential/withdraw.html", context, status=status)
    for credential in chosen:
        try:
            flagged = credentials.revoke(credential, by=request.user, reason=reason)
        except Refusal as refusal:
            messages.error(request, f"{credential}: {refusal}")
        else:
            said = gettext("It counts no more. Coming places that lack a document now: %(n)d.")
            messages.success(request, f"{credential}: {said % {'n': len(flagged)}}")
    return None
