"""What every list of the workplace can do: be searched, be narrowed, lead to what hangs on a row."""

from datetime import datetime

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from stations import search
from stations.models import Division, Organisation, Station
from stations.pagination import BoundedPaginator

SECRET = {"pin", "token_digest", "pairing_digest", "key", "password", "number"}
OFFERED = 40  # more choices are no help: a search or the county narrows the list


class Listed:
    """Part of every admin: `guide` says what the rows are and where the rule is written.

    `search_fields` hold whole lookups, see `search.matches`; `exactly` names the one field whose exact
    value comes first, `beside` the fields that tell hits of the same name apart. `first_step` says how
    the first row comes about, where nobody adds it by hand.
    """

    guide = first_step = exactly = ""
    beside = ()
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(search.matches(self.search_fields, search_term)), False

    def said_of(self, row) -> str:
        """What stands beside a row's name among the hits of the search."""
        values = (getattr(row, f"get_{name}_display", None) or getattr(row, name) for name in self.beside)
        return " · ".join(in_words(value() if callable(value) else value) for value in values if value)

    def lookup_allowed(self, lookup, value, request):
        """Links from a station or a row above lead here; what they show is still only what is in reach."""
        if not SECRET.isdisjoint(lookup.split("__")):
            return False  # who may not read a column may not guess it either
        if leads_away(self.model, lookup):
            return False  # nor what hangs on a row, from a list that names it
        led = {f"{getattr(self, 'station_path', None)}__id__exact"}
        return lookup in led or super().lookup_allowed(lookup, value, request)


def leads_away(model, lookup) -> bool:
    """Whether a filter begins at rows that point here, and not at a column of the list."""
    first = lookup.split("__")[0]
    return any(relation.name == first for relation in model._meta.related_objects)


def in_words(value) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


class InReach(RelatedFieldListFilter):
    """Related rows that the reader reaches, where there are a few; or the one that a link has named."""

    def field_choices(self, field, request, model_admin):
        related = model_admin.admin_site.get_model_admin(field.related_model)
        rows = related.get_queryset(request)
        if self.lookup_val:
            rows = rows.filter(pk__in=filter(is_id, self.lookup_val))
        return [(row.pk, str(row)) for row in rows[: OFFERED + 1]]

    def has_output(self):
        return bool(self.lookup_val) or 1 < len(self.lookup_choices) <= OFFERED

    def queryset(self, request, queryset):
        makes_sense = all(map(is_id, self.lookup_val or []))
        return super().queryset(request, queryset) if makes_sense else queryset.none()


def is_id(value) -> bool:
    """Whether a number from an address may be that of a row: not longer than a database's numbers."""
    return str(value).isdecimal() and len(str(value)) <= 18


class Place(SimpleListFilter):
    """Prefectures in reach, and the counties of the one that was chosen: only of what the reader reaches.

    `path` leads to the division.
    """

    title = _("county")
    parameter_name = "place"
    path = "station__division"

    def __init__(self, request, params, model, model_admin):
        organisations = model_admin.admin_site.get_model_admin(Organisation).get_queryset(request)
        divisions = Division.objects.filter(union__in=organisations.order_by().values("pk"))
        self.divisions = list(divisions.order_by("code"))
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        chosen = str(self.value() or "")
        few = len(self.divisions) <= OFFERED
        return [
            (division.code, str(division))
            for division in self.divisions
            if few or division.is_prefecture or chosen and division.code.startswith(chosen[:4])
        ]

    def has_output(self):
        return bool(self.value()) or len(self.lookup_choices) > 1

    def queryset(self, request, queryset):
        code = self.value()
        if not code:
            return queryset
        below = code[:4] if code.endswith("00") else code
        codes = [division.code for division in self.divisions if division.code.startswith(below)]
        return queryset.filter(**{f"{self.path}__in": codes})


def places(path) -> type[Place]:
    """The filter by county for rows whose division is found along a path."""
    return type("PlaceAlong", (Place,), {"path": path})


def neighbours(row, site, request) -> list[tuple[str, str]]:
    """Lists of what hangs on a row, as far as the reader may see them: (name, address)."""
    found = []
    for model, admin in site._registry.items():
        path = leading_back(row, model, admin)
        if path and admin.has_view_permission(request):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            found.append((capfirst(model._meta.verbose_name_plural), f"{address}?{path}__exact={row.pk}"))
    return found


def leading_back(row, model, admin) -> str:
    """The path from a model to the row, or nothing."""
    if isinstance(row, Station) and getattr(admin, "station_path", None):
        return f"{admin.station_path}__id"
    for relation in row._meta.related_objects:
        if relation.related_model is model and not relation.many_to_many:
            return f"{relation.field.name}__{relation.target_field.name}"
    return ""


def link(row, words=None):
    """A row's name that leads to its page, for a column."""
    if row is None:
        return "–"
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, words or row)
