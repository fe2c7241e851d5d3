from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, permissions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from stations.refusals import Refusal
from volunteers import profiles, signups
from volunteers.models import Shift


class ShiftSerializer(serializers.ModelSerializer):
    station = serializers.CharField(source="station.code")
    station_name = serializers.CharField(source="station.name")
    places_left = serializers.IntegerField()
    required_credential = serializers.CharField(allow_null=True)

    class Meta:
        model = Shift
        fields = [
            "id",
            "kind",
            "station",
            "station_name",
            "starts_at",
            "ends_at",
            "places",
            "places_left",
            "required_credential",
            "bring",
        ]


class ShiftList(generics.ListAPIView):
    """Published shifts that are not over, soonest first, at most 200."""

    permission_classes = [permissions.AllowAny]
    authentication_classes = []
    serializer_class = ShiftSerializer

    def get_queryset(self):
        return Shift.objects.upcoming().with_place()[:200]


class SignupView(APIView):
    """Take or give back a place on a shift. A refusal is 409 with its code and sentence."""

    @extend_schema(
        request=None,
        responses={
            201: inline_serializer("SignupAnswer", {"status": serializers.CharField()}),
            409: inline_serializer(
                "Refusal", {"code": serializers.CharField(), "detail": serializers.CharField()}
            ),
        },
    )
    def post(self, request, pk):
        shift = get_object_or_404(Shift.objects.published(), pk=pk)
        signup = signups.sign_up(profiles.of(request.user), shift)
        position = signup.position if signup.is_waiting else None
        return Response({"status": signup.status, "position": position}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request, pk):
        shift = get_object_or_404(Shift.objects.published(), pk=pk)
        if not signups.cancel(profiles.of(request.user), shift):
            raise Refusal("not_signed_up", signups.no_place_here())
        return Response(status=status.HTTP_204_NO_CONTENT)
