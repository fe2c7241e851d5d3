from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from stations import directory
from stations.models import Need, Station

MOST = 200


class StationSerializer(serializers.Serializer):
    """One station; `distance` in metres when `near` was given."""

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

    def get_facilities(self, found) -> list[str]:
        return [facility.kind for facility in found.station.facilities.all()]

    def get_distance(self, found) -> int | None:
        return None if found.distance is None else round(found.distance)


class StationList(APIView):
    """Stations, nearest first when `near` is given."""

    permission_classes = [permissions.AllowAny]
    authentication_classes = []

    @extend_schema(
        parameters=[
            OpenApiParameter("near", str, description="LAT,LNG in degrees (WGS-84)"),
            OpenApiParameter("need", str, enum=Need.values),
            OpenApiParameter("open_now", bool),
            OpenApiParameter("limit", int, description=f"1–{MOST}, 50 by default"),
        ],
        responses=StationSerializer(many=True),
    )
    def get(self, request):
        near = request.query_params.get("near")
        try:
            point = directory.parse_point(near) if near else None
        except ValueError as error:
            raise ValidationError({"near": [str(error)]}) from error
        try:
            limit = min(max(int(request.query_params.get("limit", 50)), 1), MOST)
        except ValueError as error:
            raise ValidationError({"limit": ["A whole number, please."]}) from error
        found = directory.find(
            Station.objects.listed(),
            near=point,
            need=request.query_params.get("need", ""),
            open_now=request.query_params.get("open_now") == "true",
        )
        return Response(StationSerializer(found[:limit], many=True).data)
