"""Teams and written agreements in the workplace."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.discretion import ARRANGED, Discreet, in_order_of, unknown
from stations.lists import InReach, link, places
from stations.scope import EVERYTHING, ReadOnly, ScopedAdmin, ScopedInline
from volunteers.models import CONFIDENTIAL, Agreement, Invitation, Team, TeamMember


class MemberInline(ScopedInline):
    model = TeamMember
    station_path = "team__station"
    fields = ["volunteer", "is_leader"]
    autocomplete_fields = ["volunteer"]
    may = EVERYTHING


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    list_display = ["name", "station"]
    list_filter = [("station", InReach), places("station__division")]
    list_select_related = ["station"]
    search_fields = ["name", "station__search"]
    first_step = _("There is no team yet. Add one, and name who leads it.")
    guide = _(
        "Volunteers who go together. Whoever leads a team takes people in, and signs them all up at once."
    )
    inlines = [MemberInline]
    may = EVERYTHING


@admin.register(Agreement)
class AgreementAdmin(ReadOnly, Discreet, ScopedAdmin):
    guide = _(
        "Signed before a service that is dangerous, part of a large event, outside the province, with people "
        "from abroad, longer than a month, or where somebody asks for it "
        "(浙江省志愿服务条例, article 21)."
    )
    first_step = _("Nobody has signed one yet. Volunteers do it before they sign up for such a shift.")
    station_path = None  # its shift's, or its series'
    people = ["volunteer", "signed_name"]
    list_display = ["whose", "about", "signed_as", "agreed_at"]
    list_filter = [("agreed_at", admin.DateFieldListFilter)]
    list_select_related = ["volunteer", "shift__station", "series__station"]
    date_hierarchy = "agreed_at"
    search_fields = ["volunteer__search"]
    fields = readonly_fields = ["whose", "about", "what_was_agreed", "signed_as", "agreed_at"]
    may = {"view": reach.EVERYBODY}

    def narrow(self, request, rows, roles):
        reached = reach.of_request(request)
        return reached.limit(rows, roles, station="shift__station") | reached.limit(
            rows, roles, station="series__station"
        )

    def hidden(self, request):
        reached = reach.of_request(request)
        kinds = {path: Q(**{f"{path}__kind__in": CONFIDENTIAL}) for path in ("shift", "series")}
        both = [unknown(reached, rows, f"{path}__station") for path, rows in kinds.items()]
        return None if None in both else both[0] | both[1]

    @admin.display(description=_("volunteer"), ordering=in_order_of("volunteer__name"))
    def whose(self, agreement):
        return ARRANGED if agreement.is_hidden else agreement.volunteer

    @admin.display(description=_("signed as"))
    def signed_as(self, agreement):
        return ARRANGED if agreement.is_hidden else agreement.signed_name

    @admin.display(description=_("what was agreed"))
    def what_was_agreed(self, agreement):
        return "–" if agreement.is_hidden else agreement.text

    @admin.display(description=_("about"))
    def about(self, agreement):
        return link(agreement.shift or agreement.series)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, ScopedAdmin):
    guide = _("Who was asked to fill a gap. It is done from the roster; nobody has to say yes.")
    first_step = _("Nobody has been invited yet. It is done from the gaps of the roster.")
    station_path = "shift__station"
    list_display = ["volunteer", "shift", "invited_by", "invited_at"]
    list_filter = [("shift__station", InReach), ("invited_at", admin.DateFieldListFilter)]
    list_select_related = ["volunteer", "shift__station", "invited_by"]
    date_hierarchy = "invited_at"
    fields = ["volunteer", "shift", "invited_by", "invited_at"]
    may = {"view": reach.AT_THE_COUNTER}
