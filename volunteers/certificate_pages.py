"""Asking for a certificate, the certificate itself, and the page where anybody checks one."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control

from stations import limits, qr, reach
from stations.refusals import Refusal
from volunteers import certificates, profiles
from volunteers.models import Certificate
from volunteers.views import make_profile_first


class CertificateForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    id_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of ID"),
        choices=[("", gettext_lazy("Without an ID number")), *certificates.IdKind.choices],
        required=False,
    )
    id_number = forms.CharField(
        label=gettext_lazy("ID number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy(
            "Only if whoever gets the certificate asks for it. It is kept encrypted, "
            "and the certificate shows the last four characters."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    FIELD_OF = {"period": "until", "future": "until", "id_kind": "id_kind", "id_number": "id_number"}


@cache_control(private=True, no_store=True)
def my_certificates(request):
    volunteer = profiles.find(request.user)
    if volunteer is None:
        return make_profile_first(request.get_full_path())
    today = timezone.localdate()
    form = CertificateForm(
        request.POST if request.method == "POST" else None,
        label_suffix="",
        initial={"since": today.replace(month=1, day=1), "until": today},
    )
    if form.is_valid():
        try:
            made = certificates.issue(volunteer, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(form.FIELD_OF.get(refusal.code), refusal.sentence)
        else:
            messages.success(request, _("Your certificate is ready. It costs nothing."))
            return redirect(made)
    context = {"form": form, "certificates": volunteer.certificates.all()}
    return render(request, "volunteers/certificates.html", context, status=422 if form.errors else 200)


@cache_control(private=True, no_store=True)
def certificate(request, pk):
    """Ready to print, for its owner and for who runs the home station; for anybody else it does not exist."""
    own = Q(volunteer__person=request.user)
    stations = reach.of_request(request).stations(reach.AT_THE_COUNTER)
    in_care = Q(volunteer__home_station__in=stations.values("pk"))
    found = Certificate.objects.filter(own | in_care).select_related(
        "volunteer__home_station", "organisation"
    )
    certificate = get_object_or_404(found, pk=pk)
    address = settings.SITE_URL + reverse("verified", args=[certificate.code])
    context = {
        "certificate": certificate,
        "id_kind": certificates.IdKind(certificate.id_kind).label if certificate.id_kind else "",
        "lines": [{**line, "hours": line["minutes"] / 60} for line in certificate.lines],
        "hours": certificate.minutes / 60,
        "address": address,
        "drawing": qr.inline(address),
        "is_own": certificate.volunteer.person_id == request.user.pk,
    }
    return render(request, "volunteers/certificate.html", context)


@login_not_required
def verify(request):
    """The form; what was typed leads to the page of its own address, which a QR code names too."""
    typed = certificates.plain(request.GET.get("code", ""))
    if typed:
        return redirect("verified", typed)
    return form_to_check(request)


@login_not_required
@cache_control(private=True, no_store=True)
def verified(request, code):
    """Whether a certificate is genuine and what it says in sum (order 67, art. 17); no services, no name."""
    if not limits.allow("verify", request.META["REMOTE_ADDR"], times=30, seconds=600):
        return form_to_check(request, too_often=True, status=429)
    certificate = certificates.typed(code)
    if certificate is None:
        return form_to_check(request, unknown=code, status=404)
    context = {"certificate": certificate, "hours": certificate.minutes / 60}
    response = render(request, "volunteers/verified.html", context)
    response["X-Robots-Tag"] = "noindex"  # no search engine keeps a page whose address is its key
    return response


def form_to_check(request, *, unknown="", too_often=False, status=200):
    context = {"unknown": unknown, "too_often": too_often}
    return render(request, "volunteers/verify.html", context, status=status)
