"""Uploaded pictures, drawn anew so that nothing hides in them: no place, no phone's name, no program."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

# Named one by one, because a phone then turns its own picture format into one of these.
ACCEPTED = "image/jpeg,image/png,image/webp"
LARGEST = 8 * 1024 * 1024
LONGEST_SIDE = 2400
MOST_PIXELS = 64_000_000  # more than phones take; a small file can claim billions


class Unreadable(ValidationError):
    """The file is no picture, whatever its name says."""


def check_size(upload) -> None:
    if upload.size > LARGEST:
        raise ValidationError(_("The file is larger than 8 MB. Please send a smaller picture."))


def redraw(upload, *, longest_side=LONGEST_SIDE) -> ContentFile:
    """The picture as a new JPEG, upright, without its EXIF data, no side longer than `longest_side` pixels.

    A ValidationError with its sentence for a file that is too large or no JPEG, PNG or WebP.
    """
    check_size(upload)
    try:
        with Image.open(io.BytesIO(upload.read()), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError(picture.size)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception as error:  # decoders fail on broken files in every way there is
        raise Unreadable(
            _("This file is not a picture that we can read. Please take a photo (JPEG, PNG or WebP).")
        ) from error
    upright.info.clear()  # a JPEG's comment would be written again
    upright.thumbnail((longest_side, longest_side))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=85)
    return ContentFile(drawn.getvalue(), name="picture.jpg")
