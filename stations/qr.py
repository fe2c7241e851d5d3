"""QR codes: black on white whatever the screen's colours, with the quiet zone that scanners need."""

import io

import segno
from django.utils.safestring import mark_safe

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks for
LOOK = {"border": QUIET_ZONE, "dark": "#000", "light": "#fff", "omitsize": True}


def svg(text) -> bytes:
    """A drawing without a size of its own, as a file."""
    drawing = io.BytesIO()
    code(text).save(drawing, kind="svg", **LOOK)
    return drawing.getvalue()


def inline(text) -> str:
    """The same, to be put into a page."""
    return mark_safe(code(text).svg_inline(**LOOK))


def code(text):
    """At level M it still reads with 15 % of it worn away."""
    return segno.make(text, error="m", micro=False)
