"""Sign-ups as calendar entries (RFC 5545): one file a shift, and a feed under a secret address."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from stations import history
from volunteers.models import Shift, Signup, Volunteer

KEPT = timedelta(days=60)  # how long a past shift stays in the feed
REFRESH = timedelta(hours=1)
RING = timedelta(hours=-24)


def entry(signup: Signup) -> bytes:
    """An .ics file; importing it again after a change updates the same entry."""
    return calendar([signup]).to_ical()


def feed(volunteer: Volunteer) -> bytes:
    """All that she has promised, or has been offered; what has ended is there as cancelled."""
    signups = (
        volunteer.signups.exclude(status=Signup.Status.WAITLISTED)
        .filter(shift__ends_at__gt=timezone.now() - KEPT)
        .select_related("shift__station")
        .order_by("shift__starts_at", "pk")
    )
    with translation.override(volunteer.person.language):
        whole = calendar(signups)
        whole.add("x-wr-calname", _("My volunteer shifts"))
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT1H")
    return whole.to_ical()


# The address


def of_token(token: str) -> Volunteer | None:
    """Whose feed it is; nobody's once a new address is made, it is switched off or the account closed.

    Nor of whoever has withdrawn the consent to the personal information rules.
    """
    known = Volunteer.objects.filter(feed_token=token, person__is_active=True)
    consenting = known.filter(person__consents__isnull=False, person__consents__withdrawn_at=None)
    return consenting.select_related("person").first()


def new_address(volunteer: Volunteer, *, by) -> None:
    """The old one, if there is one, dies at once."""
    set_token(volunteer, secrets.token_urlsafe(32), by, _("A new calendar address was made."))


def switch_off(volunteer: Volunteer, *, by) -> None:
    set_token(volunteer, None, by, _("The calendar address was switched off."))


@transaction.atomic
def set_token(volunteer, token, by, reason):
    volunteer.feed_token = token
    Volunteer.objects.filter(pk=volunteer.pk).update(feed_token=token)
    history.note(volunteer, by=by, before={}, reason=reason)


# What a calendar reads


def calendar(signups) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Nuanyi//Shifts//ZH")
    calendar.add("version", "2.0")
    for signup in signups:
        calendar.add_component(event(signup))
    calendar.add_missing_timezones()
    return calendar


def event(signup: Signup) -> Event:
    shift, state = signup.shift, status(signup)
    event = Event()
    event.add("uid", f"signup-{signup.pk}@nuanyi")
    event.add("sequence", shift.sequence + (state == "CANCELLED"))
    event.add("status", state)
    # Of the last change that the row knows: a feed that has not changed is the same, byte by byte.
    event.add("dtstamp", signup.cancelled_at or signup.signed_up_at)
    event.add("dtstart", timezone.localtime(shift.starts_at))
    event.add("dtend", timezone.localtime(shift.ends_at))
    event.add("location", shift.station.address)
    event.add("geo", (shift.station.latitude, shift.station.longitude))
    for name, value in words(shift).items():
        event.add(name, value)
    if state == "CONFIRMED":
        event.add_component(alarm(event["summary"]))
    return event


def status(signup) -> str:
    if signup.shift.status != Shift.Status.PUBLISHED:
        return "CANCELLED"
    known = {Signup.Status.CONFIRMED: "CONFIRMED", Signup.Status.OFFERED: "TENTATIVE"}
    return known.get(signup.status, "CANCELLED")


def words(shift) -> dict[str, str]:
    """Calendars are shared with families and employers: of confidential services they say nothing."""
    if shift.is_confidential:
        return {"summary": f"{_('Volunteer service')} · {shift.station.name}"}
    return {
        "summary": f"{shift.what} · {shift.station.name}",
        "url": settings.SITE_URL + shift.get_absolute_url(),
        "description": shift.bring,
    }


def alarm(text) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", RING)
    alarm.add("description", text)
    return alarm
