"""Stations for programs: a list to filter, one station, and what has changed for those who keep a copy."""

from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import permissions, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from stations import directory, places
from stations.api_answers import OneStationSerializer, StationSerializer, TombstoneSerializer
from stations.models import FacilityKind, Need, Occupation, Station
from stations.refusals import Refusal

USUAL, MOST, MOST_CHANGES = 50, 200, 500
LIMITS = f"{USUAL} unless told, at most {MOST}; with `updated_since` {MOST_CHANGES} for both"


class Listed(serializers.CharField):
    """`a,b` as a tuple of choices."""

    def __init__(self, choices, **kwargs):
        self.choices = choices
        super().__init__(**kwargs)

    def to_internal_value(self, data):
        kinds = [kind.strip() for kind in super().to_internal_value(data).split(",") if kind.strip()]
        if unknown := [kind for kind in kinds if kind not in self.choices]:
            raise ValidationError(_("“%(text)s” is not known here.") % {"text": unknown[0]})
        return tuple(kinds)


class Point(serializers.CharField):
    def to_internal_value(self, data):
        try:
            return directory.parse_point(super().to_internal_value(data))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class County(serializers.CharField):
    def to_internal_value(self, data):
        if not directory.county(code := super().to_internal_value(data)):
            raise ValidationError(_("“%(text)s” is not the code of a county of Zhejiang.") % {"text": code})
        return code


class Question(serializers.Serializer):
    """What may be asked of the list, as in the address of the page for people."""

    near = Point(required=False, help_text="LAT,LNG in degrees (WGS-84): nearest first, with `distance`")
    place = serializers.CharField(
        required=False, help_text="Instead of `near`: a county, a street, a station's name or LAT,LNG"
    )
    within = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text="Metres from there; 1000 is 15 minutes on foot",
    )
    q = serializers.CharField(
        required=False,
        help_text="Words of name, brand, address, county: characters, pinyin or initials",
    )
    need = serializers.ChoiceField(Need, required=False)
    facility = Listed(
        FacilityKind.values, required=False, help_text=f"All of these work: {', '.join(FacilityKind.values)}"
    )
    open_now = serializers.BooleanField(default=False)
    always = serializers.BooleanField(default=False, help_text="Open day and night")
    unattended = serializers.BooleanField(default=False, help_text="Nobody needs to be there to open")
    tier = serializers.ChoiceField(Station.Tier, required=False)
    county = County(required=False, help_text="Division code; a prefecture's takes all of its counties")
    occupation = serializers.ChoiceField(Occupation, required=False, help_text="Served first")
    limit = serializers.IntegerField(default=USUAL, min_value=1, help_text=LIMITS)


class ChangesQuestion(serializers.Serializer):
    """What may be asked about changes; it goes with no filter, for a copy is of everything."""

    updated_since = serializers.DateTimeField(
        help_text="ISO 8601: all that changed then or later, withdrawn stations too, in that order"
    )
    after = serializers.CharField(required=False, help_text="Given by `Link`: the code that was read last")
    limit = serializers.IntegerField(default=MOST_CHANGES, min_value=1, help_text=LIMITS)


class Public(APIView):
    permission_classes = [permissions.AllowAny]
    authentication_classes = []

    def asked(self, serializer) -> dict:
        """The checked parameters; 400 with a sentence under the name of what makes no sense."""
        # PostgreSQL takes no NUL in a text, and no search means one.
        query = {name: text.replace("\0", "") for name, text in self.request.query_params.items()}
        question = serializer(data={name: text for name, text in query.items() if text})
        question.is_valid(raise_exception=True)
        return question.validated_data


class StationList(Public):
    @extend_schema(
        parameters=[ChangesQuestion, Question],
        responses=PolymorphicProxySerializer(
            component_name="StationOrTombstone",
            serializers=[StationSerializer, TombstoneSerializer],
            resource_type_field_name=None,
            many=True,
        ),
    )
    def get(self, request):
        """Stations that fit, by code, or nearest first when `near` or `place` is given.

        **Keeping a copy.** Ask with `updated_since` and no filter. Stations come in the order in which they
        changed, withdrawn ones as `{code, withdrawn: true, updated_at}`. Follow the header
        `Link: <…>; rel="next"` until there is none. Keep the last `updated_at` and begin there next time, a
        few minutes earlier: a change becomes visible a moment after its own time stamp. What comes twice is
        the same twice. `updated_at` of a station moves with everything that belongs to it.
        """
        if "updated_since" in request.query_params:
            return self.changes()
        asked = self.asked(Question)
        limit = min(asked.pop("limit"), MOST)
        wanted = directory.Wanted(**asked)
        try:
            place = None if wanted.near else places.locate(wanted.place)
        except Refusal as refusal:
            raise ValidationError({"place": [str(refusal)]}) from refusal
        found = directory.find(wanted, near=place and place.point)
        if wanted.within and not found.near:
            raise ValidationError({"within": [_("This needs a place: please give `near` or `place` too.")]})
        return Response(StationSerializer(found[0:limit], many=True).data)

    def changes(self):
        known = ChangesQuestion().fields.keys()
        if others := [name for name in self.request.query_params if name not in known]:
            raise ValidationError({others[0]: [_("This does not go with `updated_since`.")]})
        asked = self.asked(ChangesQuestion)
        limit = min(asked["limit"], MOST_CHANGES)
        stations = changed(asked["updated_since"], asked.get("after", ""))
        page = list(stations.with_details()[: limit + 1])
        response = Response([as_copied(station) for station in page[:limit]])
        if len(page) > limit:
            response["Link"] = f'<{self.next_address(page[limit - 1], limit)}>; rel="next"'
        return response

    def next_address(self, last, limit):
        since = last.updated_at.isoformat().replace("+00:00", "Z")
        query = urlencode({"updated_since": since, "after": last.code, "limit": limit})
        return self.request.build_absolute_uri(f"{self.request.path}?{query}")


def changed(since, after):
    """Stations changed since a moment, withdrawn ones too; of that very moment those behind `after`."""
    stations = Station.objects.filter(updated_at__gte=since).order_by("updated_at", "code")
    return stations.filter(Q(updated_at__gt=since) | Q(code__gt=after)) if after else stations


def as_copied(station) -> dict:
    if station.status == Station.Status.WITHDRAWN:
        return TombstoneSerializer(station).data
    return StationSerializer(directory.Found(station, station.opening())).data


class OneStation(Public):
    @extend_schema(
        responses={
            200: OneStationSerializer,
            404: OpenApiResponse(description="There never was such a station"),
            410: TombstoneSerializer,
        }
    )
    def get(self, request, code):
        """One station with everything that its page tells."""
        stations = Station.objects.with_details().prefetch_related("cabinets", "photos")
        station = get_object_or_404(stations, code=code)
        if station.status == Station.Status.WITHDRAWN:
            return Response(TombstoneSerializer(station).data, status=410)
        return Response(OneStationSerializer(directory.Found(station, station.opening())).data)
