"""A person's own points for programs: what there is, and every entry, page by page."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from events import statements
from events.models import PointsEntry
from stations.pagination import link_to_next
from stations.refusals import Refusal


class Month(serializers.CharField):
    def to_internal_value(self, data):
        try:
            return statements.month_of(super().to_internal_value(data))
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal


class Question(serializers.Serializer):
    month = Month(required=False, help_text="`2026-11`: its entries only, and `statement`, its sums")
    before = serializers.IntegerField(
        required=False, min_value=1, max_value=2**62, help_text="Given by `Link`: what was read already"
    )


class HeldSerializer(serializers.Serializer):
    points = serializers.IntegerField()
    free_on = serializers.DateField(help_text="From this day on they can be spent")


class ExpiringSerializer(serializers.Serializer):
    points = serializers.IntegerField()
    on = serializers.DateField(help_text="The first of next month, were nothing spent until then")


class StatementSerializer(serializers.Serializer):
    opening = serializers.IntegerField()
    earned = serializers.IntegerField()
    taken_back = serializers.IntegerField(help_text="With a minus, as the next two")
    spent = serializers.IntegerField(help_text="Less what came back")
    expired = serializers.IntegerField()
    closing = serializers.IntegerField()


class EntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(PointsEntry.Kind.choices)
    points = serializers.IntegerField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    free_on = serializers.DateField(allow_null=True)
    station = serializers.CharField(source="station.code", default=None, help_text="Its code, or null")


class MyPointsSerializer(serializers.Serializer):
    balance = serializers.IntegerField()
    available = serializers.IntegerField(help_text="Without what is still in quarantine")
    held = HeldSerializer(many=True)
    expiring = ExpiringSerializer()
    statement = StatementSerializer(allow_null=True, help_text="Only with `month`")
    entries = EntrySerializer(many=True, help_text=f"Newest first, {statements.MOST} a page")


class MyPoints(APIView):
    @extend_schema(parameters=[Question], responses=MyPointsSerializer)
    def get(self, request):
        """Your points, and where they came from and went.

        Follow the header `Link: <…>; rel="next"` until there is none.
        """
        question = Question(data={name: text for name, text in request.query_params.items() if text})
        question.is_valid(raise_exception=True)
        asked, account = question.validated_data, statements.find(request.user)
        rows = page(account, **asked) if account else []
        shown = rows[: statements.MOST]
        response = Response(MyPointsSerializer(answer(account, asked.get("month"), shown)).data)
        if len(rows) > len(shown):
            response["Link"] = link_to_next(request, before=shown[-1].pk)
        response["Cache-Control"] = "no-store"
        return response


def page(account, month=None, before=None) -> list:
    """One entry more than is shown, if there is one."""
    rows = statements.entries(account, month).select_related("station")
    if before:
        try:
            rows = statements.older_than(rows, before)
        except Refusal as refusal:
            raise ValidationError({"before": [str(refusal)]}) from refusal
    return list(rows[: statements.MOST + 1])


def answer(account, month, entries) -> dict:
    outlook = statements.outlook(account) if account else statements.nothing()
    sums = statements.of_month(account, month) if account and month else month and statements.NOTHING_YET
    return {
        "balance": outlook.balance,
        "available": outlook.available,
        "held": [{"free_on": day, "points": points} for day, points in outlook.held],
        "expiring": {"points": outlook.expiring, "on": outlook.expires_on},
        "statement": sums,
        "entries": entries,
    }
