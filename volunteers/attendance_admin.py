"""The station's part of attendance: the code on its screen, times and corrections, appeals."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.decided import DecidedAtTheDesk, to_preview
from stations.discretion import Discreet
from stations.lists import InReach, places
from stations.refusals import Refusal
from stations.scope import ReadOnly, ScopedAdmin
from volunteers import checkin_pages, checkins, hours
from volunteers.models import CONFIDENTIAL, Appeal, Shift, Signup, UsedCode


class ShowsCode:
    """Of shifts: the page with the code of the moment, for a screen at the station."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.code)
        return [path("<int:pk>/code/", view, name="volunteers_shift_code"), *super().get_urls()]

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        return [*shown, "code_page"] if self.is_allowed(request, "change") else shown

    @admin.display(description=_("Check-in code"))
    def code_page(self, shift):
        if shift.status != Shift.Status.PUBLISHED or timezone.now() > closes_at(shift):
            return "–"
        address = reverse("admin:volunteers_shift_code", args=[shift.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Show the code"))

    def code(self, request, pk):
        shifts = self.in_reach(request, Shift.objects.published().select_related("station"), "change")
        shift = get_object_or_404(shifts, pk=pk)
        is_open = checkins.open_shifts().filter(pk=pk).exists()
        context = self.admin_site.each_context(request) | {
            "title": str(shift),
            "opts": self.opts,
            "shift": shift,
            "drawing": checkin_pages.drawing(shift) if is_open else None,
            "here": shift.signups.live().exclude(checked_in_at=None).count(),
            "places": shift.taken,
            "opens_at": shift.starts_at - settings.CHECK_IN_FROM,
            "closes_at": closes_at(shift),
        }
        return render(request, "admin/volunteers/shift/code.html", context)


def closes_at(shift):
    return shift.ends_at + settings.CHECK_OUT_UNTIL


class TimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class TimesForm(forms.Form):
    checked_in_at = forms.DateTimeField(label=_("checked in at"), required=False, widget=TimeInput)
    checked_out_at = forms.DateTimeField(label=_("checked out at"), required=False, widget=TimeInput)
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where a time that was recorded is changed."),
    )

    def __init__(self, *args, signup):
        there = {"checked_in_at": signup.checked_in_at, "checked_out_at": signup.checked_out_at}
        super().__init__(*args, initial=there)

    def carry_out(self, signup, by):
        checkins.set_times(signup, by=by, **self.cleaned_data)


class CorrectionForm(forms.Form):
    minutes = forms.IntegerField(label=_("minutes"), min_value=0, help_text=_("0 takes the hours back."))
    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The volunteer reads it."))

    def __init__(self, *args, signup):
        entry = hours.standing(signup)[0]
        super().__init__(*args, initial={"minutes": entry.minutes if entry else 0})

    def carry_out(self, signup, by):
        hours.correct(signup, by=by, **self.cleaned_data)


class SetsTimes:
    """Of sign-ups: from when to when somebody was there, and once hours are confirmed their correction."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.times)
        return [path("<int:pk>/times/", view, name="volunteers_signup_times"), *super().get_urls()]

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return [*fields, "times_page"] if obj and self.is_allowed(request, "change", obj) else fields

    @admin.display(description=_("Times and hours"))
    def times_page(self, signup):
        address = reverse("admin:volunteers_signup_times", args=[signup.pk])
        return format_html('<a href="{}">{}</a>', address, title_of(signup))

    @admin.display(description=_("checked in and out"))
    def there(self, signup):
        times = [signup.checked_in_at, signup.checked_out_at]
        return "–".join(f"{timezone.localtime(moment):%H:%M}" if moment else "" for moment in times)

    def times(self, request, pk):
        related = ["shift__station", "volunteer__person"]
        signups = self.in_reach(request, Signup.objects.live().select_related(*related), "change")
        signup = get_object_or_404(signups, pk=pk)
        is_confirmed = signup.attendance == Signup.Attendance.CAME
        form_class = CorrectionForm if is_confirmed else TimesForm
        form = form_class(request.POST if request.method == "POST" else None, signup=signup)
        if form.is_valid():
            try:
                form.carry_out(signup, request.user)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, gettext("Saved."))
                return redirect("admin:volunteers_signup_change", signup.pk)
        context = self.admin_site.each_context(request) | {
            "title": title_of(signup),
            "opts": self.opts,
            "signup": signup,
            "form": form,
            "lines": signup.hours.select_related("confirmed_by").order_by("pk"),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/volunteers/signup/times.html", context, status=status)


def title_of(signup):
    came = signup.attendance == Signup.Attendance.CAME
    return gettext("Correct the hours") if came else gettext("Set the times")


@admin.register(Appeal)
class AppealAdmin(DecidedAtTheDesk, Discreet, ScopedAdmin):
    station_path = "signup__shift__station"
    confidential = Q(signup__shift__kind__in=CONFIDENTIAL)
    guide = _(
        "A volunteer says that an absence or the hours are recorded wrongly, and is answered. "
        "Source: Measures for Volunteer Service Records (order 67) art. 12 and 13."
    )
    first_step = _("Nobody has appealed. Volunteers do it on “My hours”.")
    beside = ["status", "submitted_at"]
    list_display = ["signup", "about", "minutes", "status", "submitted_at", "decided_by"]
    list_filter = [
        "status",
        "about",
        ("signup__shift__station", InReach),
        places("signup__shift__station__division"),
        ("submitted_at", admin.DateFieldListFilter),
    ]
    list_select_related = ["signup__shift__station", "signup__volunteer", "decided_by"]
    date_hierarchy = "submitted_at"
    search_fields = ["signup__volunteer__search", "signup__volunteer__person__phone__endswith"]
    fields = ["signup", "about", "minutes", "said", "submitted_at", "status"]
    fields += ["answer", "decided_by", "decided_at"]
    actions = [
        to_preview("appeal", "uphold", _("Put it right")),
        to_preview("appeal", "decline", _("Leave it as it is")),
    ]

    def queue_of(self, appeal):
        return "appeal" if appeal.status == Appeal.Status.PENDING else ""

    @admin.display(description=_("what happened"))
    def said(self, appeal):
        return "–" if appeal.is_hidden else appeal.words

    @admin.display(description=_("reason for the decision"))
    def answer(self, appeal):
        return "–" if appeal.is_hidden else appeal.reason


@admin.register(UsedCode)
class UsedCodeAdmin(ReadOnly, ScopedAdmin):
    station_path = "signup__shift__station"
    guide = _("Codes with which somebody has checked in or out. Each works once.")
    first_step = _("Nobody has checked in with a code yet.")
    list_display = ["signup", "used_at"]
    list_select_related = ["signup__shift__station", "signup__volunteer"]
    date_hierarchy = "used_at"
    fields = ["signup", "used_at"]
    may = {"view": reach.EVERYBODY}
