from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations import datum, map_entries, reach
from stations.admin.hours_preview import HoursPreview
from stations.lists import places
from stations.models import (
    Division,
    OpeningException,
    Station,
    StationFacility,
    StationPhoto,
    SwapCabinet,
)
from stations.scope import EVERYTHING, ScopedAdmin, ScopedInline
from stations.upkeep_forms import PhotoForm


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    station_path = None
    organisation_path = "union"
    may = {"view": reach.EVERYBODY}
    list_display = ["name", "prefecture", "code", "population"]
    search_fields = ["code__startswith", "search"]
    list_filter = ["prefecture"]


class FacilityInline(ScopedInline):
    model = StationFacility
    may = EVERYTHING


class ExceptionInline(ScopedInline):
    model = OpeningException
    may = EVERYTHING


class PhotoInline(ScopedInline):
    model = StationPhoto
    form = PhotoForm
    may = EVERYTHING
    fields = ["image", "alt", "place", "stands"]
    readonly_fields = ["stands"]

    @admin.display(description=_("state"))
    def stands(self, photo):
        """In words, with the reason if it was not published."""
        if photo.pk is None:
            return "–"
        return "：".join(filter(None, [photo.get_state_display(), photo.reason]))

    def get_formset(self, request, obj=None, **kwargs):
        """A new picture from the counter waits for the county; from the county it is published at once."""
        is_county = bool(obj) and reach.of_request(request).stations(reach.COUNTY).filter(pk=obj.pk).exists()
        formset = super().get_formset(request, obj, **kwargs)
        given = {"person": request.user, "is_published": is_county}
        return type(formset.__name__, (formset,), {"form": type("PhotoForm", (formset.form,), given)})


class CabinetInline(ScopedInline):
    model = SwapCabinet
    readonly_fields = ["charged", "free", "reported_at"]
    may = {"view": reach.EVERYBODY}


class OnTheMaps(admin.SimpleListFilter):
    title = _("entries on maps")
    parameter_name = "on_map"

    def lookups(self, request, model_admin):
        return [
            ("none", _("Not yet on the map")),
            ("no_amap", _("Not on AMap")),
            ("no_baidu", _("Not on Baidu")),
        ]

    def queryset(self, request, queryset):
        missing = {
            "none": {"amap_poi_id": "", "baidu_uid": ""},
            "no_amap": {"amap_poi_id": ""},
            "no_baidu": {"baidu_uid": ""},
        }
        return queryset.filter(**missing.get(self.value(), {}))


class HoursToRead(admin.SimpleListFilter):
    title = _("opening hours")
    parameter_name = "hours"

    def lookups(self, request, model_admin):
        return [("to_read", _("To be read by a person")), ("unknown", _("Not known"))]

    def queryset(self, request, queryset):
        if self.value() == "to_read":
            return queryset.filter(opening_hours="").exclude(hours_as_written="")
        return queryset.filter(opening_hours="") if self.value() == "unknown" else queryset


class StationForm(forms.ModelForm):
    coordinates_from = forms.ChoiceField(
        label=_("These coordinates are in"),
        choices=datum.Datum,
        required=False,
        help_text=_(
            "What AMap shows is GCJ-02, what Baidu shows is BD-09. It is turned into WGS-84 and kept so."
        ),
    )

    class Meta:
        help_texts = {
            "status": _("Withdrawn takes the station off the directory. Nothing is ever deleted."),
            "storey": _("For example: ground floor, entrance on the left"),
            "position_doubt": _("What the import found odd. Empty it once you have looked."),
            "occupations": _("Everybody is welcome; these were in mind when the station was set up."),
            "host": _("Who opens the door: a community centre, a bank branch, a post office"),
            "partner": _("Who shares the work or the cost"),
            "amap_poi_id": _("Empty while the station is not on the map there."),
            "baidu_uid": _("Empty while the station is not on the map there."),
        }

    def clean(self):
        values = super().clean()
        typed_in = values.get("coordinates_from") or datum.Datum.WGS84
        if typed_in != datum.Datum.WGS84 and {"latitude", "longitude"} <= values.keys():
            point = datum.to_wgs84(values["latitude"], values["longitude"], typed_in)
            values["latitude"], values["longitude"] = (round(degrees, 7) for degrees in point)
        if {"latitude", "longitude", "coordinates_from"}.intersection(self.changed_data):
            self.instance.source_datum = typed_in
        return values


