"""Sending a document, and who may look at it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from volunteers.models import Credential
from volunteers.tests.factories import LAWYER_NUMBER, PDF
from volunteers.tests.reading import licence, reader, words

ADD = "/volunteer/credentials/add/?kind=lawyer"


@pytest.fixture
def client(db):
    return reader()


def test_every_lawyer_number_that_cannot_be_right_is_explained_and_the_rest_is_kept(client, newcomer):
    client.force_login(newcomer.person)

    trainee = client.post(ADD, licence(number="13301201810123"))
    short = client.post(ADD, licence(number="133012018"))

    assert (trainee.status_code, short.status_code) == (422, 422)
    assert "A 14-digit number is a trainee's." in words(trainee)
    assert "A lawyer's licence number has 17 digits and begins with 1." in words(short)
    assert "choose the photo again" in words(short)
    assert 'value="133012018"' in short.content.decode()
    assert 'value="浙江省司法厅"' in short.content.decode()
    assert Credential.objects.count() == 0


def test_a_number_typed_with_spaces_or_wide_digits_is_understood(client, newcomer):
    client.force_login(newcomer.person)

    client.post(ADD, licence(number="１３３０１ 2018 1012 3456"))

    assert Credential.objects.get().number == LAWYER_NUMBER


def test_a_document_of_the_past_is_refused(client, newcomer):
    client.force_login(newcomer.person)

    page = client.post(ADD, licence(valid_to=f"{timezone.localdate() - timedelta(days=1)}"))

    assert page.status_code == 422
    assert "This day has passed. Please send a document that is still valid." in words(page)


def test_a_program_named_like_a_photo_is_refused_in_words(client, newcomer):
    client.force_login(newcomer.person)
    program = SimpleUploadedFile("licence.jpg", b"MZ\x90\x00\x03" + bytes(200), "image/jpeg")

    page = client.post(ADD, licence(document=program))

    assert page.status_code == 422
    assert "This file is not a picture or PDF that we can read." in words(page)
    assert Credential.objects.count() == 0


def test_the_upload_says_who_sees_it_and_how_long_it_takes(client, newcomer):
    client.force_login(newcomer.person)

    page = client.get(ADD)

    assert "the manager of your home station (石门社区服务驿站)" in words(page)
    assert "up to three working days" in words(page)
    assert "17 digits, beginning with 1." in words(page)
    assert '<option value="lawyer" selected>' in page.content.decode()


@pytest.mark.parametrize("who", ["volunteer", "manager", "admin"])
def test_a_document_is_shown_to_its_owner_and_to_who_reviews_it(request, client, volunteer, who):
    person = request.getfixturevalue(who)
    credential = volunteer.credentials.get()
    client.force_login(getattr(person, "person", person))

    answer = client.get(f"/volunteer/credentials/{credential.pk}/document/")

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="lawyer-{credential.pk}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("who", ["newcomer", "stranger", "other_manager"])
def test_for_everybody_else_a_document_does_not_exist(request, client, volunteer, who):
    person = request.getfixturevalue(who)
    client.force_login(getattr(person, "person", person))

    assert client.get(f"/volunteer/credentials/{volunteer.credentials.get().pk}/document/").status_code == 404
