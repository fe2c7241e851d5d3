"""Uploaded documents: only what they claim to be, pictures drawn anew so that nothing hides in them."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LARGEST = 8 * 1024 * 1024
LONGEST_SIDE = 2400
MOST_PIXELS = 64_000_000  # more than phones take; a small file can claim billions
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
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError(picture.size)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception as error:  # decoders fail on broken files in every way there is
        raise ValidationError(
            _("This file is not a picture or PDF that we can read. Please take a photo of the document.")
        ) from error
    upright.info.clear()  # a JPEG's comment would be written again
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=85)
    return ContentFile(drawn.getvalue(), name="document.jpg")
