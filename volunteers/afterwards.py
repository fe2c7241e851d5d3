"""What volunteers and managers are written after a shift: absences, corrections, appeals, reminders."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.models import Station
from volunteers.letters import HELLO, THE_SHIFT, tell, to_managers

THE_STATION_WRITES = _("The station writes: %(reason)s")


def tell_absence(signup, reason="", paused_until=None) -> bool:
    """Kind words: most who do not come could not, and some have been overlooked."""
    reason = reason.strip()
    return tell(
        signup,
        f"absent:{signup.pk}:{signup.marked_at:%Y%m%dT%H%M%S%f}",
        _("Not seen at the shift: %(what)s, %(when)s"),
        HELLO,
        _("you were marked absent from this shift:"),
        THE_SHIFT,
        THE_STATION_WRITES if reason else "",
        _("You were missed several times, so please take no new shifts before %(until)s.")
        if paused_until
        else _("You are welcome at the next shift."),
        _("If you were there, or were prevented, please tell the station here: %(appeal)s"),
        reason=reason,
        until=f"{timezone.localtime(paused_until):%Y-%m-%d}" if paused_until else "",
        appeal=page("appeal", signup.pk),
    )


def tell_excused(signup, reason="") -> bool:
    reason = reason.strip()
    return tell(
        signup,
        f"excused:{signup.pk}:{signup.marked_at:%Y%m%dT%H%M%S%f}",
        _("Excused: %(what)s, %(when)s"),
        HELLO,
        _("you could not come to this shift, and you are excused:"),
        THE_SHIFT,
        THE_STATION_WRITES if reason else "",
        _("It does not count as an absence. You are welcome at the next shift."),
        reason=reason,
    )


def tell_corrected(signup, before: int, after: int, reason: str) -> bool:
    return tell(
        signup,
        f"corrected:{signup.pk}:{signup.hours.count()}",
        _("Your hours were corrected: %(what)s, %(when)s"),
        HELLO,
        _("the station has corrected your hours of this shift:"),
        THE_SHIFT,
        _("Before: %(before)d minutes. Now: %(after)d minutes."),
        THE_STATION_WRITES,
        _("If that is wrong, please tell us here: %(appeal)s"),
        before=before,
        after=after,
        reason=reason,
        appeal=page("appeal", signup.pk),
    )


def tell_upheld(appeal) -> bool:
    return tell(
        appeal.signup,
        f"appeal:{appeal.pk}",
        _("Put right: %(what)s, %(when)s"),
        HELLO,
        _("thank you for telling us. We have put right what was recorded of this shift:"),
        THE_SHIFT,
        THE_STATION_WRITES if appeal.reason else "",
        _("Your hours: %(hours)s"),
        reason=appeal.reason,
        hours=page("hours"),
    )


def tell_declined(appeal) -> bool:
    return tell(
        appeal.signup,
        f"appeal:{appeal.pk}",
        _("Looked at again: %(what)s, %(when)s"),
        HELLO,
        _("we have looked again at what was recorded of this shift. It stays as it was:"),
        THE_SHIFT,
        THE_STATION_WRITES,
        _("Your hours: %(hours)s"),
        reason=appeal.reason,
        hours=page("hours"),
    )


def page(name, *args):
    return settings.SITE_URL + reverse(f"volunteers:{name}", args=args)


def remind_of_unmarked(station: Station, today: date, *, count: int, until: date) -> int:
    """One letter to each manager about all that is open; how many were written anew."""
    said = {"station": station.name, "count": count, "until": f"{until:%Y-%m-%d}"}
    said["url"] = settings.SITE_URL + reverse("admin:desk_queue", args=["hours"])
    return to_managers(
        station,
        key=f"unmarked:{station.pk}:{today:%Y%m%d}",
        subject=Said(_("Please say who came: %(count)d at %(station)s"), said),
        body=Said(
            _(
                "Hello,\n\nat %(station)s it is not said yet whether %(count)d volunteers came. Hours are "
                "recorded within ten working days; the first of them run out on %(until)s:\n\n%(url)s"
            ),
            said,
        ),
    )


class Said:
    """Words that are read in the language of whoever they are written to."""

    def __init__(self, words, said):
        self.words, self.said = words, said

    def __str__(self):
        return str(self.words) % self.said
