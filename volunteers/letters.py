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
    with translation.override(credential.volunteer.person.language):
        good = credential.status == credential.Status.APPROVED
        page = settings.SITE_URL + reverse("volunteers:shifts" if good else "volunteers:profile")
        to(
            credential.volunteer.person,
            key=f"credential:{credential.pk}:{credential.status}",
            subject=_("Approved: %(kind)s") % {"kind": credential.get_kind_display()}
            if good
            else _("Please look again: %(kind)s") % {"kind": credential.get_kind_display()},
            body=_(
                "Hello %(name)s,\n\n"
                "your document “%(kind)s” has been approved. You can sign up for shifts now:\n%(url)s"
            )
            % {"name": credential.volunteer.name, "kind": credential.get_kind_display(), "url": page}
            if good
            else _(
                "Hello %(name)s,\n\n"
                "your document “%(kind)s” could not be approved:\n%(reason)s\n\n"
                "You can send it again here:\n%(url)s"
            )
            % {
                "name": credential.volunteer.name,
                "kind": credential.get_kind_display(),
                "reason": credential.reason,
                "url": page,
            },
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
