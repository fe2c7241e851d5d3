"""Files for partners and the public: sent as they were made, or "not changed" (304)."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import override
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from stations.exports import files, gbfs, hsds
from stations.exports.lists import text_of

TYPES = {
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FRESH = 60  # seconds; changes are looked for once a minute


@login_not_required
@require_safe
def stations(request, ending):
    return send(request, f"stations.{ending}")


@login_not_required
@require_safe
def hsds_index(request):
    """The root of an HSDS API, and where its lists are."""
    lists = {name: settings.SITE_URL + reverse("exports:hsds_list", args=[name]) for name in hsds.NAMES}
    about = {"version": hsds.VERSION, "profile": hsds.PROFILE, "openapi_url": hsds.OPENAPI}
    return open_to_all(JsonResponse({**about, "lists": lists}))


@login_not_required
@require_safe
def hsds_list(request, name):
    return send(request, f"{name}.json")


@login_not_required
@require_safe
@gzip_page
def swap_feed(request, name):
    if name not in gbfs.FEEDS:
        raise Http404
    with override(settings.LANGUAGE_CODE):
        content = text_of(gbfs.FEEDS[name]()).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    response = response or HttpResponse(content, content_type=TYPES[".json"])
    return open_to_all(response, etag)


def send(request, name):
    """A file of the present edition, packed for those who can unpack it."""
    edition = files.edition()
    if name not in edition["files"]:
        raise Http404
    path = files.root() / edition["folder"] / name
    packed = path.with_name(f"{name}.gz")
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "") and packed.exists()
    etag = f'"{edition["files"][name]}{"-gz" if is_packed else ""}"'
    built_at = int(datetime.fromisoformat(edition["built_at"]).timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=built_at)
    if response is None:
        file = (packed if is_packed else path).open("rb")
        response = FileResponse(file, filename=name, content_type=TYPES[path.suffix])
        if is_packed:
            response["Content-Encoding"] = "gzip"
    response["Last-Modified"] = http_date(built_at)
    patch_vary_headers(response, ["Accept-Encoding"])
    return open_to_all(response, etag)


def open_to_all(response, etag=None):
    """Anybody's page may read it: it is public, and nothing in it depends on who asks."""
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=FRESH)
    if etag:
        response["ETag"] = etag
    return response
