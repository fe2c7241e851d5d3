from django import forms
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import kiosks, postings, reach
from stations.lists import InReach, places
from stations.models import Kiosk, Organisation, Posting
from stations.refusals import first_refusal
from stations.scope import ScopedAdmin


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    station_path = None
    organisation_path = ""
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.FEDERATION)}
    list_display = ["name", "kind", "parent", "division"]
    beside = ["kind"]
    list_filter = ["kind"]
    list_select_related = ["parent", "division"]
    autocomplete_fields = ["parent", "division"]
    search_fields = ["search"]

    def has_change_permission(self, request, obj=None):
        """Where one's own organisation stands is decided above it."""
        if obj is not None and obj.pk in reach.of_request(request).roots(reach.FEDERATION):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        """Its history stays, and stays in its care."""
        return False


class Today(admin.SimpleListFilter):
    """Postings that count today, those that are over, those to come."""

    title = _("in force")
    parameter_name = "today"

    def lookups(self, request, model_admin):
        return [("now", _("Today")), ("over", _("Over")), ("coming", _("To come"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "now":
                return queryset.filter(pk__in=Posting.objects.current().values("pk"))
            case "over":
                return queryset.filter(ends_on__lt=today)
            case "coming":
                return queryset.filter(starts_on__gt=today)
        return queryset


class NewPostingForm(forms.ModelForm):
    """Whoever appoints knows the person: the login is typed in full, and no list of people is offered."""

    login = forms.CharField(
        label=_("Mobile number or e-mail"),
        max_length=254,
        help_text=_("The one with which the person signs in to this portal."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )
    by = None

    def clean_login(self):
        person = postings.find_person(self.cleaned_data["login"])
        if person is None:
            raise forms.ValidationError(
                _(
                    "Nobody has an account with it. Please compare it, "
                    "or ask the person to make an account first."
                )
            )
        return person

    def clean(self):
        values = super().clean()
        if not self.errors:
            asked = {name: values[name] for name in self.Meta.model_fields}
            posting = Posting(person=values["login"], **asked)
            refusal = first_refusal(postings.CHECKS, posting, self.by)
            if refusal:
                raise forms.ValidationError(refusal.sentence)
        return values

    class Meta:
        model_fields = ["role", "station", "organisation", "starts_on", "ends_on"]


class EndPostingForm(forms.ModelForm):
    by = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "ends_on" in self.fields:
            self.fields["ends_on"].required = True
            self.fields["ends_on"].label = _("Last day")
            self.fields["ends_on"].help_text = _(
                "Yesterday ends it at once. One that began today or later is then taken back, and the "
                "history tells of both. Nothing else changes afterwards."
            )

    def clean_ends_on(self):
        before = Posting.objects.get(pk=self.instance.pk)
        refusal = first_refusal([postings.check_last_day], before, self.cleaned_data["ends_on"])
        if refusal:
            raise forms.ValidationError(refusal.sentence)
        return self.cleaned_data["ends_on"]


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Postings are given and ended, never rewritten: see stations/postings.py."""

    list_display = ["person", "role", "station", "organisation", "starts_on", "ends_on"]
    guide = _(
        "A posting opens the workplace from its first day to its last, for one station or for an "
        "organisation with all below it. To end one, fill in the last day: it counts from the next click on."
    )
    beside = ["starts_on", "ends_on"]
    list_filter = ["role", Today, ("station", InReach), ("organisation", InReach)]
    list_select_related = ["person", "station", "organisation"]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["station", "organisation"]
    search_fields = ["person__name", "person__phone__endswith", "station__search", "organisation__search"]
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.COUNTY)}

    def get_fields(self, request, obj=None):
        return ["login" if obj is None else "person", *NewPostingForm.Meta.model_fields]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["person", "role", "station", "organisation", "starts_on"]

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or first_refusal(postings.CHECKS_END, obj, request.user) is None

    def has_delete_permission(self, request, obj=None):
        """Ended by its verb, which says who may and since when."""
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, form=EndPostingForm if obj else NewPostingForm, **kwargs)
        form.by = request.user
        return form

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """The roles that the reader may give."""
        if db_field.name == "role":
            reached = reach.of_request(request)
            kwargs["choices"] = [
                (role, role.label) for role in Posting.Role if reached.may(postings.APPOINTED_BY[role])
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if change:
            postings.end(obj, on=form.cleaned_data["ends_on"], by=request.user)
            return
        asked = {name: form.cleaned_data[name] for name in NewPostingForm.Meta.model_fields}
        given = postings.appoint(form.cleaned_data["login"], **asked, by=request.user)
        obj.pk, obj.person = given.pk, given.person


@admin.register(Kiosk)
class KioskAdmin(ScopedAdmin):
    list_display = ["label", "station", "printer", "paired_at", "revoked_at"]
    list_filter = [
        ("paired_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
        ("station", InReach),
        places("station__division"),
    ]
    search_fields = ["label", "station__search"]
    date_hierarchy = "paired_at"
    list_select_related = ["station"]
    readonly_fields = ["paired_at", "revoked_at"]
    actions = ["make_code", "revoke"]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            self.show_code(request, obj)

    @admin.action(description=_("New pairing code (ends the present pairing)"), permissions=["change"])
    def make_code(self, request, queryset):
        for kiosk in queryset:
            self.show_code(request, kiosk)

    def show_code(self, request, kiosk):
        code = kiosks.new_code(kiosk, by=request.user)
        text = gettext(
            "%(kiosk)s: the pairing code is %(code)s. Type it at /kiosk/ within 10 minutes; it works once."
        )
        messages.success(request, text % {"kiosk": kiosk, "code": f"{code[:4]} {code[4:]}"})

    @admin.action(description=_("Shut this kiosk out"), permissions=["change"])
    def revoke(self, request, queryset):
        for kiosk in queryset:
            kiosks.revoke(kiosk, by=request.user)
        messages.success(request, gettext("Shut out. The screen asks for a new code at its next touch."))
