"""Planning at the station: shifts change through their verbs, people are taken off with a reason."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations.refusals import Refusal
from volunteers import shifts, signups
from volunteers.locks import lock_people
from volunteers.models import Shift, Signup


class PlansShifts:
    """Of shifts: what is saved goes through the verbs, so that everybody on the shift is told."""

    def lock(self, object_id):
        """People first, then the shift, as everywhere."""
        active = Signup.objects.active().filter(shift=self.key(object_id)).select_related("volunteer")
        lock_people([signup.volunteer for signup in active])
        super().lock(object_id)

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
            return
        fields = {name: form.cleaned_data[name] for name in form.changed_data}
        shift, why = Shift.objects.get(pk=obj.pk), request.change_reason
        is_cancelled = fields.get("status") == Shift.Status.CANCELLED
        if is_cancelled:
            del fields["status"]
        elif shift.status == Shift.Status.CANCELLED and "status" in fields:
            raise Refusal("cancelled", _("Everybody was told that it is cancelled. Please plan a new shift."))
        shifts.change(shift, fields, by=request.user, reason=why)
        if is_cancelled:
            shifts.cancel(shift, by=request.user, reason=why)


class TakeOffForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The volunteer reads it."))


class TakesOff:
    """Of sign-ups: somebody cannot come after the deadline, or must not; the queue moves up."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.take_off)
        return [path("<int:pk>/take-off/", view, name="volunteers_signup_take_off"), *super().get_urls()]

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        may = obj and self.is_allowed(request, "change", obj) and not obj.shift.has_begun
        is_active = obj and obj.status in (*Signup.HOLDING, Signup.Status.WAITLISTED)
        return [*fields, "take_off_page"] if may and is_active else fields

    @admin.display(description=_("Cannot come"))
    def take_off_page(self, signup):
        address = reverse("admin:volunteers_signup_take_off", args=[signup.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Take off this shift"))

    def take_off(self, request, pk):
        active = Signup.objects.active().select_related("shift__station", "volunteer__person")
        signup = get_object_or_404(self.in_reach(request, active, "change"), pk=pk)
        form = TakeOffForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                signups.take_off(signup, by=request.user, reason=form.cleaned_data["reason"])
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, gettext("The volunteer is told, and the queue moves up."))
                return redirect("admin:volunteers_signup_change", signup.pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Take off this shift"),
            "opts": self.opts,
            "signup": signup,
            "form": form,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/volunteers/signup/times.html", context, status=status)
