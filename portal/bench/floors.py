"""What a page costs before it does anything: the same server and middleware, and next to no view."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

KEY = "bench"


@login_not_required
def nothing(request):
    return HttpResponse("nothing")


class WriteAsSomebody(APIView):
    """The same row for somebody who has signed in and consented, as whoever takes a place must have."""

    @extend_schema(exclude=True)
    def post(self, request):
        return write(request)


@csrf_exempt
@login_not_required
def write(request):
    Session.objects.create(session_key=f"{KEY}{uuid.uuid4().hex[:27]}", expire_date=timezone.now())
    return HttpResponse("written")


def wipe():
    Session.objects.filter(session_key__startswith=KEY).delete()
