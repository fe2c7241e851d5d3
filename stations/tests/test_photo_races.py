"""Two people who look at the same photo, and a picture replaced meanwhile, on PostgreSQL."""

from functools import partial

import pytest

from stations import photos
from stations.models import HistoryLine, StationPhoto
from stations.refusals import Refusal
from stations.tests.factories import make_photo, make_picture, make_user
from stations.tests.races import at_once, everybody

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
State = StationPhoto.State


@pytest.fixture
def counties():
    return [make_user(name="县总工会甲"), make_user(name="县总工会乙")]


@pytest.fixture
def waiting(station):
    return make_photo(station=station, state=State.PENDING)


def changes():
    return HistoryLine.objects.filter(model="stations.stationphoto", action="~").count()


def test_published_and_declined_at_once_is_one_of_them(waiting, counties):
    first, second = counties

    answers = at_once(
        partial(photos.publish, StationPhoto.objects.get(), by=first),
        partial(photos.decline, StationPhoto.objects.get(), by=second, reason="照片太暗"),
    )

    [winner] = [answer for answer in answers if isinstance(answer, StationPhoto)]
    [refused] = [answer for answer in answers if isinstance(answer, Refusal)]
    waiting.refresh_from_db()
    assert (refused.code, waiting.state, changes()) == ("decided_before", winner.state, 1)


def test_control_looking_at_the_photo_before_writing_decides_twice(waiting):
    has_looked = everybody(2)

    def decide(state):
        photo = StationPhoto.objects.get()
        has_looked()
        if photo.state == State.PENDING:
            photo.state = state
            photo.save()
            return state

    assert at_once(partial(decide, State.PUBLISHED), partial(decide, State.DECLINED)) == [
        State.PUBLISHED,
        State.DECLINED,
    ]


def test_a_picture_handed_in_meanwhile_is_never_published_unseen(waiting, counties):
    """Whichever comes first: what stands published is the picture that was looked at."""
    seen = waiting.image.name
    for _n in range(10):
        StationPhoto.objects.update(state=State.PENDING, image=seen)
        looked_at = StationPhoto.objects.get()

        def hand_in_another():
            photo = StationPhoto.objects.get()
            photo.image = make_picture()
            photos.hand_in(photo, by=counties[1], is_published=False).save()

        at_once(partial(photos.publish, looked_at, by=counties[0]), hand_in_another)

        waiting.refresh_from_db()
        assert waiting.state == State.PENDING or waiting.image.name == seen
