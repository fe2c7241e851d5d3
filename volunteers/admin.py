from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import reach, ticked
from stations.decided import DecidedAtTheDesk, to_preview
from stations.discretion import ARRANGED, Discreet, in_order_of
from stations.lists import InReach, link, places
from stations.scope import NotWrittenByHand, ReadOnly, ScopedAdmin, ScopedInline
from volunteers import (
    attendance,
    certificate_admin,  # noqa: F401, registers itself
    ciphers,
    credentials,
    people_admin,  # noqa: F401, registers itself
    series_admin,  # noqa: F401, registers itself
)
from volunteers.admin_actions import note_guardian_consent, withdraw
from volunteers.attendance_admin import SetsTimes, ShowsCode
from volunteers.models import CONFIDENTIAL, Credential, HoursEntry, Shift, Signup, Volunteer
from volunteers.planning_admin import PlansShifts, TakesOff

SHORTEST_NUMBER = 8  # of a document


@admin.register(Volunteer)
class VolunteerAdmin(NotWrittenByHand, ScopedAdmin):
    station_path = "home_station"
    list_display = ["name", "home_station", "offers", "contact", "joined_at"]
    list_filter = [
        ("home_station", InReach),
        places("home_station__division"),
        ("joined_at", admin.DateFieldListFilter),
    ]
    list_select_related = ["home_station", "person"]
    date_hierarchy = "joined_at"
    search_fields = ["search", "number__exact", "person__phone__endswith", "person__email__startswith"]
    search_help_text = _("Name, pinyin or its initials; volunteer number; the end of the phone number.")
    first_step = _("Nobody has registered yet. People become volunteers on the public pages.")
    beside = ["home_station"]
    fields = ["name", "home_station", "number", "person", "offers", "skills", "free", "joined_at"]
    fields += ["minor_until", "guardian_name", "guardian_phone", "guardian_agreed_at", "guardian_seen_by"]
    # Whoever is asked for a guardian's consent does not change the guardian.
    readonly_fields = [name for name in fields if name not in ("name", "home_station", "minor_until")]
    actions = [note_guardian_consent]

    def said_of(self, volunteer):
        """Namesakes are told apart by where their phone number ends."""
        ending = (volunteer.person.phone or "")[-4:]
        return " · ".join(filter(None, [super().said_of(volunteer), ending]))

    @admin.display(description=_("services offered"))
    def offers(self, volunteer):
        return "、".join(str(label) for label in volunteer.service_labels)

    @admin.display(description=_("usually free"))
    def free(self, volunteer):
        return "、".join(volunteer.get_availability_display()) or "–"

    @admin.display(description=_("contact"))
    def contact(self, volunteer):
        return volunteer.person.phone or volunteer.person.email


