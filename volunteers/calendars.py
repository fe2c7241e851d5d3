"""A sign-up as a calendar entry (RFC 5545)."""

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from volunteers.models import Shift, Signup


def entry(signup: Signup) -> bytes:
    """An .ics file; importing it again after a change updates the same entry."""
    shift = signup.shift
    is_on = signup.status == Signup.Status.CONFIRMED and shift.status == Shift.Status.PUBLISHED
    event = Event()
    event.add("uid", f"signup-{signup.pk}@nuanyi")
    event.add("sequence", shift.sequence)
    event.add("status", "CONFIRMED" if is_on else "CANCELLED")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", timezone.localtime(shift.starts_at))
    event.add("dtend", timezone.localtime(shift.ends_at))
    event.add("summary", f"{shift.get_kind_display()} · {shift.station.name}")
    event.add("location", shift.station.address)
    event.add("geo", (shift.station.latitude, shift.station.longitude))
    event.add("url", settings.SITE_URL + shift.get_absolute_url())
    event.add("description", shift.bring)
    calendar = Calendar()
    calendar.add("prodid", "-//Nuanyi//Shifts//ZH")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()
