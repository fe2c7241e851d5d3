"""What is written when a document stops counting: to the volunteer, and to the stations that rely on it."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from volunteers.letters import about, to, to_managers


def tell_revoked(credential, flagged) -> bool:
    with translation.override(credential.volunteer.person.language):
        said = of(credential)
        parts = [
            _("Hello %(name)s,") % said,
            _("your document “%(kind)s” does not count any more. The station writes: %(reason)s") % said,
        ]
        if flagged:
            parts.append(_("You have places for which it is needed. The stations know and will call you:"))
            parts.append(listed(flagged))
        parts.append(_("If this is wrong, or you have a newer document, please send it here: %(url)s") % said)
        return to(
            credential.volunteer.person,
            key=f"revoked:{credential.pk}",
            subject=_("Counts no more: %(kind)s") % said,
            body="\n\n".join(parts),
        )


def tell_stations_of_revoked(credential, flagged) -> None:
    """To each station where she has a place: nobody is taken off in silence."""
    places = {}
    for signup in flagged:
        places.setdefault(signup.shift.station, []).append(signup)
    for station, signups in places.items():
        to_managers(
            station,
            key=f"revoked:{credential.pk}:{station.pk}",
            subject=lazy(lambda: _("Counts no more: %(kind)s, %(name)s") % of(credential), str)(),
            body=lazy(lambda signups: revoked_for_stations(credential, signups), str)(signups),
        )


def revoked_for_stations(credential, signups):
    why = _("The document “%(kind)s” of %(name)s does not count any more: %(reason)s") % of(credential)
    return "\n\n".join([why, call_in_time(), listed(signups)])


def tell_expiring(credential, days, flagged) -> bool:
    """Before a document runs out, once for each of the days."""
    with translation.override(credential.volunteer.person.language):
        said = of(credential)
        parts = [
            _("Hello %(name)s,") % said,
            _("your document “%(kind)s” is valid until %(day)s. Please send the renewed one: %(url)s") % said,
        ]
        if flagged:
            parts.append(_("You have places after that day for which it is needed:"))
            parts.append(listed(flagged))
        return to(
            credential.volunteer.person,
            key=f"expiring:{credential.pk}:{days}",
            subject=_("Valid until %(day)s: %(kind)s") % said,
            body="\n\n".join(parts),
        )


def tell_station_of_expiry(credential, flagged) -> int:
    return to_managers(
        credential.volunteer.home_station,
        key=f"expiring:{credential.pk}:station",
        subject=lazy(lambda: _("Valid until %(day)s: %(kind)s, %(name)s") % of(credential), str)(),
        body=lazy(lambda: expiry_for_station(credential, flagged), str)(),
    )


def expiry_for_station(credential, flagged):
    why = _("The document “%(kind)s” of %(name)s is valid until %(day)s and not renewed.") % of(credential)
    return "\n\n".join([why, call_in_time(), listed(flagged)])


def call_in_time():
    return _("It is needed for these places. Please call them, and look for somebody else in time:")


def listed(signups) -> str:
    return "\n".join("{what}, {when}, {where}".format(**about(signup.shift)) for signup in signups)


def of(credential):
    return {
        "name": credential.volunteer.name,
        "kind": credential.get_kind_display(),
        "reason": credential.reason,
        "day": credential.valid_to and date_format(credential.valid_to, _("j F Y")),
        "url": settings.SITE_URL + reverse("volunteers:profile") + "#documents",
    }
