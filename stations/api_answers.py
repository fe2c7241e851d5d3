"""What the API tells of stations."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from stations import navigation
from stations.models import FacilityKind, Station, StationFacility


class StationSerializer(serializers.Serializer):
    """One station; `distance` in metres when `near` or `place` was given, `facilities` those that work."""

    code = serializers.CharField(source="station.code")
    name = serializers.CharField(source="station.name")
    address = serializers.CharField(source="station.address")
    latitude = serializers.FloatField(source="station.latitude")
    longitude = serializers.FloatField(source="station.longitude")
    position = serializers.CharField(source="station.position")
    opening_hours = serializers.CharField(source="station.opening_hours")
    state = serializers.CharField(source="opening.state")
    until = serializers.DateTimeField(source="opening.until", allow_null=True)
    needs = serializers.ListField(source="station.needs_met", child=serializers.CharField())
    facilities = serializers.SerializerMethodField()
    distance = serializers.SerializerMethodField()
    url = serializers.CharField(source="station.get_absolute_url")
    is_demo = serializers.BooleanField(source="station.is_demo")
    updated_at = serializers.DateTimeField(source="station.updated_at")

    def get_facilities(self, found) -> list[str]:
        working = StationFacility.State.WORKING
        return [facility.kind for facility in found.station.facilities.all() if facility.state == working]

    def get_distance(self, found) -> int | None:
        return None if found.distance is None else round(found.distance)


class FacilitySerializer(serializers.Serializer):
    kind = serializers.ChoiceField(FacilityKind)
    state = serializers.ChoiceField(StationFacility.State)


class ExceptionSerializer(serializers.Serializer):
    """Other hours from a day to a day; empty `times`: closed."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    times = serializers.CharField()
    reason = serializers.CharField()


class CabinetSerializer(serializers.Serializer):
    """A battery-swap cabinet; numbers are null where they are not known any more."""

    operator = serializers.CharField()
    external_id = serializers.CharField()
    charged = serializers.SerializerMethodField()
    free = serializers.SerializerMethodField()
    reported_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)

    def get_charged(self, cabinet) -> int | None:
        return cabinet.charged if cabinet.is_known else None

    def get_free(self, cabinet) -> int | None:
        return cabinet.free if cabinet.is_known else None


class PhotoSerializer(serializers.Serializer):
    url = serializers.CharField(source="get_absolute_url")
    alt = serializers.CharField()


class LinkSerializer(serializers.Serializer):
    label = serializers.CharField()
    url = serializers.CharField()


class DivisionSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    prefecture = serializers.CharField()


class OneStationSerializer(StationSerializer):
    """Everything that the page of a station tells."""

    distance = None
    brand = serializers.CharField(source="station.brand")
    division = DivisionSerializer(source="station.division")
    landmark = serializers.CharField(source="station.landmark")
    storey = serializers.CharField(source="station.storey")
    is_street_facing = serializers.BooleanField(source="station.is_street_facing", allow_null=True)
    status = serializers.ChoiceField(Station.Status, source="station.status")
    access = serializers.ChoiceField(Station.Access, source="station.access")
    tier = serializers.ChoiceField(Station.Tier, source="station.tier")
    build_mode = serializers.CharField(source="station.build_mode")
    host = serializers.CharField(source="station.host")
    partner = serializers.CharField(source="station.partner")
    occupations = serializers.ListField(source="station.occupations", child=serializers.CharField())
    roles = serializers.ListField(source="station.roles", child=serializers.CharField())
    design_theme = serializers.CharField(source="station.design_theme")
    phone = serializers.CharField(source="station.phone")
    about = serializers.CharField(source="station.about")
    hours_in_force = serializers.CharField(
        source="station.hours_in_force", help_text="`opening_hours` with the exceptions written behind it"
    )
    exceptions = serializers.SerializerMethodField()
    facility_states = FacilitySerializer(source="station.facilities.all", many=True)
    cabinets = CabinetSerializer(source="station.cabinets.all", many=True)
    photos = PhotoSerializer(source="station.published_photos", many=True)
    navigation = serializers.SerializerMethodField()

    @extend_schema_field(ExceptionSerializer(many=True))
    def get_exceptions(self, found):
        today = timezone.localdate()
        coming = [each for each in found.station.exceptions.all() if each.ends_on >= today]
        return ExceptionSerializer(coming, many=True).data

    @extend_schema_field(LinkSerializer(many=True))
    def get_navigation(self, found):
        return [{"label": label, "url": url} for label, url in navigation.links(found.station)]


class TombstoneSerializer(serializers.Serializer):
    """What is left of a station that was withdrawn: partners take it off their maps."""

    code = serializers.CharField()
    withdrawn = serializers.BooleanField(default=True, read_only=True)
    updated_at = serializers.DateTimeField()
