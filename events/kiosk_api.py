"""The kiosk for programs: who is there, what there is, and one order that acts once.

The device says who it is with the cookie `kiosk` of its pairing, or `Authorization: Kiosk <the same>`.
A worker is known by a token that ends with the minute.
"""

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import APIView

from events import card_numbers, kiosk, passes, points, redemptions
from stations import kiosks
from stations.refusals import Refusal

SALT = "events.kiosk_api"
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="At most 64 characters"
)


class Device(BaseAuthentication):
    """A paired kiosk; `request.auth` is its row. No person is signed in."""

    def authenticate(self, request):
        kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
        found = kiosks.of_token(token if kind == "Kiosk" else request.COOKIES.get(kiosks.COOKIE))
        return found and (None, found)

    def authenticate_header(self, request):
        return "Kiosk"


class DeviceScheme(OpenApiAuthenticationExtension):
    target_class = Device
    name = "kiosk"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": kiosks.COOKIE}


class AtTheKiosk(APIView):
    authentication_classes = [Device]
    permission_classes = []
    parser_classes = [JSONParser]

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            raise NotAuthenticated(_("This device is not paired. Please ask the manager for a code."))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class CardSerializer(serializers.Serializer):
    number = serializers.CharField(max_length=64, help_text="Of the card, or the code of the worker's phone")
    pin = serializers.CharField(max_length=12, required=False, help_text="Not with the code of a phone")


class WorkerSerializer(serializers.Serializer):
    worker = serializers.CharField(help_text="Token for the next minute, at this kiosk only")
    name = serializers.CharField(help_text="Masked: 张*")
    balance = serializers.IntegerField()
    available = serializers.IntegerField(help_text="Without what is still in quarantine")


class RewardSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="reward.pk")
    name = serializers.CharField(source="reward.name")
    points = serializers.IntegerField()
    left = serializers.IntegerField()


class OrderSerializer(serializers.Serializer):
    worker = serializers.CharField(max_length=200)
    reward = serializers.IntegerField(min_value=1)


class RedemptionSerializer(serializers.Serializer):
    pickup_code = serializers.CharField()
    reward = serializers.CharField(source="reward.name")
    points = serializers.IntegerField()
    date = serializers.DateField()


class Identify(AtTheKiosk):
    @extend_schema(request=CardSerializer, responses=WorkerSerializer)
    def post(self, request):
        """Card and PIN, or the code of a phone alone. Five wrong PINs lock the card for 15 minutes."""
        card = checked(CardSerializer, request)
        number = card_numbers.plain(card["number"])
        if card_numbers.is_code(number):
            found = passes.identify_by_code(number)
        else:
            found = passes.identify(number, card.get("pin", ""))
        account = found.account
        return Response(
            {
                "worker": signing.dumps([found.number, request.auth.pk], salt=SALT),
                "name": found.masked_name,
                "balance": account.balance,
                "available": points.available(account),
            }
        )


class Rewards(AtTheKiosk):
    @extend_schema(responses=RewardSerializer(many=True))
    def get(self, request):
        """What this station has on offer today, the cheapest first."""
        found = redemptions.offers(request.auth.station, timezone.localdate())
        return Response(RewardSerializer(found, many=True).data)


class Redemptions(AtTheKiosk):
    @extend_schema(parameters=[KEY], request=OrderSerializer, responses={201: RedemptionSerializer})
    def post(self, request):
        """201, or 200 where the same order was sent before; its answer is the same, for ever.

        409 says why not (`not_enough_points`, `out_of_stock`, `not_a_redemption_day`, `limit_reached`, …);
        422 that the key belongs to another order.
        """
        key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= 64:
            raise Refusal("no_key", _("Please send an Idempotency-Key of at most 64 characters."))
        order, device = checked(OrderSerializer, request), request.auth
        account = worker_of(order["worker"], device).account
        redemption, is_new = redemptions.redeem(
            account, order["reward"], station=device.station, kiosk=device, key=key
        )
        return Response(RedemptionSerializer(redemption).data, status=201 if is_new else 200)


def worker_of(token, device):
    """The card behind a token of the last minute, if it was given out here and the card still is one."""
    try:
        number, kiosk_pk = signing.loads(token, salt=SALT, max_age=kiosk.IDLE_SECONDS)
    except signing.BadSignature as error:
        raise stranger() from error
    if kiosk_pk != device.pk:
        raise stranger()
    return passes.find(number)


def stranger():
    return Refusal("unknown_worker", _("Your minute is over. Please scan your card again."))


def checked(serializer, request) -> dict:
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return found.validated_data
