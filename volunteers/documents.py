"""Uploaded documents: only what they claim to be, pictures drawn anew so that nothing hides in them."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 8 * 1024 * 1024
LONGEST_SIDE = 2400
PDF_START = b"%PDF-"


def clean(upload) -> ContentFile:
    """A PDF as it is, or a picture re-encoded as JPEG without its EXIF data; else a ValidationError."""
    if upload.size > LARGEST:
        raise ValidationError(_("The file is larger than 8 MB. Please send a smaller picture."))
    content = upload.read()
    if content.startswith(PDF_START):
        return ContentFile(content, name="document.pdf")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("This file is not a picture or PDF that we can read. Please take a photo of the document.")
        ) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=85)
    return ContentFile(drawn.getvalue(), name="document.jpg")
