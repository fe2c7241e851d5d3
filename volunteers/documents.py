"""Uploaded documents: only what they claim to be."""

import re
import zlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from stations import pictures

PDF_START = b"%PDF-"
# What makes a PDF do something, or hides what it does.
ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|Encrypt)\b")
PACKED = re.compile(rb"/ObjStm\b.{0,500}?stream\r?\n(.*?)endstream", re.DOTALL)
MOST_UNPACKED = 4 * 1024 * 1024


def clean(upload) -> ContentFile:
    """A PDF as it is, or a picture re-encoded as JPEG without its EXIF data; else a ValidationError."""
    pictures.check_size(upload)
    content = upload.read()
    if content.startswith(PDF_START):
        check_passive(content)
        return ContentFile(content, name="document.pdf")
    try:
        drawn = pictures.redraw(ContentFile(content))
    except pictures.Unreadable as error:
        raise ValidationError(
            _("This file is not a picture or PDF that we can read. Please take a photo of the document.")
        ) from error
    drawn.name = "document.jpg"
    return drawn


def check_passive(pdf: bytes) -> None:
    """A document is paper: it runs nothing and carries no other files, as far as it can be read."""
    for part in [pdf, *map(unpacked, PACKED.findall(pdf))]:
        if ACTIVE.search(re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), part)):
            raise ValidationError(
                _("This PDF is locked, or contains programs or other files. Please take a photo instead.")
            )


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_UNPACKED)
    except zlib.error:
        return b""
