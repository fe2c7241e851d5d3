import io
import random
import zlib
from struct import pack

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import Base

from volunteers import documents

MEGABYTE = 1024 * 1024
UPRIGHT_AFTER_A_QUARTER_TURN = 6


def picture(kind="JPEG", size=(60, 40), mode="RGB", **extras):
    """The bytes of a small picture that has something to see."""
    drawn = Image.linear_gradient("L").resize(size).convert(mode)
    written = io.BytesIO()
    drawn.save(written, kind, **extras)
    return written.getvalue()


def clean(content, name="licence.jpg"):
    return documents.clean(SimpleUploadedFile(name, content))


def refused(content, name="licence.jpg"):
    with pytest.raises(ValidationError):
        clean(content, name)
    return True


def seen(content):
    """What a reader of the kept file sees: its kind, size and what is written beside the picture."""
    with Image.open(io.BytesIO(content)) as kept:
        return (
            kept.format,
            kept.size,
            kept.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
        )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_as_jpeg(kind):
    kept = clean(picture(kind), name=f"licence.{kind.lower()}")

    assert kept.name == "document.jpg"
    assert seen(kept.read()) == ("JPEG", (60, 40), set())


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_pictures_of_every_depth_are_kept(mode):
    assert seen(clean(picture("PNG", mode=mode)).read()) == ("JPEG", (60, 40), set())


def test_nothing_is_kept_that_was_written_beside_the_picture():
    exif = Image.Exif()
    exif[Base.ImageDescription] = "at home"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    content = picture(
        exif=exif, comment=b"a comment", xmp=b"<x:xmpmeta>more</x:xmpmeta>", icc_profile=b"colours"
    )
    secrets = [b"at home", b"Exif", b"a comment", b"xmpmeta", b"colours"]
    assert [secret in content for secret in secrets] == [True] * 5

    kept = clean(content).read()

    assert [secret in kept for secret in secrets] == [False] * 5
    assert seen(kept) == ("JPEG", (60, 40), set())


def test_a_photo_taken_upright_stays_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = UPRIGHT_AFTER_A_QUARTER_TURN

    assert seen(clean(picture(exif=exif)).read())[1] == (40, 60)


def test_a_large_photo_is_made_smaller():
    assert seen(clean(picture(size=(4800, 3600))).read())[1] == (2400, 1800)


def test_what_hangs_behind_a_picture_is_cut_off():
    kept = clean(picture() + b"PK\x03\x04<script>alert(1)</script>").read()

    assert (b"script" in kept, b"PK\x03\x04" in kept) == (False, False)


def test_a_pdf_is_kept_as_it_is():
    content = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"

    kept = clean(content, name="licence.exe")

    assert (kept.name, kept.read()) == ("document.pdf", content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"MZ\x90\x00" + bytes(200),
        b"PK\x03\x04" + bytes(200),
        b"<script>alert(1)</script>%PDF-1.7\n%%EOF",
        b"\n%PDF-1.7\n%%EOF",
        b"GIF89a=1;alert(1)//%PDF-",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    ],
)
@pytest.mark.parametrize("name", ["licence.jpg", "licence.pdf"])
def test_a_file_that_only_has_the_name_of_a_picture_is_refused(content, name):
    assert refused(content, name)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "EPS", "JPEG2000"])
def test_pictures_of_other_kinds_are_refused(kind):
    assert refused(picture(kind))


@pytest.mark.parametrize("start", [b"%PDF-1.7\n", picture()])
def test_more_than_eight_megabytes_are_refused(start):
    assert clean(start.ljust(8 * MEGABYTE, b"\n")).size > 0
    assert refused(start.ljust(8 * MEGABYTE + 1, b"\n"))
    assert refused(start.ljust(9 * MEGABYTE, b"\n"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_breaks_off_is_refused(kind):
    content = picture(kind, size=(400, 300))

    assert refused(content[: len(content) // 2])


@pytest.mark.parametrize("side", [8_001, 13_000])
def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused(side):
    assert refused(bomb(side))


def bomb(side):
    """A PNG of a few kilobytes that is `side` × `side` white pixels, and whole."""

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * ((side + 7) // 8)) * side)
    header = chunk(b"IHDR", pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_file_is_kept_or_refused_and_never_an_error(kind):
    chance = random.Random(kind)
    exif = Image.Exif()
    exif[Base.Orientation] = UPRIGHT_AFTER_A_QUARTER_TURN
    whole = picture(kind, exif=exif)

    for _n in range(300):
        content = bytearray(whole)
        for _m in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            kept = clean(bytes(content)).read()
        except ValidationError:
            continue
        assert seen(kept)[0] == "JPEG"


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /Java#53cript >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /S /Launch >>",
        b"<< /Encrypt 5 0 R >>",
        b"<< /Type /ObjStm >>\nstream\n" + zlib.compress(b"<< /S /JavaScript >>") + b"\nendstream",
    ],
)
def test_a_pdf_that_does_or_hides_something_is_refused(inside):
    assert refused(b"%PDF-1.7\n1 0 obj\n" + inside + b"\nendobj\n%%EOF\n")


def test_a_pdf_with_packed_words_alone_is_kept():
    packed = b"<< /Type /ObjStm >>\nstream\n" + zlib.compress(b"<< /Type /Page >>") + b"\nendstream"

    assert clean(b"%PDF-1.7\n" + packed + b"\n%%EOF\n").name == "document.pdf"
