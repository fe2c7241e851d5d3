"""Files that are too large, or not what their names say: refused with a sentence, and nothing is kept."""

import io
import struct
import zlib

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stations.models import FaultReport, StationPhoto

MEGABYTE = 1024 * 1024
TOO_LARGE = "The file is larger than 8 MB. Please send a smaller picture."
NO_PICTURE = "This file is not a picture that we can read. Please take a photo (JPEG, PNG or WebP)."
NO_DOCUMENT = "This file is not a picture or PDF that we can read. Please take a photo of the document."


def claiming(width, height):
    """A PNG of a few bytes that says it unpacks to so many pixels."""

    def part(name, content):
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    start = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + start + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


BAD = {
    "a photo of 30 MB": ("photo.jpg", b"\xff\xd8\xff" + bytes(30 * MEGABYTE), TOO_LARGE),
    "a program": ("photo.jpg", b"MZ\x90\x00\x03" + bytes(200), None),
    "a page": ("photo.png", b"<html><script>alert(1)</script></html>", None),
    "a drawing with a script": ("photo.webp", b"<svg onload='alert(1)'/>", None),
    "half a photo": ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", None),
    "a picture of billions of pixels": ("photo.png", claiming(60_000, 60_000), None),
    "nothing": ("photo.jpg", b"", "The submitted file is empty."),
}


@pytest.fixture(params=BAD)
def bad(request):
    """(file, sentence); without a sentence the page says what it can read."""
    name, content, sentence = BAD[request.param]
    return SimpleUploadedFile(name, content, "image/jpeg"), sentence


@pytest.fixture
def english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def kept(settings, tmp_path):
    """Asks which private files there are, in a folder that no other test writes to."""
    folder = tmp_path / "private"
    stored = {**settings.STORAGES["default"], "OPTIONS": {"location": folder, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}
    return lambda: sorted(path for path in folder.rglob("*") if path.is_file())


def unchanged_form(client, url):
    """What the browser would send back unchanged."""
    context = client.get(url).context
    parts = [context["adminform"].form]
    for each in context["inline_admin_formsets"]:
        parts += [each.formset.management_form, *each.formset.forms]
    values = {
        form.add_prefix(name): form.get_initial_for_field(field, name)
        for form in parts
        for name, field in form.fields.items()
    }
    values["history_mark"] = context.get("history_mark", 0)
    return {name: "" if value is None else value for name, value in values.items()}


def test_a_stations_photo(english, manager, station, bad, kept):
    file, sentence = bad
    english.force_login(manager)
    url, before = reverse("admin:stations_station_change", args=[station.pk]), kept()
    photo = {"photos-TOTAL_FORMS": 1, "photos-0-image": file, "photos-0-alt": "门口", "photos-0-place": 0}

    answer = english.post(url, {**unchanged_form(english, url), **photo, "photos-0-station": station.pk})

    assert answer.status_code == 200
    assert (sentence or NO_PICTURE) in answer.text
    assert not StationPhoto.objects.exists()
    assert kept() == before


def test_the_photo_of_a_fault(english, station, bad, kept):
    file, sentence = bad
    url, before = reverse("stations:report", args=[station.code]), kept()

    answer = english.post(url, {"kind": "water", "text": "不出热水", "photo": file})

    assert answer.status_code == 422
    assert (sentence or NO_PICTURE) in answer.text
    assert 'value="不出热水"' in answer.text
    assert not FaultReport.objects.exists()
    assert kept() == before


def test_the_document_of_a_credential(english, newcomer, bad, kept):
    file, sentence = bad
    english.force_login(newcomer.person)
    url, before = reverse("volunteers:add_credential"), kept()
    form = {"kind": "lawyer", "number": "13301201810123456", "issuer": "浙江省司法厅"}

    answer = english.post(url, {**form, "document": file})

    assert answer.status_code == 422
    assert (sentence or NO_DOCUMENT) in answer.text
    assert 'value="浙江省司法厅"' in answer.text
    assert not newcomer.credentials.exists()
    assert kept() == before


def test_a_form_larger_than_any_that_people_fill_in_is_explained(english, station, caplog):
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    answer = english.post(reverse("stations:report", args=[station.code]), {"kind": "water", "text": text})
    caplog.clear()

    assert answer.status_code == 413
    assert "<h1>This is too much at once</h1>" in answer.text
    assert "Please shorten the text or choose fewer rows, and send it again." in answer.text
    assert not FaultReport.objects.exists()


def test_more_files_than_any_form_has_are_explained(english, station, caplog):
    files = [io.BytesIO(b"x") for _n in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)]

    answer = english.post(reverse("stations:report", args=[station.code]), {"photo": files})
    caplog.clear()

    assert answer.status_code == 413
    assert "<h1>This is too much at once</h1>" in answer.text