@admin.register(Station)
class StationAdmin(HoursPreview, ScopedAdmin):
    form = StationForm
    station_path = ""
    may = {"view": reach.EVERYBODY, "add": reach.COUNTY, "change": reach.AT_THE_COUNTER}
    list_display = ["name", "code", "division", "status", "tier", "opening_hours", "position_doubt"]
    guide = _(
        "What the public directory shows. The provincial standard asks eight things of a station (八有): "
        "name and sign, room, facilities, services, rules, an entry on the maps, information, activities."
    )
    exactly = "code"
    beside = ["code", "division"]
    list_filter = [
        "status",
        places("division"),
        "tier",
        "access",
        OnTheMaps,
        HoursToRead,
        ("position_doubt", admin.EmptyFieldListFilter),
        "is_demo",
    ]
    list_select_related = ["division"]
    search_fields = ["search"]
    search_help_text = _("Name, address, county or code; pinyin and its initials will do.")
    autocomplete_fields = ["division", "organisation"]
    readonly_fields = ["week_as_read", "source_datum", "updated_at"]
    # What the directory stands on is changed by the county, not at the counter.
    county_decides = ["code", "name", "division", "organisation", "tier", "build_mode", "host", "partner"]
    county_decides += [
        "amap_poi_id",
        "baidu_uid",
        "map_checked_on",
        "position_doubt",
        "is_demo",
        "roles_held",
    ]
    inlines = [FacilityInline, ExceptionInline, PhotoInline, CabinetInline]
    actions = ["table_for_maps"]
    fieldsets = [
        (_("What it is"), {"fields": ["code", "name", "brand", "tier", "access", "status", "about"]}),
        (
            _("Where it is"),
            {
                "fields": ["division", "organisation", "address", "landmark", "storey", "is_street_facing"]
                + [("latitude", "longitude"), "coordinates_from", "position", "position_doubt"],
            },
        ),
        (
            _("When it is open"),
            {
                "fields": ["opening_hours", "week_as_read", "hours_as_written"],
                "description": _("Holidays and closures with dates stand further below."),
            },
        ),
        (_("Whom it is for"), {"fields": ["occupations", "roles", "design_theme"]}),
        (_("Who runs it"), {"fields": ["host", "partner", "build_mode", "phone"]}),
        (_("Entries on maps"), {"fields": ["amap_poi_id", "baidu_uid", "map_checked_on"]}),
        (_("Notes"), {"fields": ["is_demo", "source_datum", "updated_at"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        if self.decides_as_county(request, obj):
            return self.fieldsets
        # The admin shows a set of choices that may not be changed as nothing at all.
        words = {"roles": "roles_held"}
        return [
            (name, {**options, "fields": [words.get(str(field), field) for field in options["fields"]]})
            for name, options in self.fieldsets
        ]

    def decides_as_county(self, request, station):
        """Whether what the directory stands on may be changed: not at the counter."""
        reached = reach.of_request(request)
        if station is None or reached.is_same(reach.AT_THE_COUNTER, reach.COUNTY):
            return reached.may(reach.COUNTY)
        return reached.stations(reach.COUNTY).filter(pk=station.pk).exists()

    def get_readonly_fields(self, request, obj=None):
        decided = [] if self.decides_as_county(request, obj) else self.county_decides
        return [*self.readonly_fields, *decided]

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    def has_delete_permission(self, request, obj=None):
        """Stations are withdrawn, never deleted: partners hear of it, and history stays."""
        return False

    @admin.display(description=_("roles"))
    def roles_held(self, station):
        return ", ".join(station.get_roles_display())

    @admin.action(description=_("Table of stations not yet on the map"), permissions=["view"])
    def table_for_maps(self, request, queryset):
        # Excel takes UTF-8 only with a mark in front.
        content = map_entries.table(queryset).encode("utf-8-sig")
        name = f"not-on-the-map-{timezone.localdate():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
