"""Credentials: handing one in, a reviewer's decision with its reason, and taking one back."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers import credential_letters, letters
from volunteers.locks import lock_people
from volunteers.models import REQUIRED_CREDENTIAL, Credential, CredentialKind, Shift, Signup, Volunteer

# A lawyer's licence: kind of text 1, province 2, city 2, year of first practice 4,
# kind of practice 1, sex 1, serial 6 (司法部律师执业证号规则).
LAWYER_NUMBER = re.compile(r"1\d{4}(19|20)\d{2}[1-9][01]\d{6}", re.ASCII)
TRAINEE_LENGTH = 14


def plain(number: str) -> str:
    """As it is kept and compared: people copy numbers with spaces, and type the wide digits of Chinese."""
    return "".join(unicodedata.normalize("NFKC", number).split())


def check_number(kind: str, number: str) -> None:
    """A ValidationError where the number cannot be right; only a lawyer's licence has a pattern."""
    if kind != CredentialKind.LAWYER:
        return
    if number.isdigit() and len(number) == TRAINEE_LENGTH:
        raise ValidationError(
            _("A 14-digit number is a trainee's. Legal advice needs a lawyer's licence with 17 digits."),
            code="trainee",
        )
    if not LAWYER_NUMBER.fullmatch(number):
        raise ValidationError(
            _(
                "A lawyer's licence number has 17 digits and begins with 1. "
                "Please compare it with your licence."
            ),
            code="lawyer_number",
        )


@transaction.atomic
def submit(volunteer, *, kind, number, issuer, valid_to, document, valid_from=None) -> Credential:
    """Hand a document in for review; one that still waits is replaced."""
    check_number(kind, number)
    # Two uploads at once queue here, so that the second replaces the first.
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    for replaced in volunteer.credentials.filter(kind=kind, status=Credential.Status.PENDING):
        replaced.status, replaced.decided_at = Credential.Status.DECLINED, timezone.now()
        replaced.reason = _("Replaced by a newer upload.")
        replaced.save(update_fields=["status", "reason", "decided_at"])
    return Credential.objects.create(
        volunteer=volunteer,
        kind=kind,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
    )


def check_approve(credential, reason):
    if credential.is_expired:
        raise Refusal("expired", _("This document has expired. Please decline it and say so."))


def check_decline(credential, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it and can mend it."))


def approve(credential, *, by, reason="") -> Credential:
    check_approve(credential, reason)
    return decide(credential, Credential.Status.APPROVED, by=by, reason=reason.strip())


def decline(credential, *, by, reason: str) -> Credential:
    check_decline(credential, reason)
    return decide(credential, Credential.Status.DECLINED, by=by, reason=reason.strip())


@transaction.atomic
def decide(credential, status, *, by, reason) -> Credential:
    """The first decision counts; a second one is told who decided and when."""
    waiting = Credential.objects.filter(pk=credential.pk, status=Credential.Status.PENDING)
    decided = waiting.update(status=status, reason=reason, decided_by=by, decided_at=timezone.now())
    credential.refresh_from_db()
    if not decided:
        raise Refusal(
            "decided_before",
            _("%(who)s has decided this already, on %(when)s.")
            % {
                "who": credential.decided_by or _("The volunteer"),
                "when": f"{timezone.localtime(credential.decided_at):%Y-%m-%d %H:%M}",
            },
        )
    history.note(credential, by=by, before={"status": Credential.Status.PENDING}, reason=reason)
    letters.tell_decision(credential)
    return credential


# Taken back, or run out


@transaction.atomic
def revoke(credential: Credential, *, by, reason: str) -> list[Signup]:
    """An approved document counts no more from now on; the places that it held up, none of them dropped.

    The volunteer and each station read which they are. Her row is locked as by whoever signs up, so that
    no sign-up slips through between the two.
    """
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer and the stations read it."))
    lock_people([credential.volunteer])
    approved = Credential.objects.filter(pk=credential.pk, status=Credential.Status.APPROVED)
    decision = {"decided_by": by, "decided_at": timezone.now(), "reason": reason.strip()}
    if not approved.update(status=Credential.Status.REVOKED, **decision):
        raise Refusal("not_approved", _("This document does not count any more. Please load the page anew."))
    credential.refresh_from_db()
    history.note(credential, by=by, before={"status": Credential.Status.APPROVED}, reason=reason.strip())
    flagged = depending(credential)
    credential_letters.tell_revoked(credential, flagged)
    credential_letters.tell_stations_of_revoked(credential, flagged)
    return flagged


def depending(credential: Credential) -> list[Signup]:
    """The volunteer's coming places that need this kind of document, and now lack one."""
    lacking = unqualified(credential.volunteer.signups.all()).filter(needs=credential.kind)
    return list(lacking.select_related("shift__station").order_by("starts_at"))


def unqualified(signups: QuerySet[Signup]) -> QuerySet[Signup]:
    """Of these the coming places and offers whose volunteer has no document that holds to the end.

    Because it was taken back, runs out before, or the shift was moved or has come to need one.
    """
    coming = signups.holding().filter(shift__status=Shift.Status.PUBLISHED, shift__ends_at__gt=timezone.now())
    holds = Credential.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=OuterRef("first_day")),
        Q(valid_to=None) | Q(valid_to__gte=OuterRef("last_day")),
        volunteer=OuterRef("volunteer"),
        kind=OuterRef("needs"),
        status=Credential.Status.APPROVED,
    )
    days = {"first_day": TruncDate("shift__starts_at"), "last_day": TruncDate("shift__ends_at")}
    return coming.alias(**days).annotate(needs=NEEDS).exclude(needs="").exclude(Exists(holds))


# What `Shift.required_credential` says, for many rows.
NEEDS = Case(
    *(When(shift__kind=service, then=Value(kind.value)) for service, kind in REQUIRED_CREDENTIAL.items()),
    default=F("shift__extra_credential"),
)
