"""Reading and signing the written agreement, and finding it again."""

import hashlib

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stations.refusals import Refusal, first_refusal
from volunteers import agreement_texts, agreements, checks, credentials, profiles
from volunteers.models import Agreement, Shift

BEFORE = [checks.check_published, checks.check_in_time, checks.check_age]


class SignForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    # Of the text that was read: what has changed meanwhile is not signed unseen.
    digest = forms.CharField(required=False)

    def __init__(self, *args, volunteer, text, **kwargs):
        super().__init__(*args, **kwargs)
        self.volunteer, self.text = volunteer, text

    def clean_name(self):
        name = self.cleaned_data["name"]
        if credentials.plain(name).casefold() != credentials.plain(self.volunteer.name).casefold():
            raise ValidationError(
                _("Please type your name as in your profile: %(name)s") % {"name": self.volunteer.name}
            )
        return name

    def clean(self):
        if self.cleaned_data.get("digest") != digest(self.text):
            raise ValidationError(_("The text has changed since you opened it. Please read it again."))
        return super().clean()


def digest(text) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def agree(request, pk):
    """What is agreed for a shift, to be signed; once that is done, the shift."""
    shift = get_object_or_404(
        Shift.objects.published().select_related("station__organisation", "series"), pk=pk
    )
    try:
        volunteer = profiles.of(request.user)
    except Refusal:
        return redirect(reverse("volunteers:profile", query={"next": request.path}))
    signed = agreements.of(volunteer, shift)
    if signed:
        return redirect("volunteers:agreement", signed.pk)
    if not agreements.is_needed(volunteer, shift):
        return redirect(shift)
    text = agreement_texts.text(volunteer, shift)
    form = SignForm(
        request.POST or None,
        volunteer=volunteer,
        text=text,
        label_suffix="",
    )
    refusal = first_refusal(BEFORE, volunteer, shift)
    if not refusal and form.is_valid():
        agreements.sign(volunteer, shift, text=text, name=form.cleaned_data["name"])
        messages.success(request, _("Signed. You can sign up now."))
        return redirect(shift)
    context = {"shift": shift, "text": text, "form": form, "refusal": refusal, "digest": digest(text)}
    return render(request, "volunteers/agree.html", context, status=422 if form.is_bound else 200)


def agreement(request, pk):
    """As it was signed; for the volunteer alone."""
    mine = Agreement.objects.filter(volunteer__person=request.user)
    agreement = get_object_or_404(mine.select_related("shift__station", "series__station"), pk=pk)
    return render(request, "volunteers/agreement.html", {"agreement": agreement})
