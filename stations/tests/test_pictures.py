"""Pictures that people send: drawn anew, and shown to whom they are meant for."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from PIL.ExifTags import Base

from stations import pictures
from stations.models import Station, StationPhoto
from stations.tests.factories import make_photo, make_picture, make_station
from stations.upkeep_forms import PhotoForm

UPRIGHT_AFTER_A_QUARTER_TURN = 6


def exif():
    written = Image.Exif()
    written[Base.ImageDescription] = "at home"
    written[Base.Orientation] = UPRIGHT_AFTER_A_QUARTER_TURN
    written.get_ifd(0x8825)[1] = "N"  # GPS
    return written


def drawn(file):
    with Image.open(io.BytesIO(file.read())) as picture:
        return picture.format, picture.size, len(picture.getexif())


def test_a_picture_is_drawn_upright_without_what_the_phone_wrote_beside_it():
    sent = make_picture(exif=exif())
    assert b"at home" in sent.read()
    sent.seek(0)

    kept = pictures.redraw(sent)

    assert b"at home" not in kept.read()
    kept.seek(0)
    assert (kept.name, drawn(kept)) == ("picture.jpg", ("JPEG", (40, 60), 0))


def test_a_large_picture_is_made_as_small_as_is_asked_for():
    assert drawn(pictures.redraw(make_picture(size=(3200, 1600)), longest_side=1600))[1] == (1600, 800)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7\n%%EOF", b"<svg onload='alert(1)'/>", b"GIF89a="]
)
def test_what_is_no_picture_is_refused_in_words(content):
    with pytest.raises(pictures.Unreadable, match="不是|not a picture"):
        pictures.redraw(ContentFile(content, name="picture.jpg"))


def test_more_than_eight_megabytes_are_refused():
    with pytest.raises(ValidationError, match="8 MB"):
        pictures.redraw(ContentFile(bytes(pictures.LARGEST + 1), name="picture.jpg"))


# A station's photos


def photo_form(photo, image=None, **kw):
    return PhotoForm({"alt": "门口", "place": 0, **kw}, {"image": image} if image else {}, instance=photo)


def test_a_photo_is_kept_without_its_exif(station):
    form = photo_form(StationPhoto(station=station), make_picture(size=(2000, 1000), exif=exif()))

    form.save()

    photo = StationPhoto.objects.get()
    assert (photo.alt, photo.image.name[:9]) == ("门口", "stations/")
    with photo.image.open() as kept:
        assert drawn(kept) == ("JPEG", (800, 1600), 0)


def test_a_photo_needs_words_and_has_to_be_a_picture(station):
    without_words = photo_form(StationPhoto(station=station), make_picture(), alt="")
    program = photo_form(StationPhoto(station=station), SimpleUploadedFile("a.jpg", b"MZ\x90"))
    nothing = photo_form(StationPhoto(station=station))

    assert [list(form.errors) for form in (without_words, program, nothing)] == [
        ["alt"],
        ["image"],
        ["image"],
    ]


def test_the_picture_stays_when_only_its_words_change(station):
    photo = make_photo(station=station)
    before = photo.image.name

    photo_form(photo, alt="新的说明").save()

    photo.refresh_from_db()
    assert (photo.alt, photo.image.name) == ("新的说明", before)


def test_a_manager_sees_the_photo_beside_the_field_for_another(client, manager, station):
    photo = make_photo(station=station)
    client.force_login(manager)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()

    assert f'<img src="{photo.get_absolute_url()}" alt="门口有绿色遮阳棚"' in page
    assert 'type="file" name="photos-0-image"' in page


def test_everybody_sees_a_stations_photo_and_fetches_it_once(client, station):
    photo = make_photo(station=station)

    first = client.get(photo.get_absolute_url())
    second = client.get(photo.get_absolute_url(), headers={"If-None-Match": first["ETag"]})

    assert b"".join(first.streaming_content).startswith(b"\xff\xd8\xff")
    assert (first["Content-Type"], first["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert set(first["Cache-Control"].split(", ")) == {"public", "max-age=86400"}
    assert (second.status_code, second.content) == (304, b"")


def test_another_picture_in_its_place_is_fetched_anew(client, station):
    photo = make_photo(station=station)
    before = client.get(photo.get_absolute_url())
    list(before)
    photo.image = pictures.redraw(make_picture(size=(20, 20)))
    photo.save()

    after = client.get(photo.get_absolute_url(), headers={"If-None-Match": before["ETag"]})

    assert (after.status_code, len(b"".join(after.streaming_content)) > 0) == (200, True)


def test_photos_of_a_withdrawn_station_are_gone(client, db):
    photo = make_photo(station=make_station(status=Station.Status.WITHDRAWN))

    assert client.get(photo.get_absolute_url()).status_code == 404
    assert client.get("/stations/photos/0/").status_code == 404
