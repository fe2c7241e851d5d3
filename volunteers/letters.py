"""What volunteers are written: one function per occasion, each occasion written once."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import messages


def confirm(signup):
    with translation.override(signup.volunteer.person.language):
        to(
            signup.volunteer.person,
            key=f"signup:{signup.pk}",
            subject=_("You have a place: %(what)s, %(when)s") % about(signup.shift),
            body=_(
                "Hello %(name)s,\n\n"
                "you have a place on this shift:\n\n%(what)s\n%(when)s\n%(where)s\n\n"
                "Details, calendar entry, cancelling: %(url)s\n\nThank you for giving your time."
            )
            % {"name": signup.volunteer.name, **about(signup.shift)},
        )


def remind(signup) -> bool:
    """False when this sign-up has been reminded of this starting time already."""
    with translation.override(signup.volunteer.person.language):
        return to(
            signup.volunteer.person,
            key=reminder_key(signup),
            subject=_("Reminder: %(what)s, %(when)s") % about(signup.shift),
            body=_(
                "Hello %(name)s,\n\n"
                "your shift is coming up:\n\n%(what)s\n%(when)s\n%(where)s\n\n"
                "If you cannot come, please cancel in time: %(url)s"
            )
            % {"name": signup.volunteer.name, **about(signup.shift)},
        )


def reminder_key(signup):
    """A moved shift has another starting time, and so is reminded of again."""
    return f"remind:{signup.pk}:{signup.shift.starts_at:%Y%m%dT%H%MZ}"


def tell_decision(credential):
    tell = tell_approval if credential.status == credential.Status.APPROVED else tell_what_to_mend
    with translation.override(credential.volunteer.person.language):
        # A later decision on the same document is another letter.
        key = f"credential:{credential.pk}:{credential.decided_at:%Y%m%dT%H%M%S%f}"
        tell(credential, key=key, kind=credential.get_kind_display())


def tell_approval(credential, *, key, kind):
    said = {
        "name": credential.volunteer.name,
        "kind": kind,
        "url": settings.SITE_URL + reverse("volunteers:shifts"),
        "reason": credential.reason,
    }
    body = (
        _(
            "Hello %(name)s,\n\n"
            "your document “%(kind)s” has been approved:\n%(reason)s\n\n"
            "You can sign up for shifts now:\n%(url)s"
        )
        if credential.reason
        else _(
            "Hello %(name)s,\n\n"
            "your document “%(kind)s” has been approved. You can sign up for shifts now:\n%(url)s"
        )
    )
    to(credential.volunteer.person, key=key, subject=_("Approved: %(kind)s") % said, body=body % said)


def tell_what_to_mend(credential, *, key, kind):
    said = {
        "name": credential.volunteer.name,
        "kind": kind,
        "url": settings.SITE_URL + reverse("volunteers:profile"),
        "reason": credential.reason,
    }
    body = _(
        "Hello %(name)s,\n\n"
        "your document “%(kind)s” could not be approved:\n%(reason)s\n\n"
        "You can send it again here:\n%(url)s"
    )
    to(
        credential.volunteer.person,
        key=key,
        subject=_("Please look again: %(kind)s") % said,
        body=body % said,
    )


def tell_absence(signup, reason=""):
    """Kind words: most who do not come could not, and some have been overlooked."""
    with translation.override(signup.volunteer.person.language):
        said = {"name": signup.volunteer.name, "reason": reason.strip(), **about(signup.shift)}
        body = [
            _("Hello %(name)s,\n\nyou were marked absent from this shift:\n\n%(what)s\n%(when)s\n%(where)s"),
            _("The station writes: %(reason)s") if said["reason"] else "",
            _(
                "You are welcome at the next shift. If you were there, please tell the station, "
                "so that your hours are recorded: %(url)s"
            ),
        ]
        to(
            signup.volunteer.person,
            key=f"absent:{signup.pk}:{signup.marked_at:%Y%m%dT%H%M%S%f}",
            subject=_("Not seen at the shift: %(what)s, %(when)s") % said,
            body="\n\n".join(part % said for part in body if part),
        )


def to(person, *, key, subject, body):
    return messages.write(person.address, person=person, key=key, subject=subject, body=body)


def about(shift):
    starts = timezone.localtime(shift.starts_at)
    return {
        "what": shift.get_kind_display(),
        "when": f"{date_format(starts, _('l, j F'))} {starts:%H:%M}",
        "where": f"{shift.station.name} · {shift.station.address}",
        "url": settings.SITE_URL + shift.get_absolute_url(),
    }
