from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.refusals import Refusal, first_refusal
from stations.scope import NotWrittenByHand, ReadOnly, ScopedAdmin, ScopedInline
from volunteers import attendance, credentials
from volunteers.models import Credential, HoursEntry, Shift, Signup, Volunteer


@admin.register(Volunteer)
class VolunteerAdmin(NotWrittenByHand, ScopedAdmin):
    station_path = "home_station"
    list_display = ["name", "home_station", "offers", "contact", "joined_at"]
    list_select_related = ["home_station", "person"]
    search_fields = ["name", "person__phone", "person__email"]
    readonly_fields = ["person", "services", "joined_at"]

    @admin.display(description=_("services offered"))
    def offers(self, volunteer):
        return "、".join(str(label) for label in volunteer.service_labels)

    @admin.display(description=_("contact"))
    def contact(self, volunteer):
        return volunteer.person.phone or volunteer.person.email


class DecisionForm(forms.ModelForm):
    """Yes, or no with a reason: the volunteer reads the reason and can mend it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve")), ("decline", _("Do not approve"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("reason for the decision"),
        required=False,
        max_length=200,
        help_text=_(
            "Needed when you do not approve. For example: the photo is blurred, please take it again."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = Credential
        fields = ["reason"]

    def clean(self):
        cleaned = super().clean()
        checks = {"approve": credentials.check_approve, "decline": credentials.check_decline}
        check = checks.get(cleaned.get("decision"))
        refusal = check and first_refusal([check], self.instance, cleaned.get("reason", ""))
        if refusal:
            self.add_error("reason", str(refusal))
        return cleaned


@admin.register(Credential)
class CredentialAdmin(NotWrittenByHand, ScopedAdmin):
    station_path = "volunteer__home_station"
    form = DecisionForm
    list_display = ["kind", "volunteer", "masked_number", "status", "submitted_at", "decided_by"]
    list_filter = ["status", "kind"]
    list_select_related = ["volunteer", "decided_by"]
    search_fields = ["volunteer__name"]
    shown = ["volunteer", "kind", "number", "issuer", "valid_to", "look", "status", "submitted_at"]

    def get_fields(self, request, obj=None):
        if self.waits(obj):
            return [*self.shown, "decision", "reason"]
        return [*self.shown, "reason", "decided_by", "decided_at"]

    def get_readonly_fields(self, request, obj=None):
        return self.shown if self.waits(obj) else self.get_fields(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.waits(obj))

    def waits(self, credential):
        return bool(credential) and credential.status == Credential.Status.PENDING

    def get_form(self, request, obj=None, **kwargs):
        if not self.waits(obj):
            kwargs["form"] = forms.ModelForm  # nothing is left to decide
        return super().get_form(request, obj, **kwargs)

    def save_model(self, request, obj, form, change):
        if form.cleaned_data["decision"] == "approve":
            credentials.approve(obj, by=request.user)
        else:
            credentials.decline(obj, by=request.user, reason=form.cleaned_data["reason"])

    @admin.display(description=_("number"))
    def masked_number(self, credential):
        return credential.masked_number

    @admin.display(description=_("document"))
    def look(self, credential):
        address = reverse("volunteers:document", args=[credential.pk])
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>', address, gettext("Open the document")
        )


class RosterInline(NotWrittenByHand, ScopedInline):
    """Who is coming, how to reach them, and whether they came."""

    model = Signup
    station_path = "shift__station"
    verbose_name_plural = _("Roster")
    fields = ["volunteer", "contact", "status", "attendance", "minutes"]
    readonly_fields = ["volunteer", "contact", "status", "attendance", "minutes"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("volunteer__person").prefetch_related("hours")

    @admin.display(description=_("contact"))
    def contact(self, signup):
        person = signup.volunteer.person
        if person.phone:
            return format_html('<a href="tel:{}">{}</a>', person.phone, person.phone)
        return person.email

    @admin.display(description=_("minutes"))
    def minutes(self, signup):
        return sum(entry.minutes for entry in signup.hours.all()) or "–"


class When(admin.SimpleListFilter):
    """Yesterday and on, soonest first, unless the past is asked for."""

    title = _("When")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("past", _("Past"))]

    def choices(self, changelist):
        coming, past = super().choices(changelist)
        return [{**coming, "display": _("Since yesterday")}, past]

    def queryset(self, request, queryset):
        yesterday = timezone.localtime().replace(hour=0, minute=0, second=0) - timedelta(days=1)
        if self.value() == "past":
            return queryset.filter(starts_at__lt=yesterday)
        return queryset.filter(starts_at__gte=yesterday)


@admin.register(Shift)
class ShiftAdmin(ScopedAdmin):
    list_display = ["starts_at", "kind", "station", "taken", "places", "status", "roster"]
    list_filter = [When, "status", "kind"]
    list_select_related = ["station"]
    date_hierarchy = "starts_at"
    search_fields = ["station__name"]
    inlines = [RosterInline]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def get_ordering(self, request):
        return ["-starts_at"] if request.GET.get("when") == "past" else ["starts_at"]

    @admin.display(description=_("Roster"))
    def roster(self, shift):
        address = f"{reverse('admin:volunteers_signup_changelist')}?shift__id__exact={shift.pk}"
        return format_html('<a href="{}">{}</a>', address, gettext("Mark who came"))


@admin.register(Signup)
class SignupAdmin(NotWrittenByHand, ScopedAdmin):
    station_path = "shift__station"
    list_display = ["volunteer", "shift", "status", "attendance", "marked_by"]
    list_filter = ["status", "attendance", "shift__kind"]
    list_select_related = ["volunteer", "shift__station", "marked_by"]
    search_fields = ["volunteer__name"]
    date_hierarchy = "shift__starts_at"
    actions = ["came", "absent"]
    fields = readonly_fields = [
        "volunteer",
        "shift",
        "status",
        "signed_up_at",
        "attendance",
        "marked_by",
        "marked_at",
    ]

    @admin.action(description=_("Came: confirm the hours of the shift"))
    def came(self, request, queryset):
        self.mark(request, queryset, attendance.mark_came, gettext("Hours and points are recorded."))

    @admin.action(description=_("Did not come"))
    def absent(self, request, queryset):
        self.mark(request, queryset, attendance.mark_absent, gettext("Noted."))

    def mark(self, request, queryset, verb, praise):
        for signup in queryset.select_related("shift__station", "volunteer__person"):
            try:
                verb(signup, by=request.user)
            except Refusal as refusal:
                messages.error(request, f"{signup.volunteer}: {refusal}")
            else:
                messages.success(request, f"{signup.volunteer}: {praise}")


@admin.register(HoursEntry)
class HoursEntryAdmin(ReadOnly, ScopedAdmin):
    station_path = "signup__shift__station"
    list_display = ["volunteer", "signup", "minutes", "confirmed_by", "confirmed_at"]
    list_select_related = ["volunteer", "signup__shift__station", "signup__volunteer", "confirmed_by"]
    may = {"view": reach.EVERYBODY}