@admin.register(Credential)
class CredentialAdmin(DecidedAtTheDesk, ScopedAdmin):
    station_path = "volunteer__home_station"
    guide = _(
        "Legal advice, counselling and clinics need a qualification where the law requires one "
        "(志愿服务条例, article 16). Nobody takes such a shift before the document is approved here."
    )
    first_step = _("Nobody has handed in a document yet. Volunteers do it on their profile page.")
    beside = ["status", "submitted_at"]
    list_display = ["kind", "whose", "masked_number", "status", "submitted_at", "decided_by"]
    list_filter = [
        "status",
        "kind",
        ("volunteer__home_station", InReach),
        places("volunteer__home_station__division"),
        ("submitted_at", admin.DateFieldListFilter),
    ]
    list_select_related = ["volunteer__home_station", "decided_by"]
    date_hierarchy = "submitted_at"
    search_fields = ["volunteer__search", "volunteer__person__phone__endswith"]
    fields = ["volunteer", "kind", "masked_number", "issuer", "valid_from", "valid_to", "look", "status"]
    fields += ["submitted_at", "reason", "decided_by", "decided_at"]
    actions = [
        to_preview("credential", "approve", _("Approve")),
        to_preview("credential", "decline", _("Do not approve")),
        withdraw,
    ]

    def get_search_results(self, request, queryset, search_term):
        """Whoever has the whole number in hand finds its document; parts of a number find nothing."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        number = credentials.plain(search_term)
        if number.isalnum() and len(number) >= SHORTEST_NUMBER:
            found |= queryset.filter(number_digest=ciphers.digest(number))
        return found, may_repeat

    def queue_of(self, credential):
        return "credential" if credential.status == Credential.Status.PENDING else ""

    def get_fields(self, request, obj=None):
        """Who only reads is not led to a document that is not shown to them."""
        fields = super().get_fields(request, obj)
        return fields if self.is_allowed(request, "change", obj) else [f for f in fields if f != "look"]

    @admin.display(description=_("volunteer"), ordering="volunteer__name")
    def whose(self, credential):
        return link(credential.volunteer)

    @admin.display(description=_("number"))
    def masked_number(self, credential):
        return credential.masked_number

    @admin.display(description=_("document"))
    def look(self, credential):
        address = reverse("volunteers:document", args=[credential.pk])
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>', address, gettext("Open the document")
        )


class RosterInline(NotWrittenByHand, Discreet, ScopedInline):
    """Who is coming, how to reach them, and whether they came."""

    confidential = Q(shift__kind__in=CONFIDENTIAL)

    model = Signup
    station_path = "shift__station"
    verbose_name_plural = _("Roster")
    fields = readonly_fields = ["who", "contact", "status", "document", "attendance", "minutes"]

    def get_queryset(self, request):
        lacking = credentials.unqualified(Signup.objects.filter(pk=OuterRef("pk")))
        rows = super().get_queryset(request).annotate(lacks_document=Exists(lacking))
        return rows.select_related("volunteer__person").prefetch_related("hours")

    @admin.display(description=_("document"))
    def document(self, signup):
        if not signup.lacks_document:
            return "–"
        return format_html('<strong class="lacking">{}</strong>', gettext("Without a valid document"))

    @admin.display(description=_("volunteer"))
    def who(self, signup):
        return ARRANGED if signup.is_hidden else signup.volunteer

    @admin.display(description=_("contact"))
    def contact(self, signup):
        person = signup.volunteer.person
        if signup.is_hidden:
            return "–"
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
        return [("past", _("Past")), ("all", _("All"))]

    def choices(self, changelist):
        coming, *others = super().choices(changelist)
        return [{**coming, "display": _("Since yesterday")}, *others]

    def queryset(self, request, queryset):
        yesterday = timezone.localtime().replace(hour=0, minute=0, second=0) - timedelta(days=1)
        if self.value() == "all":
            return queryset
        if self.value() == "past":
            return queryset.filter(starts_at__lt=yesterday)
        return queryset.filter(starts_at__gte=yesterday)


@admin.register(Shift)
class ShiftAdmin(ShowsCode, PlansShifts, ScopedAdmin):
    list_display = ["starts_at", "kind", "station", "taken", "places", "waiting", "status", "roster"]
    list_filter = [When, "status", "kind", ("station", InReach), places("station__division")]
    list_select_related = ["station"]
    date_hierarchy = "starts_at"
    search_fields = ["station__search"]
    first_step = _("No shift is to come. Past ones are found under “When”.")
    inlines = [RosterInline]
    readonly_fields = ["series"]  # which makes its shifts itself
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def get_ordering(self, request):
        return ["-starts_at"] if request.GET.get("when") == "past" else ["starts_at"]

    @admin.display(description=_("Roster"))
    def roster(self, shift):
        address = f"{reverse('admin:volunteers_signup_changelist')}?shift__id__exact={shift.pk}"
        return format_html('<a href="{}">{}</a>', address, gettext("Mark who came"))


class WithoutDocument(admin.SimpleListFilter):
    """Coming places whose volunteer has no document that holds to the end."""

    title = _("document")
    parameter_name = "document"

    def lookups(self, request, model_admin):
        return [("lacking", _("Without a valid document"))]

    def queryset(self, request, queryset):
        return credentials.unqualified(queryset) if self.value() == "lacking" else queryset


@admin.register(Signup)
class SignupAdmin(SetsTimes, TakesOff, DecidedAtTheDesk, Discreet, ScopedAdmin):
    station_path = "shift__station"
    confidential = Q(shift__kind__in=CONFIDENTIAL)
    people = ["volunteer", "signed_up_by", "stands_in_for", "marked_by"]
    guide = _(
        "Once a shift is over, say who came: the hours count then, and nobody’s count without it. "
        "Source: Regulations on Volunteer Services art. 19."
    )
    first_step = _("Nobody has signed up yet. People do it on the page of a shift.")
    list_display = ["who", "when", "status", "there", "attendance", "marker"]
    list_filter = [
        "attendance",
        "status",
        WithoutDocument,
        ("shift__starts_at", admin.DateFieldListFilter),
        ("shift__station", InReach),
        places("shift__station__division"),
        "shift__kind",
    ]
    list_select_related = ["volunteer", "shift__station", "marked_by"]
    search_fields = ["volunteer__search", "volunteer__person__phone__endswith"]
    date_hierarchy = "shift__starts_at"
    fields = ["who", "shift", "status", "signed_up_at", "checked_in_at", "checked_out_at"]
    fields += ["attendance", "marker", "marked_at"]
    actions = [
        to_preview("hours", "came", _("Came: confirm the hours of the shift")),
        to_preview("hours", "absent", _("Did not come")),
        to_preview("hours", "excused", _("Did not come, excused")),
        "came_after_all",
    ]

    def queue_of(self, signup):
        return "hours" if Signup.objects.unmarked().filter(pk=signup.pk).exists() else ""

    def get_queryset(self, request):
        """With whether the volunteer, whose home may be elsewhere, has a page here."""
        volunteers = self.admin_site.get_model_admin(Volunteer).get_queryset(request)
        known = Exists(volunteers.order_by().filter(pk=OuterRef("volunteer")))
        return super().get_queryset(request).annotate(is_in_reach=known)

    @admin.display(description=_("volunteer"), ordering=in_order_of("volunteer__name"))
    def who(self, signup):
        if signup.is_hidden:
            return ARRANGED
        return link(signup.volunteer) if signup.is_in_reach else signup.volunteer

    @admin.display(description=_("marked by"))
    def marker(self, signup):
        """Who checks in marks themselves."""
        return ARRANGED if signup.is_hidden and signup.marked_by else signup.marked_by or "–"

    @admin.display(description=_("shift"), ordering="shift__starts_at")
    def when(self, signup):
        return link(signup.shift)

    @admin.action(description=_("Marked absent by mistake: confirm the hours"), permissions=["change"])
    def came_after_all(self, request, queryset):
        def came(signup):
            attendance.mark_came(signup, by=request.user, reason=gettext("Marked absent by mistake"))
            return gettext("Hours and points are recorded.")

        absent = queryset.filter(attendance=Signup.Attendance.ABSENT)
        rows = absent.select_related("shift__station", "volunteer__person")
        ticked.each(request, rows, came, name=lambda signup: str(signup.volunteer))


@admin.register(HoursEntry)
class HoursEntryAdmin(ReadOnly, Discreet, ScopedAdmin):
    station_path = "signup__shift__station"
    confidential = Q(signup__shift__kind__in=CONFIDENTIAL)
    people = ["volunteer", "confirmed_by"]
    list_display = ["who", "signup", "kind", "minutes", "why", "confirmed_by", "confirmed_at"]
    fields = ["who", "signup", "kind", "version", "minutes", "why", "confirmed_by", "confirmed_at"]
    fields += ["synced_to_national_at"]
    readonly_fields = fields
    guide = _(
        "Hours that somebody at the station has confirmed; they are what a volunteer’s record states. "
        "Points never change them, and no line is ever altered: a mistake is undone by a line of its own."
    )
    first_step = _("No hours are confirmed yet. It is done in the list of sign-ups, once a shift is over.")
    list_filter = [
        "kind",
        ("confirmed_at", admin.DateFieldListFilter),
        ("signup__shift__station", InReach),
        places("signup__shift__station__division"),
        "signup__shift__kind",
    ]
    list_select_related = ["volunteer", "signup__shift__station", "signup__volunteer", "confirmed_by"]
    date_hierarchy = "confirmed_at"
    search_fields = ["volunteer__search", "volunteer__person__phone__endswith"]
    may = {"view": reach.EVERYBODY}

    @admin.display(description=_("volunteer"), ordering=in_order_of("volunteer__name"))
    def who(self, entry):
        return ARRANGED if entry.is_hidden else entry.volunteer

    @admin.display(description=_("reason"))
    def why(self, entry):
        return "" if entry.is_hidden else entry.reason
