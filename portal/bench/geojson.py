"""What a map usually costs: GeoJSON of all stations from a serialiser, at every request.

The shape is that of the GeoFeatureModelSerializer of djangorestframework-gis.
"""

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from stations.models import Station, StationFacility


class StationFeatureSerializer(serializers.ModelSerializer):
    division = serializers.CharField(source="division.name")
    state = serializers.SerializerMethodField()
    facilities = serializers.SerializerMethodField()

    class Meta:
        model = Station
        fields = ("id", "name", "code", "address", "division", "tier", "state", "facilities")

    def get_state(self, station):
        return station.opening().state

    def get_facilities(self, station):
        working = StationFacility.State.WORKING
        return [facility.kind for facility in station.facilities.all() if facility.state == working]

    def to_representation(self, station):
        properties = super().to_representation(station)
        return {
            "id": properties.pop("id"),
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [station.longitude, station.latitude]},
            "properties": properties,
        }


def collection() -> bytes:
    stations = (
        Station.objects.listed().select_related("division").prefetch_related("facilities", "exceptions")
    )
    features = StationFeatureSerializer(stations, many=True).data
    return JSONRenderer().render({"type": "FeatureCollection", "features": features})
