"""Uploaded documents: only what they claim to be."""

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from stations import pictures

PDF_START = b"%PDF-"


def clean(upload) -> ContentFile:
    """A PDF as it is, or a picture re-encoded as JPEG without its EXIF data; else a ValidationError."""
    pictures.check_size(upload)
    content = upload.read()
    if content.startswith(PDF_START):
        return ContentFile(content, name="document.pdf")
    try:
        drawn = pictures.redraw(ContentFile(content))
    except pictures.Unreadable as error:
        raise ValidationError(
            _("This file is not a picture or PDF that we can read. Please take a photo of the document.")
        ) from error
    drawn.name = "document.jpg"
    return drawn
