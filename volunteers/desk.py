"""What waits for a decision about volunteers: credentials here, hours and appeals in attendance_desk."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import queues
from stations.queues import About, Choice, Queue, moment
from volunteers import credentials
from volunteers.attendance_desk import appeal_queue, hours_queue, service
from volunteers.models import Credential

SHOWN = 5  # similar items


def awaiting_review() -> list[Queue]:
    return [credential_queue(), hours_queue(), appeal_queue()]


# Credentials


def credential_queue() -> Queue:
    return Queue(
        key="credential",
        name=_("Credentials"),
        model=Credential,
        waiting=waiting_credentials,
        since="submitted_at",
        within=timedelta(days=3),
        choices=CREDENTIAL_CHOICES,
        about=about_credential,
        rule=_(
            "Name, number and issuer are the same on the document, it can be read, and it has not expired. "
            "Source: Regulations on Volunteer Services art. 16, Law on Lawyers art. 13."
        ),
        station="volunteer__home_station",
    )


def waiting_credentials():
    waiting = Credential.objects.pending().select_related("volunteer__home_station", "volunteer__person")
    return waiting.order_by("submitted_at", "pk")


CREDENTIAL_CHOICES = (
    Choice(
        key="approve",
        label=_("Approve"),
        verb=credentials.approve,
        shortcut="a",
        then=_(
            "The volunteer gets a message, and can sign up for shifts that need this document from now on."
        ),
        checks=(credentials.check_approve,),
    ),
    Choice(
        key="decline",
        label=_("Do not approve"),
        verb=credentials.decline,
        shortcut="d",
        then=_("The volunteer gets a message with your reason, and can send the document again."),
        checks=(credentials.check_decline,),
        is_good=False,
        reasons=(
            _("The photo is blurred. Please take it again by daylight, with all four corners."),
            _("The document has expired. Please send the renewed one."),
            _("The number differs from the one on the document. Please compare and send it again."),
            _("The name differs from the one in your profile. Please correct one of them."),
        ),
    ),
)


def about_credential(credential) -> About:
    volunteer = credential.volunteer
    facts = [
        (gettext("kind"), credential.get_kind_display()),
        (gettext("number"), credential.masked_number),
        (gettext("issued by"), credential.issuer),
        (gettext("valid from"), f"{credential.valid_from or '–'}"),
        (gettext("valid until"), validity(credential)),
        (gettext("submitted at"), moment(credential.submitted_at)),
        (gettext("home station"), str(volunteer.home_station)),
    ]
    return About(
        title=str(credential),
        facts=[*handed_in_by_others(credential), *facts],
        picture=reverse("volunteers:document", args=[credential.pk]),
        is_document=True,
        person=[*earlier_documents(credential), *service(volunteer)],
        similar=others_waiting(credential),
    )


def validity(credential) -> str:
    if credential.valid_to is None:
        return gettext("not limited")
    shown = f"{credential.valid_to:%Y-%m-%d}"
    return gettext("%(date)s (expired)") % {"date": shown} if credential.is_expired else shown


def handed_in_by_others(credential) -> list[tuple[str, str]]:
    """One number belongs to one person. Who else it is stays unsaid: they may be out of reach."""
    same = Credential.objects.filter(number_digest=credential.number_digest, kind=credential.kind)
    others = same.exclude(volunteer=credential.volunteer_id).select_related("volunteer__home_station")
    return [
        (
            gettext("Please look twice"),
            gettext("Somebody else has handed in the same number, at %(station)s: %(state)s.")
            % {"station": other.volunteer.home_station, "state": other.get_status_display()},
        )
        for other in others.order_by("-submitted_at")[:SHOWN]
    ]


def earlier_documents(credential) -> list[str]:
    earlier = Credential.objects.filter(volunteer=credential.volunteer_id).exclude(pk=credential.pk)
    return [
        " · ".join(
            filter(
                None,
                [
                    moment(other.decided_at or other.submitted_at),
                    other.get_kind_display(),
                    other.get_status_display(),
                    other.reason,
                ],
            )
        )
        for other in earlier.order_by("-submitted_at")[:SHOWN]
    ]


def others_waiting(credential) -> list[tuple[str, str]]:
    """Of the same kind at the same station, so that who may decide this may decide them."""
    waiting = waiting_credentials().filter(
        kind=credential.kind, volunteer__home_station=credential.volunteer.home_station_id
    )
    others = waiting.exclude(pk=credential.pk)[:SHOWN]
    return [(str(other), queues.address("credential", other.pk)) for other in others]
