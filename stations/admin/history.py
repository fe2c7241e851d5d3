"""The history as a list: who changed what, when and why."""

import re
from datetime import date, timedelta

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from stations import history, reach
from stations.discretion import Discreet, unknown
from stations.hours import midnight
from stations.lists import InReach
from stations.models import HistoryLine, Station
from stations.scope import ReadOnly, ScopedAdmin

FEW = 200  # hits that are named one by one, which leads straight to their lines
MONTHS, DIGITS = 12, 4


class Kind(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "model"

    def lookups(self, request, model_admin):
        kinds = [(model._meta.label_lower, capfirst(model._meta.verbose_name)) for model in history.kept()]
        return sorted(kinds, key=lambda kind: str(kind[1]))

    def queryset(self, request, queryset):
        return queryset.filter(model=self.value()) if self.value() else queryset


class Days(admin.SimpleListFilter):
    """A month, then a day of it: reckoned from the calendar, so that no line is read for it."""

    title = _("when")
    parameter_name = "day"

    @property
    def chosen(self) -> tuple[int, ...]:
        """Year and month, or year, month and day; nothing where neither is asked for."""
        found = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", self.value() or "", re.ASCII)
        parts = tuple(int(part) for part in found.groups() if part) if found else ()
        try:
            return parts if parts and date(*parts, *[1] * (3 - len(parts))).year > 1 else ()
        except ValueError:
            return ()

    def lookups(self, request, model_admin):
        today = timezone.localdate()
        if not self.chosen:
            months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
            return [month_choice(date(month // 12, month % 12 + 1, 1)) for month in months]
        first = date(*self.chosen[:2], 1)
        days = [first + timedelta(days=number) for number in range(31)]
        there = [day for day in days if day.month == first.month and day <= today]
        return [
            month_choice(first),
            *((f"{day}", formats.date_format(day, "MONTH_DAY_FORMAT")) for day in there),
        ]

    def queryset(self, request, queryset):
        if not self.chosen:
            return queryset
        first = date(*self.chosen[:2], *(self.chosen[2:] or [1]))
        after = first + timedelta(days=1 if len(self.chosen) == 3 else 32)
        return queryset.filter(
            at__gte=midnight(first), at__lt=midnight(after if len(self.chosen) == 3 else after.replace(day=1))
        )


def month_choice(first):
    return f"{first:%Y-%m}", formats.date_format(first, "YEAR_MONTH_FORMAT")


class Person(admin.SimpleListFilter):
    """One person, whom a link has named and who has done something in reach."""

    title = _("who")
    parameter_name = "person"

    def lookups(self, request, model_admin):
        number = self.value() or ""
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return []
        lines = model_admin.get_queryset(request).filter(person=number, is_hidden=False)
        line = lines.select_related("person").first()
        return [(number, str(line.person))] if line else []

    def has_output(self):
        return self.value() is not None

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if not self.lookup_choices:
            return queryset.none()
        return queryset.filter(person=self.value(), is_hidden=False)


@admin.register(HistoryLine)
class HistoryLineAdmin(ReadOnly, Discreet, ScopedAdmin):
    organisation_path = "organisation"
    may = {"view": reach.EVERYBODY}
    list_display = ["at", "by", "action", "of_kind", "name", "what_changed", "why", "station"]
    list_display_links = ["at"]
    list_select_related = ["person", "station"]
    list_filter = [Days, Kind, "action", Person, ("station", InReach)]
    search_fields = ["person__name", "station__search"]
    search_help_text = _(
        "Name or last digits of the telephone of who did it; name, pinyin or code of the station."
    )
    fields = readonly_fields = [
        "at",
        "by",
        "action",
        "of_kind",
        "name",
        "what_changed",
        "why",
        "station",
        "organisation",
        "row",
    ]
    people = ["person"]

    def hidden(self, request):
        """Lines about rows that are confidential in their own list."""
        rows = Q(pk__in=[])
        for model, model_admin in self.admin_site._registry.items():
            if isinstance(model_admin, Discreet) and model is not self.model and history.is_kept(model):
                same = model._base_manager.filter(model_admin.confidential, pk=OuterRef("object_id"))
                rows |= Q(Exists(same), model=model._meta.label_lower)
        return unknown(reach.of_request(request), rows, "station")

    def get_search_results(self, request, queryset, search_term):
        """People and stations are looked up first, so that their lines come from the indexes."""
        hidden = self.hidden(request)
        for word in search_term.replace("\0", "").split():
            by = Q(person__in=few(people_called(word)))
            by = by if hidden is None else by & ~hidden
            queryset = queryset.filter(by | Q(station__in=few(Station.objects.matching(word))))
        return queryset, False

    @admin.display(description=_("who"))
    def by(self, line):
        return line.who

    @admin.display(description=_("why"))
    def why(self, line):
        return line.why

    @admin.display(description=_("kind"))
    def of_kind(self, line):
        return line.kind

    @admin.display(description=_("what changed"))
    def what_changed(self, line):
        return "; ".join(line.sentences)

    @admin.display(description=_("where it is"))
    def row(self, line):
        """The page of what was changed, or of its station where it has none of its own."""
        label, key = line.model.replace(".", "_"), line.object_id
        if line.of_model is None or not self.admin_site.is_registered(line.of_model):
            label, key = "stations_station", line.station_id
        try:
            address = reverse(f"admin:{label}_change", args=[key])
        except NoReverseMatch:
            return "–"
        return format_html('<a href="{}">{}</a>', address, line.name)


def people_called(word):
    asked = Q(name__icontains=word)
    if word.isdecimal() and len(word) >= DIGITS:
        asked |= Q(phone__endswith=word)
    return get_user_model()._default_manager.filter(asked)


def few(rows):
    """Keys as a plain list where there are a few, which a database plans better; else as a question."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else rows.order_by().values("pk")
