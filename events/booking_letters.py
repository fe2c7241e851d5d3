"""What is written to whoever has booked a time. Who has a card and no account reads it at the kiosk."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import messages


def confirm(booking) -> None:
    person = booking.account.person
    if person is None:
        return
    with translation.override(person.language):
        said = about(booking)
        messages.write_first(
            person.address,
            person=person,
            key=f"booking:{booking.pk}",
            subject=_("Booked: %(what)s, %(when)s") % said,
            body=_(
                "Hello %(name)s,\n\n"
                "your time is booked:\n\n%(what)s\n%(when)s\n%(where)s\nCode: %(code)s\n\n"
                "Please come a few minutes before and show the code. "
                "If you cannot come, please give the time back: %(url)s"
            )
            % said,
        )


def tell_released(booking) -> None:
    """Silences what says that the time is booked, should it still wait."""
    messages.cancel(f"booking:{booking.pk}")
    person = booking.account.person
    if person is None:
        return
    with translation.override(person.language):
        said = about(booking)
        messages.write_first(
            person.address,
            person=person,
            key=f"booking-released:{booking.pk}",
            subject=_("We cannot keep your time: %(what)s, %(when)s") % said,
            body=_(
                "Hello %(name)s,\n\n"
                "fewer people can serve than we thought, and this time of yours cannot be kept:\n\n"
                "%(what)s\n%(when)s\n%(where)s\n\n"
                "We are sorry. Please see whether another time suits you: %(url)s"
            )
            % said,
        )


def about(booking) -> dict:
    starts, station = timezone.localtime(booking.starts_at), booking.booth.station
    return {
        "name": str(booking.account.person),
        "what": booking.booth.get_kind_display(),
        "when": f"{date_format(starts, _('l, j F'))} {starts:%H:%M}",
        "where": f"{station.name} · {station.address}",
        "code": booking.code,
        "url": settings.SITE_URL + booking.booth.get_absolute_url(),
    }
