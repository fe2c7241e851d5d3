"""A photo's way from the counter to the county and onto the pages."""

import pytest
from django.urls import reverse

from stations import photos
from stations.models import HistoryLine, Posting, StationPhoto
from stations.refusals import Refusal
from stations.tests.factories import make_photo, make_picture, make_posting, make_user

State = StationPhoto.State


@pytest.fixture
def county(station):
    """Looks after all stations of the county."""
    person = make_user(name="县总工会")
    make_posting(person, station.organisation, role=Posting.Role.MODERATOR)
    return person


def add_photo(client, station):
    """Give the station's form another photo, all else as it stands."""
    page = reverse("admin:stations_station_change", args=[station.pk])
    form = client.get(page).context["adminform"].form
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for formset in client.get(page).context["inline_admin_formsets"]:
        kept = formset.formset
        posted |= {f"{kept.prefix}-TOTAL_FORMS": 0, f"{kept.prefix}-INITIAL_FORMS": 0}
    posted |= {
        "history_mark": client.get(page).context["history_mark"],
        "photos-TOTAL_FORMS": 1,
        "photos-0-image": make_picture(),
        "photos-0-alt": "门口有绿色遮阳棚",
        "photos-0-place": 0,
        "photos-0-station": station.pk,
        "photos-0-id": "",
    }
    return client.post(page, posted)


def test_a_photo_from_the_counter_waits_for_the_county(client, manager, station):
    client.force_login(manager)

    answer = add_photo(client, station)

    photo = StationPhoto.objects.get()
    assert answer.status_code == 302
    assert (photo.state, photo.submitted_by) == (State.PENDING, manager)


def test_a_photo_from_the_county_is_published_at_once(client, county, station):
    client.force_login(county)

    add_photo(client, station)

    photo = StationPhoto.objects.get()
    assert (photo.state, photo.submitted_by) == (State.PUBLISHED, county)


def test_what_is_published_is_a_change_of_the_station_with_a_line_of_history(station, county):
    photo = make_photo(station=station, state=State.PENDING)
    before = station.updated_at

    photos.publish(photo, by=county)

    station.refresh_from_db()
    assert (photo.state, station.updated_at > before) == (State.PUBLISHED, True)
    assert HistoryLine.objects.filter(model="stations.stationphoto", person=county).count() == 1


def test_declining_needs_a_reason_which_the_manager_reads_beside_the_photo(client, station, county, manager):
    photo = make_photo(station=station, state=State.PENDING)

    with pytest.raises(Refusal, match="原因|Please say why"):
        photos.decline(photo, by=county, reason=" ")
    photos.decline(photo, by=county, reason="照片太暗，请白天再拍一张。")

    client.force_login(manager)
    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()
    assert "照片太暗，请白天再拍一张。" in page


def test_the_second_decision_is_told_how_it_stands(station, county):
    photo = make_photo(station=station, state=State.PENDING)
    seen_before = StationPhoto.objects.get()
    photos.publish(photo, by=county)

    with pytest.raises(Refusal) as refused:
        photos.decline(seen_before, by=county, reason="太暗")

    photo.refresh_from_db()
    assert (refused.value.code, photo.state) == ("decided_before", State.PUBLISHED)


@pytest.mark.parametrize("state", [State.PENDING, State.DECLINED])
def test_what_is_not_published_is_nowhere_public(client, station, manager, other_manager, state):
    photo = make_photo(station=station, state=state)
    address = photo.get_absolute_url()

    page = client.get(station.get_absolute_url()).content.decode()
    answered = client.get(f"/api/v1/stations/{station.code}/").json()

    assert (address in page, answered["photos"]) == (False, [])
    assert client.get(address).status_code == 404
    client.force_login(other_manager)
    assert client.get(address).status_code == 404
    client.force_login(manager)
    shown = client.get(address)
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8\xff")
    assert set(shown["Cache-Control"].split(", ")) == {"private", "no-store"}
