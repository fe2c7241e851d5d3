"""Credentials: handing one in, and a reviewer's decision with its reason."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history
from stations.refusals import Refusal
from volunteers import letters
from volunteers.models import Credential, CredentialKind, Volunteer

# A lawyer's licence: kind of text 1, province 2, city 2, year of first practice 4,
# kind of practice 1, sex 1, serial 6 (司法部律师执业证号规则).
LAWYER_NUMBER = re.compile(r"1\d{4}(19|20)\d{2}[1-9][01]\d{6}", re.ASCII)
TRAINEE_LENGTH = 14


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
def submit(volunteer, *, kind, number, issuer, valid_to, document) -> Credential:
    """Hand a document in for review; one that still waits is replaced."""
    check_number(kind, number)
    # Two uploads at once queue here, so that the second replaces the first.
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    for replaced in volunteer.credentials.filter(kind=kind, status=Credential.Status.PENDING):
        replaced.status, replaced.decided_at = Credential.Status.DECLINED, timezone.now()
        replaced.reason = _("Replaced by a newer upload.")
        replaced.save(update_fields=["status", "reason", "decided_at"])
    return Credential.objects.create(
        volunteer=volunteer, kind=kind, number=number, issuer=issuer, valid_to=valid_to, document=document
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
