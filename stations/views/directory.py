from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render

from stations import directory as stations
from stations import places
from stations.models import FacilityKind, Need, Occupation, Station
from stations.refusals import Refusal

PAGE_SIZE = 20


@login_not_required
def directory(request):
    """The list, and the map beside it. Its filters live in the address, so a view can be shared."""
    wanted, place, problem = stations.Wanted.read(request.GET), None, ""
    try:
        place = places.locate(wanted.place)
    except Refusal as refusal:
        problem = str(refusal)
    found = stations.find(wanted, near=place and place.point)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": page.paginator.count,
        "wanted": wanted,
        "place": place,
        "place_problem": problem,
        "needs": Need,
        "facilities": FacilityKind,
        "tiers": Station.Tier,
        "occupations": Occupation,
        "prefectures": places.by_prefecture(),
        "labels": places.labels(),
    }
    return render(request, "stations/directory.html", context)
