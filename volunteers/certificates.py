"""Certificates of what the ledger of hours holds: free, true, on request (志愿服务记录与证明出具办法)."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stations import history
from stations.hours import midnight
from stations.refusals import Refusal
from volunteers import letters
from volunteers.locks import lock_people
from volunteers.models import Certificate, Signup

# GB 11643: what each of the 17 digits counts for; the sum names the eighteenth sign.
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
CHECK_SIGNS = "10X98765432"
# With all of these the same, two certificates say the same.
SAID = ["title", "name", "id_kind", "id_number", "lines", "organisation_id"]


class IdKind(models.TextChoices):
    CARD = "id_card", gettext_lazy("Resident identity card")
    PERMIT = "permit", gettext_lazy("Mainland travel permit (Hong Kong, Macao, Taiwan)")
    PASSPORT = "passport", gettext_lazy("Passport")


@transaction.atomic
def issue(volunteer, *, since, until, by, id_kind="", id_number="") -> Certificate:
    """What is confirmed of the shifts that began in these days, as it stands now.

    Later corrections make another certificate, never another text of this one. Asked for twice with
    nothing changed, it is the one that there is.
    """
    check_period(since, until)
    id_number = clean_id(id_kind, id_number)
    lock_people([volunteer])
    signups = confirmed(volunteer, since, until)
    check_anything(signups)
    organisation = volunteer.home_station.organisation
    certificate = Certificate(
        volunteer=volunteer,
        title=title(signups, organisation),
        name=volunteer.name,
        id_kind=id_kind if id_number else "",
        since=since,
        until=until,
        minutes=sum(signup.net for signup in signups),
        lines=lines(signups),
        organisation=organisation,
    )
    certificate.id_number = id_number
    standing = volunteer.certificates.filter(since=since, until=until, revoked_at=None)
    for other in standing:
        if all(getattr(other, name) == getattr(certificate, name) for name in SAID):
            return other
    with history.acting(by):
        certificate.save()
    return certificate


@transaction.atomic
def revoke(certificate: Certificate, *, by, reason: str) -> None:
    """It stays on record, and says wherever it is checked that it does not count."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it."))
    standing = Certificate.objects.filter(pk=certificate.pk, revoked_at=None)
    if not standing.update(revoked_at=timezone.now(), revoked_because=reason):
        raise Refusal("revoked", _("This certificate has been withdrawn already."))
    certificate.refresh_from_db(fields=["revoked_at", "revoked_because"])
    history.note(certificate, by=by, before={"revoked_at": None, "revoked_because": ""}, reason=reason)
    letters.tell_certificate_withdrawn(certificate)


def typed(text: str) -> Certificate | None:
    """By the code or the number, as people type them: small letters, spaces and dashes do not matter."""
    asked = plain(text)
    return (
        Certificate.objects.filter(models.Q(code=asked) | models.Q(number=asked))
        .select_related("organisation")
        .first()
    )


def plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())[:20]


# What may be certified


def check_period(since, until):
    if until < since:
        raise Refusal("period", _("The last day lies before the first. Please change one of them."))
    if until > timezone.localdate():
        raise Refusal(
            "future", _("A certificate is about what was done: its last day is today at the latest.")
        )


def check_anything(signups):
    if not signups:
        raise Refusal(
            "nothing",
            _(
                "No hours are confirmed in these days. Please choose other days; "
                "if a station has not confirmed yours, please ask it to."
            ),
        )


def clean_id(kind: str, number: str) -> str:
    """Asked for this only, and only if the volunteer wants it on the paper (order 67, art. 5)."""
    number = "".join(number.split()).upper()
    if not number:
        return ""
    if kind not in IdKind:
        raise Refusal("id_kind", _("Please say what kind of ID this number is from."))
    if kind == IdKind.CARD and not is_card_number(number):
        raise Refusal(
            "id_number",
            _("This is not the number of an identity card. Please compare each of its 18 characters."),
        )
    if not re.fullmatch(r"[0-9A-Z]{6,20}", number):
        raise Refusal("id_number", _("An ID number has 6 to 20 letters and digits. Please compare it."))
    return number


def is_card_number(number: str) -> bool:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return CHECK_SIGNS[total % 11] == number[17]


# What it says


def confirmed(volunteer, since, until) -> list[Signup]:
    """Sign-ups of which hours are left once corrections are taken off, as `net` minutes."""
    begins, ends = midnight(since), midnight(until + timedelta(days=1))
    return list(
        Signup.objects.filter(volunteer=volunteer, shift__starts_at__gte=begins, shift__starts_at__lt=ends)
        .annotate(net=Sum("hours__minutes"))
        .filter(net__gt=0)
        .select_related("shift__station__organisation", "shift__service_day")
        .order_by("shift__starts_at", "pk")
    )


def title(signups, organisation) -> Certificate.Title:
    """谁记录谁证明: a proof only where who records has organised every one of the services."""
    organised = (
        not signup.shift.organiser and signup.shift.station.organisation_id == organisation.pk
        for signup in signups
    )
    return Certificate.Title.PROOF if all(organised) else Certificate.Title.RECORD


def lines(signups) -> list[dict]:
    """Nobody who was served is in them: service and station only."""
    with translation.override(settings.LANGUAGE_CODE):
        return [
            {
                "date": timezone.localdate(signup.shift.starts_at).isoformat(),
                "activity": activity(signup.shift),
                "station": signup.shift.station.name,
                "service": signup.shift.what,
                "organiser": organiser(signup.shift),
                "minutes": signup.net,
            }
            for signup in signups
        ]


def activity(shift) -> str:
    return shift.service_day.title if shift.service_day else _("Volunteer service")


def organiser(shift) -> str:
    return shift.organiser or shift.station.organisation.name
