"""Where a volunteer stands with the documents that her services need."""

from dataclasses import dataclass

from volunteers.models import REQUIRED_CREDENTIAL, Credential, CredentialKind, Volunteer

# What she should see to first comes first.
URGENCY = ["revoked", "declined", "expired", "missing", "pending", "approved"]


@dataclass(frozen=True)
class Paper:
    kind: CredentialKind
    is_needed: bool
    credential: Credential | None
    # A newer one waits for review while this one still counts.
    is_renewed: bool

    @property
    def state(self):
        if self.credential is None:
            return "missing"
        if self.credential.status == Credential.Status.APPROVED and self.credential.is_expired:
            return "expired"
        return self.credential.status


def papers(volunteer: Volunteer) -> list[Paper]:
    """The documents she needs or has sent, one of each kind, the most urgent first."""
    sent = list(volunteer.credentials.order_by("-submitted_at"))
    needed = {REQUIRED_CREDENTIAL.get(service) for service in volunteer.services}
    found = [
        paper(kind, kind in needed, [credential for credential in sent if credential.kind == kind])
        for kind in CredentialKind
        if kind in needed or any(credential.kind == kind for credential in sent)
    ]
    return sorted(found, key=lambda each: URGENCY.index(each.state))


def paper(kind, is_needed, newest_first) -> Paper:
    """The approved one counts until a newer one is decided; else the newest."""
    newest = newest_first[0] if newest_first else None
    good = (c for c in newest_first if c.status == Credential.Status.APPROVED and not c.is_expired)
    counts = next(good, newest)
    is_renewed = counts is not newest and newest.status == Credential.Status.PENDING
    return Paper(kind=kind, is_needed=is_needed, credential=counts, is_renewed=is_renewed)
