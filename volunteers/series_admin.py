"""Series of shifts at the station: saved through their verbs, so that nobody who signed up is dropped."""

from django import forms
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.lists import InReach, places
from stations.refusals import Refusal
from stations.scope import ScopedAdmin
from volunteers import rules, series
from volunteers.models import Series

NEXT = 5  # days that are shown
TOLD = 20  # shifts that stayed as they were, each with why


class SeriesForm(forms.ModelForm):
    weekdays = forms.MultipleChoiceField(
        label=_("Every week on"),
        choices=list(rules.DAYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.initial["weekdays"] = rules.weekdays(self.instance.rule)
        if "rule" in self.fields:
            self.fields["rule"].required = False
            self.fields["rule"].help_text = _("For what weekdays cannot say: FREQ=MONTHLY;BYDAY=1SA.")

    def clean(self):
        values = super().clean()
        if values.get("weekdays") and "weekdays" in self.changed_data:
            values["rule"] = f"FREQ=WEEKLY;BYDAY={','.join(values['weekdays'])}"
        if not values.get("rule", "-"):
            self.add_error("weekdays", gettext("Please tick weekdays, or write a rule."))
        elif "rule" in values and "starts_on" in values:
            values["rule"] = rules.plain(values["rule"])
            try:
                rules.check(values["rule"], values["starts_on"])
            except Refusal as refusal:
                self.add_error("rule", str(refusal))
        return values


@admin.register(Series)
class SeriesAdmin(ScopedAdmin):
    """Nobody deletes one: it gets a last day, or is not active any more."""

    form = SeriesForm
    guide = _(
        "The same shift again and again: its shifts are made eight weeks ahead. A change reaches those to "
        "come; what was changed on one shift stays, and nobody who signed up loses the place. "
        "To end a series, give it a last day."
    )
    first_step = _("There is no series yet. Add one, and its shifts are planned at once.")
    list_display = ["station", "kind", "role", "in_words", "starts_at", "places", "ends_on", "is_active"]
    list_filter = ["is_active", "kind", ("station", InReach), places("station__division")]
    list_select_related = ["station"]
    search_fields = ["role", "station__search"]
    autocomplete_fields = ["station"]
    readonly_fields = ["in_words", "next_days"]
    fieldsets = [
        (None, {"fields": ["station", "kind", "role", "places", "needed"]}),
        (
            _("When"),
            {
                "fields": [
                    "weekdays",
                    "rule",
                    "in_words",
                    "starts_on",
                    "ends_on",
                    "starts_at",
                    "minutes",
                    "is_active",
                ]
            },
        ),
        (_("Coming days"), {"fields": ["next_days"]}),
        (_("What volunteers bring and know"), {"fields": ["extra_credential", "agree_for", "risks"]}),
        (_("More"), {"fields": ["organiser", "bring", "confirms_at_once"]}),
    ]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    @admin.display(description=_("Every week on"))
    def weekdays(self, row):
        """Where nothing can be changed."""
        return "、".join(str(rules.DAYS[day]) for day in rules.weekdays(row.rule)) or "–"

    @admin.display(description=_("in words"))
    def in_words(self, row):
        return rules.in_words(row.rule) if row.rule else "–"

    @admin.display(description=_("the next days"))
    def next_days(self, row):
        if not row.rule:
            return "–"
        coming = series.days(row, timezone.localdate() + series.FARTHEST)[:NEXT]
        return " · ".join(date_format(day, "Y-m-d D") for day in coming) or "–"

    def save_model(self, request, obj, form, change):
        if change:
            changed = {*form.changed_data, "rule"} - {"weekdays"}
            fields = {name: form.cleaned_data[name] for name in changed}
            result = series.change(obj, fields, by=request.user, reason=request.change_reason)
        else:
            result = series.begin(obj, by=request.user)
        self.tell(request, result)

    def tell(self, request, result):
        counts = {"made": result.made, "changed": result.changed, "removed": result.removed}
        said = gettext("Shifts made: %(made)d, changed: %(changed)d, removed: %(removed)d.")
        messages.info(request, said % counts)
        for shift, why in result.kept[:TOLD]:
            when = f"{timezone.localtime(shift.starts_at):%Y-%m-%d %H:%M}"
            messages.warning(
                request, gettext("%(when)s stays as it was: %(why)s") % {"when": when, "why": why}
            )
        if (more := len(result.kept) - TOLD) > 0:
            messages.warning(request, gettext("%(count)d more stay as they were.") % {"count": more})
