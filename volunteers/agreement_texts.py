"""The words of the written agreement about a shift or a series (浙江省志愿服务条例 art. 21)."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from volunteers import agreements
from volunteers.models import Shift, Volunteer


def text(volunteer: Volunteer, shift: Shift) -> str:
    """Chinese is what counts; who reads English gets that too."""
    languages = ["zh-hans"]
    if not translation.get_language().startswith("zh"):
        languages.append("en")
    return "\n\n———\n\n".join(in_language(language, volunteer, shift) for language in languages)


def in_language(language, volunteer, shift) -> str:
    with translation.override(language):
        parts = [
            _("Agreement on volunteer service"),
            *sides(volunteer, shift),
            *about(volunteer, shift),
            *duties(),
        ]
        return "\n\n".join(parts)


def sides(volunteer, shift):
    station = shift.station
    organisation = shift.organiser or station.organisation.name
    yield _("Organisation: %(organisation)s, at %(station)s") % {
        "organisation": organisation,
        "station": station.name,
    }
    yield _("Volunteer: %(name)s, volunteer number %(number)s") % {
        "name": volunteer.name,
        "number": volunteer.number,
    }
    if volunteer.is_minor(timezone.localdate()):
        yield _("The volunteer is under 18. Guardian, who has agreed: %(guardian)s") % {
            "guardian": volunteer.guardian_name
        }


def about(volunteer, shift):
    yield _("Service: %(what)s") % {"what": shift.what}
    yield _("When: %(when)s") % {"when": series_times(shift) if shift.series else times(shift)}
    where = {"station": shift.station.name, "address": shift.station.address}
    yield _("Where: %(station)s, %(address)s") % where
    yield _("It is agreed in writing because: %(reasons)s") % {
        "reasons": _("; ").join(reasons(volunteer, shift))
    }
    yield _("Risks: %(risks)s") % {"risks": shift.risks or _("none beyond those of everyday life are known")}
    if shift.required_credential:
        yield _("Document needed: %(kind)s") % {"kind": shift.required_credential_label}


def times(shift):
    starts, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    last_day = "" if ends.date() == starts.date() else f"{date_format(ends, _('j F Y'))} "
    return f"{date_format(starts, _('j F Y'))} {starts:%H:%M}–{last_day}{ends:%H:%M}"


def series_times(shift):
    series = shift.series
    said = {
        "first": date_format(series.starts_on, _("j F Y")),
        "last": series.ends_on and date_format(series.ends_on, _("j F Y")),
        "time": f"{series.starts_at:%H:%M}",
        "minutes": series.minutes,
    }
    if series.ends_on:
        words = _("every shift of the series from %(first)s to %(last)s, from %(time)s, %(minutes)d minutes")
    else:
        words = _("every shift of the series from %(first)s on, from %(time)s, %(minutes)d minutes")
    return words % said


def reasons(volunteer, shift):
    yield from shift.get_agree_for_display()
    if agreements.serves_long(volunteer, shift):
        yield _("The service lasts longer than a month")


def duties():
    """What both sides owe each other: 志愿服务条例 art. 12, 16, 17, 19–22; Zhejiang art. 20–23 and 28."""
    yield _(
        "The organisation says truthfully what the service is and what may happen, trains and equips the "
        "volunteer, takes out accident insurance where there may be a danger, keeps what it knows of the "
        "volunteer to itself, and records the hours and certifies them free of charge."
    )
    yield _(
        "The volunteer serves of their own free will and unpaid, takes nothing from those served, comes in "
        "time or says in time that they cannot, keeps to what is said for safety, and tells nobody what they "
        "learn of those served."
    )
    yield _("Either side may end this agreement at any time by telling the other before the next shift.")
