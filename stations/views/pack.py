from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import JsonResponse
from django.views.decorators.cache import cache_control

from stations import packs


@login_not_required
@cache_control(public=True, max_age=30)
def manifest(request):
    return JsonResponse(packs.manifest())


@login_not_required
@cache_control(public=True, max_age=30)
def status(request):
    # A new pack may have new hours.
    key = f"pack-status-{packs.built()['version']}"
    return JsonResponse(cache.get_or_set(key, packs.status, packs.TTL // 2))
