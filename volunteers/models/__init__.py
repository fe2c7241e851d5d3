from volunteers.models.credentials import Credential, document_path
from volunteers.models.kinds import (
    CONFIDENTIAL,
    REQUIRED_CREDENTIAL,
    SLOT_MINUTES,
    Circumstance,
    CredentialKind,
    Daypart,
    ServiceKind,
)
from volunteers.models.people import Team, TeamMember, Volunteer
from volunteers.models.records import Appeal, Certificate, HoursEntry
from volunteers.models.shifts import Series, Shift
from volunteers.models.signups import Agreement, Invitation, Signup, UsedCode

__all__ = [
    "CONFIDENTIAL",
    "REQUIRED_CREDENTIAL",
    "SLOT_MINUTES",
    "Agreement",
    "Appeal",
    "Certificate",
    "Circumstance",
    "Credential",
    "CredentialKind",
    "Daypart",
    "HoursEntry",
    "Invitation",
    "Series",
    "ServiceKind",
    "Shift",
    "Signup",
    "Team",
    "TeamMember",
    "UsedCode",
    "Volunteer",
    "document_path",
]
