"""What volunteers are written: one function per occasion, each occasion written once."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import messages
from stations.models import Posting


def confirm(signup):
    with translation.override(signup.volunteer.person.language):
        said = {"name": signup.volunteer.name, **about(signup.shift)}
        person = signup.volunteer.person
        messages.write_first(
            person.address,
            person=person,
            key=f"signup:{signup.pk}",
            subject=_("You have a place: %(what)s, %(when)s") % said,
            body=_(
                "Hello %(name)s,\n\n"
                "you have a place on this shift:\n\n%(what)s\n%(when)s\n%(where)s\n\n"
                "Details, calendar entry, cancelling: %(url)s\n\nThank you for giving your time."
            )
            % said,
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


def reminder_key(signup, starts_at=None):
    """A moved shift has another starting time, and so is reminded of again."""
    return f"remind:{signup.pk}:{starts_at or signup.shift.starts_at:%Y%m%dT%H%MZ}"


# What becomes of a place


def tell(signup, key, subject, *parts, **said) -> bool:
    """A letter about a shift, in paragraphs; those that are empty are left out."""
    with translation.override(signup.volunteer.person.language):
        said |= {"name": signup.volunteer.name, **about(signup.shift)}
        return to(
            signup.volunteer.person,
            key=key,
            subject=str(subject) % said,
            body="\n\n".join(str(part) % said for part in parts if part),
        )


HELLO = gettext_lazy("Hello %(name)s,")
THE_SHIFT = "%(what)s\n%(when)s\n%(where)s"


def offer(signup) -> bool:
    until = timezone.localtime(signup.offer_ends_at)
    return tell(
        signup,
        f"offer:{signup.pk}:{until:%Y%m%dT%H%M}",
        gettext_lazy("A place for you: %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("a place has become free, and you are next:"),
        THE_SHIFT,
        gettext_lazy("Please say yes or no until %(until)s; afterwards somebody else is asked: %(url)s"),
        until=f"{until:%Y-%m-%d %H:%M}",
    )


def tell_expired(signup) -> bool:
    return tell(
        signup,
        f"expired:{signup.pk}",
        gettext_lazy("The place has gone to somebody else: %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("we had no answer in time, so the place was offered to the next in the queue:"),
        THE_SHIFT,
        gettext_lazy("If you still want to come, go on the waiting list again: %(url)s"),
    )


def tell_taken_off(signup, reason) -> bool:
    return tell(
        signup,
        f"removed:{signup.pk}",
        gettext_lazy("You are not on this shift any more: %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("the station has taken you off this shift:"),
        THE_SHIFT,
        gettext_lazy("The station writes: %(reason)s"),
        reason=reason,
    )


def tell_replaced(signup) -> bool:
    return tell(
        signup,
        f"replaced:{signup.pk}",
        gettext_lazy("Somebody stands in for you: %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("somebody else has taken your place on this shift, so you need not come:"),
        THE_SHIFT,
        gettext_lazy("Thank you for looking after it in time."),
    )


def tell_moved(signup) -> bool:
    return tell(
        signup,
        f"moved:{signup.pk}:{signup.shift.sequence}",
        gettext_lazy("Changed: %(what)s, now %(when)s"),
        HELLO,
        gettext_lazy("the station has changed time or place of a shift of yours. Now it is:"),
        THE_SHIFT,
        gettext_lazy("Your place is kept. If you cannot come then, please give it back: %(url)s"),
    )


def tell_called_off(signup, reason) -> bool:
    return tell(
        signup,
        f"called-off:{signup.pk}",
        gettext_lazy("Cancelled: %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("this shift does not take place:"),
        THE_SHIFT,
        gettext_lazy("The station writes: %(reason)s"),
        gettext_lazy("We are sorry. Other shifts near you: %(shifts)s"),
        reason=reason,
        shifts=settings.SITE_URL + reverse("volunteers:shifts"),
    )


def tell_in_team(member, leader) -> bool:
    with translation.override(member.volunteer.person.language):
        said = {
            "name": member.volunteer.name,
            "leader": leader.name,
            "team": member.team.name,
            "url": settings.SITE_URL + reverse("volunteers:teams"),
        }
        return to(
            member.volunteer.person,
            key=f"team:{member.pk}",
            subject=_("You are in the team %(team)s now") % said,
            body=_(
                "Hello %(name)s,\n\n"
                "%(leader)s has taken you into the team %(team)s and can sign you up for shifts with it. "
                "If you do not want that, you can leave the team: %(url)s"
            )
            % said,
        )


def invite(invitation) -> bool:
    """To somebody who has no place yet: the shift's page tells the rest."""
    return tell(
        invitation,
        f"invite:{invitation.pk}",
        gettext_lazy("Would you help? %(what)s, %(when)s"),
        HELLO,
        gettext_lazy("the station lacks people for this shift, and it may suit you:"),
        THE_SHIFT,
        gettext_lazy("If you can come, please take a place here: %(url)s"),
        gettext_lazy("If not, you need not do anything."),
    )


# Documents


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


def tell_certificate_withdrawn(certificate):
    person = certificate.volunteer.person
    with translation.override(person.language):
        said = {
            "name": certificate.volunteer.name,
            "number": certificate.number,
            "reason": certificate.revoked_because,
            "url": settings.SITE_URL + reverse("volunteers:certificates"),
        }
        body = _(
            "Hello %(name)s,\n\n"
            "your certificate %(number)s has been withdrawn and does not count any more. "
            "The station writes: %(reason)s\n\n"
            "Your confirmed hours are kept. You can have a new certificate here: %(url)s"
        )
        to(
            person,
            key=f"certificate-withdrawn:{certificate.pk}",
            subject=_("Certificate withdrawn: %(number)s") % said,
            body=body % said,
        )


def to_managers(station, *, key, subject, body) -> int:
    """The same letter to everybody who runs the station today; how many were written anew."""
    managers = Posting.objects.current().filter(station=station, role=Posting.Role.MANAGER)
    written = 0
    for posting in managers.select_related("person"):
        with translation.override(posting.person.language):
            written += to(
                posting.person, key=f"{key}:{posting.person_id}", subject=str(subject), body=str(body)
            )
    return written


def to(person, *, key, subject, body):
    return messages.write(person.address, person=person, key=key, subject=subject, body=body)


def about(shift):
    starts = timezone.localtime(shift.starts_at)
    return {
        "what": shift.what,
        "when": f"{date_format(starts, _('l, j F'))} {starts:%H:%M}",
        "where": f"{shift.station.name} · {shift.station.address}",
        "url": settings.SITE_URL + shift.get_absolute_url(),
    }
