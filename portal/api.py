"""The API's own answers: a root that lists what there is, and errors with a code and a sentence."""

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import exception_handler

from stations.refusals import Refusal

# Of refusals that are about the request itself rather than about what it asks for.
STATUS = {"key_reused": status.HTTP_422_UNPROCESSABLE_ENTITY, "no_key": status.HTTP_400_BAD_REQUEST}


@extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
@api_view(["GET"])
@permission_classes([permissions.AllowAny])
def root(request):
    """The addresses of this API."""
    names = {
        "stations": "api:stations-list",
        "shifts": "api:shifts-list",
        "schema": "api:schema",
        "docs": "api:docs",
    }
    return Response({name: reverse(target, request=request) for name, target in names.items()})


def explain(error, context):
    """A Refusal becomes 409 with its code and sentence; everything else is the framework's."""
    if isinstance(error, Refusal):
        answer = STATUS.get(error.code, status.HTTP_409_CONFLICT)
        return Response({"code": error.code, "detail": str(error)}, status=answer)
    return exception_handler(error, context)
