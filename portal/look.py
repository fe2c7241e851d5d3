"""What every page needs to look right: larger text, the demo mark, the map's tiles, a way to one's work."""

from django.conf import settings

from events.kiosk import LARGE_TEXT_COOKIE
from stations import reach


def look(request):
    return {
        "large_text": request.COOKIES.get(LARGE_TEXT_COOKIE) == "1",
        "demo": settings.DEMO,
        "mailbox": settings.MAILBOX,
        "tiles_datum": settings.TILES_DATUM,
        "tiles_url": settings.TILES_URL,
        "tiles_attribution": settings.TILES_ATTRIBUTION,
        "may_work": lambda: hasattr(request, "user") and reach.of_request(request).may(reach.EVERYBODY),
    }
