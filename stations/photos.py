"""Photos of stations: handed in at the counter, looked at by the county, published or declined."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.models import StationPhoto
from stations.refusals import Refusal

State = StationPhoto.State


def hand_in(photo: StationPhoto, *, by, is_published: bool) -> StationPhoto:
    """Mark a new picture, to be saved: published at once by a county, waiting for it otherwise."""
    photo.state = State.PUBLISHED if is_published else State.PENDING
    photo.reason, photo.submitted_by, photo.submitted_at = "", by, timezone.now()
    return photo


def check_decline(photo, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the station's manager reads it beside the photo."))


@transaction.atomic
def publish(photo: StationPhoto, *, by, reason="") -> StationPhoto:
    photo.station.touch()  # partners and the offline pack hear of it
    return decide(photo, State.PUBLISHED, by=by, reason=reason)


@transaction.atomic
def decline(photo: StationPhoto, *, by, reason: str) -> StationPhoto:
    check_decline(photo, reason)
    return decide(photo, State.DECLINED, by=by, reason=reason)


def decide(photo, state, *, by, reason) -> StationPhoto:
    """The first decision counts; a second one is told how it stands."""
    reason = reason.strip()[:200]
    # Another picture may have been handed in since: it has not been looked at.
    waiting = StationPhoto.objects.filter(pk=photo.pk, state=State.PENDING, image=photo.image.name)
    decided = waiting.update(state=state, reason=reason)
    photo.refresh_from_db()
    if not decided:
        raise Refusal(
            "decided_before",
            _("This photo has changed meanwhile. It stands at: %(state)s.")
            % {"state": photo.get_state_display()},
        )
    history.note(photo, by=by, before={"state": State.PENDING}, reason=reason)
    return photo
