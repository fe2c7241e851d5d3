from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stations import kiosks
from stations.forms import PairingForm
from stations.models import Kiosk, Station
from stations.refusals import Refusal

DEMO_STATION = "石门社区服务驿站"


@login_not_required
def pair(request):
    """Make this device a station's kiosk, with the manager's code or, in the demo, at a touch."""
    station = settings.DEMO and Station.objects.filter(name=DEMO_STATION).first()
    data = request.POST if request.method == "POST" else None
    if data and station and "demo" in data:
        data = {"code": demo_code(station)}
    form = PairingForm(data)
    if form.is_valid():
        try:
            _kiosk, token = kiosks.pair(form.cleaned_data["code"], address=request.META["REMOTE_ADDR"])
        except Refusal as refusal:
            form.add_error("code", refusal.sentence)
        else:
            return let_in(request, token)
    context = {"form": form, "demo_station": station}
    return render(request, "stations/pair.html", context, status=422 if form.errors else 200)


def demo_code(station):
    """A code for a screen of its own, so that no other browser of the demo is shut out."""
    return kiosks.new_code(Kiosk.objects.create(station=station, label=_("Demo")))


def let_in(request, token):
    response = redirect("kiosk:start")
    response.set_cookie(
        kiosks.COOKIE,
        token,
        max_age=kiosks.COOKIE_LIFE,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )
    return response
