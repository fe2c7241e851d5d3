"""QR codes to print: black on white whatever the screen's colours, with the quiet zone that scanners need."""

import io

import segno

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks for


def svg(text) -> bytes:
    """A drawing without a size of its own; at level M it still reads with 15 % of it worn away."""
    drawing = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawing, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
    return drawing.getvalue()


def data_uri(text) -> str:
    """The same drawing inside a page that nobody else may load."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
