from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control

from stations import qr
from stations.models import Station

A_DAY = 24 * 3600


@login_not_required
@cache_control(public=True, max_age=A_DAY)
def qr_code(request, code):
    """The address of a station's page, to be stuck on its door."""
    station = get_object_or_404(Station.objects.listed(), code=code)
    drawing = qr.svg(settings.SITE_URL + station.get_absolute_url())
    return HttpResponse(drawing, content_type="image/svg+xml")
