"""Shifts for programs: the coming ones to filter, taking a place and giving it back, answering an offer."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from stations.api import Public
from stations.pagination import link_to_next
from stations.refusals import Refusal
from volunteers import api_lists, profiles, signups, waiting_list
from volunteers.api_lists import MOST, Question, ShiftSerializer
from volunteers.models import Shift


class PlaceSerializer(serializers.Serializer):
    """What somebody has on a shift now."""

    status = serializers.ChoiceField(["confirmed", "waitlisted"])
    position = serializers.IntegerField(allow_null=True, help_text="In the queue; 1 is next")


class RefusalSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="For programs, such as `overlap` or `too_late`")
    detail = serializers.CharField(help_text="A sentence for people")


class ShiftList(Public):
    @extend_schema(parameters=[Question], responses=ShiftSerializer(many=True))
    def get(self, request):
        """Published shifts that are not over, soonest first, or nearest first when `near` is given.

        Follow the header `Link: <…>; rel="next"` until there is none. For legal advice and counselling
        nobody reads how many have signed up: `places_left` and `waiting_list` are null.
        """
        asked = self.asked(Question)
        limit = min(asked["limit"], MOST)
        found, following = api_lists.page(asked, limit)
        response = Response(found)
        if following:
            response["Link"] = link_to_next(request, **following)
        return response


def published(pk):
    return get_object_or_404(Shift.objects.published().only("pk"), pk=pk)


def sign_up(person, pk):
    """What is not published is not there, as in the list; the verb finds that out under its own lock."""
    try:
        return signups.sign_up(profiles.of(person), Shift(pk=pk))
    except Shift.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        if refusal.code == "not_open":
            raise Http404 from None
        raise


def place(signup) -> dict:
    """Who has a place waits for nothing."""
    return {"status": signup.status, "position": signup.position if signup.is_waiting else None}


class SignupView(APIView):
    """A refusal is 409 with its code and sentence."""

    @extend_schema(request=None, responses={201: PlaceSerializer, 409: RefusalSerializer})
    def post(self, request, pk):
        """Take a place, or one in the queue where all are taken."""
        signup = sign_up(request.user, pk)
        return Response(place(signup), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None, 409: RefusalSerializer})
    def delete(self, request, pk):
        """Give a place or an offer back, or leave the queue."""
        if not signups.cancel(profiles.of(request.user), published(pk)):
            raise Refusal("not_signed_up", signups.no_place_here())
        return Response(status=status.HTTP_204_NO_CONTENT)


class OfferView(APIView):
    """The answer to an offer from the waiting list; for the whole group where there is one."""

    @extend_schema(request=None, responses={201: PlaceSerializer, 409: RefusalSerializer})
    def post(self, request, pk):
        """Say yes: the place is yours."""
        [signup, *_others] = waiting_list.accept(profiles.of(request.user), published(pk))
        return Response(place(signup), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None, 409: RefusalSerializer})
    def delete(self, request, pk):
        """Say no: the next in the queue is asked."""
        waiting_list.decline(profiles.of(request.user), published(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
