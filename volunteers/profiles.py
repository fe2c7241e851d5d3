"""A person's volunteer profile: joining, finding it again, and a guardian's consent."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers.locks import lock_people
from volunteers.models import Volunteer
from volunteers.models.people import new_number

# Another guardian agrees anew.
GUARDIAN = ["guardian_name", "guardian_phone"]


def find(person) -> Volunteer | None:
    """The person's volunteer profile; of whoever has signed in it is loaded already."""
    return getattr(person, "volunteer", None)


def of(person) -> Volunteer:
    """The profile, or a refusal that says where to make one."""
    volunteer = find(person)
    if volunteer is None:
        raise Refusal("no_profile", _("Please tell us first what you can do, on “What I can do”."))
    return volunteer


@transaction.atomic
def save(person, **fields) -> Volunteer:
    """Join, or change what one offers."""
    volunteer, is_new = Volunteer.objects.select_for_update().get_or_create(
        person=person, defaults=fields | {"number": free_number}
    )
    if is_new:
        return volunteer
    check_stays_minor(volunteer, fields)
    if any(name in fields and fields[name] != getattr(volunteer, name) for name in GUARDIAN):
        fields |= {"guardian_agreed_at": None, "guardian_seen_by": None}
    for name, value in fields.items():
        setattr(volunteer, name, value)
    volunteer.save()
    return volunteer


def free_number():
    """Among millions, two of ten digits drawn by chance are alike sooner than one thinks."""
    number = new_number()
    return free_number() if Volunteer.objects.filter(number=number).exists() else number


def check_stays_minor(volunteer, fields):
    """Nobody makes herself older than she has said: a guardian and the limits of her age hang on it."""
    if "minor_until" not in fields or not volunteer.is_minor(timezone.localdate()):
        return
    if fields["minor_until"] is None or fields["minor_until"] < volunteer.minor_until:
        raise Refusal(
            "minor_stays",
            _("You have told us a later date of birth. If that was wrong, please ask your home station."),
        )


@transaction.atomic
def note_guardian_consent(volunteer: Volunteer, *, by) -> Volunteer:
    """The station has spoken with the guardian of somebody under 18 (浙江省志愿服务条例 art. 9)."""
    [volunteer] = lock_people([volunteer])
    if not volunteer.is_minor(timezone.localdate()):
        raise Refusal("adult", _("No guardian is needed: this volunteer is not under 18."))
    agreed = {"guardian_agreed_at": timezone.now(), "guardian_seen_by": by}
    waiting = Volunteer.objects.filter(pk=volunteer.pk, guardian_agreed_at=None)
    if not waiting.update(**agreed):
        raise Refusal("agreed_before", _("The consent of this guardian is noted already."))
    before = dict.fromkeys(agreed)
    volunteer.refresh_from_db(fields=list(agreed))
    history.note(volunteer, by=by, before=before)
    return volunteer


def forget_guardians() -> int:
    """Who has come of age needs none: what was kept for it goes; how many there were."""
    of_age = Volunteer.objects.filter(minor_until__lte=timezone.localdate())
    nothing = {"minor_until": None, "guardian_agreed_at": None, "guardian_seen_by": None}
    return of_age.update(**nothing, **dict.fromkeys(GUARDIAN, ""))
