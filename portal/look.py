"""What every page needs to look right: larger text, the demo mark."""

from django.conf import settings

LARGE_TEXT_COOKIE = "large"


def look(request):
    return {
        "large_text": request.COOKIES.get(LARGE_TEXT_COOKIE) == "1",
        "demo": settings.DEMO,
        "mailbox": settings.MAILBOX,
    }
