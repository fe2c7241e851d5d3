"""Hazards that people photograph on their way: reported, checked at the nearest counter, thanked for."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events import messages, points
from events.models import HazardReport, PointsEntry
from stations import directory, history, limits, pictures
from stations.models import Station
from stations.refusals import Refusal

AN_HOUR = 3600
BY_PERSON, BY_ADDRESS = 10, 60  # an hour; many phones share one address of their operator
State = HazardReport.State


def report(person, *, category, text="", photo, point, place="", address) -> HazardReport:
    """Hand a hazard in, for the counter of the nearest station to look at.

    `photo` is the file as it was sent, `point` (latitude, longitude) in WGS-84, `address` the connection's.
    A ValidationError where the photo is no picture.
    """
    check_limits(person, address)
    check_province(point)
    station = nearest_station(point)
    latitude, longitude = point
    return HazardReport.objects.create(
        person=person,
        category=category,
        text=text,
        photo=pictures.redraw(photo),
        latitude=latitude,
        longitude=longitude,
        place=place,
        station=station,
    )


def check_limits(person, address):
    """Before the picture is drawn, which costs more than all the rest."""
    if not (
        limits.allow("hazard", person.pk, times=BY_PERSON, seconds=AN_HOUR)
        and limits.allow("hazard-from", address, times=BY_ADDRESS, seconds=AN_HOUR)
    ):
        raise Refusal("too_many", _("You have sent many reports. Please try again in an hour."))


def check_province(point):
    if directory.PROVINCE.closest(*point) != tuple(point):
        raise Refusal("elsewhere", _("This place lies outside Zhejiang. Please mark it again."))


def nearest_station(point) -> Station:
    found = directory.nearest(Station.objects.listed(), point, most=1)
    if not found:
        raise Refusal(
            "no_station", _("No station can check it yet. Please tell the trade union of your county.")
        )
    [(_metres, _code, pk)] = found
    return Station.objects.get(pk=pk)


# Deciding


def check_reason(report, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: whoever reported it reads it."))


@transaction.atomic
def verify(report: HazardReport, *, by, reason="") -> HazardReport:
    """It is there. The report earns what the day's rule leaves, and the reporter reads which."""
    decide(report, State.VERIFIED, by=by, reason=reason)
    entry = points.earn_by_rule(
        points.account_of(report.person),
        PointsEntry.Kind.EARN_REPORT,
        key=report.key,
        day=report.day,
        reason=in_the_ledger(report),
        actor=by,
        station=report.station,
    )
    tell_verified(report, entry)
    return report


@transaction.atomic
def decline(report: HazardReport, *, by, reason: str) -> HazardReport:
    check_reason(report, reason)
    decide(report, State.DECLINED, by=by, reason=reason)
    tell_declined(report)
    return report


def decide(report, state, *, by, reason):
    """The first decision counts; a second one is told how it stands. Nobody decides on their own report."""
    if by.pk == report.person_id:
        raise Refusal("own_report", _("This is your own report. Please let somebody else decide on it."))
    values = {"state": state, "answer": reason.strip()[:200], "decided_by": by, "decided_at": timezone.now()}
    decided = HazardReport.objects.pending().filter(pk=report.pk).update(**values)
    report.refresh_from_db()
    if not decided:
        raise Refusal(
            "decided_before",
            _("%(who)s has decided on this already. It stands at: %(state)s.")
            % {"who": report.decided_by, "state": report.get_state_display()},
        )
    history.note(report, by=by, before={"state": State.PENDING, "answer": ""}, reason=values["answer"])


def in_the_ledger(report) -> str:
    """In one language, whoever decides."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{report.get_category_display()} · {report.where}"[:120]


# Telling


def tell_verified(report, entry):
    with translation.override(report.person.language):
        if entry:
            earned = _("%(points)d points are entered for you. Thank you for looking out for others.")
        else:
            earned = _(
                "It earns no points: those that reports can earn on one day are used up for that day. "
                "It helps all the same. Thank you for looking out for others."
            )
        tell(
            report,
            _("Verified: %(what)s"),
            _("we have checked what you reported, and it is as you say:"),
            earned % {"points": entry.points if entry else 0},
        )


def tell_declined(report):
    with translation.override(report.person.language):
        tell(
            report,
            _("About your report: %(what)s"),
            _("thank you for your report. We could not verify it:"),
            _("If it is still there, please report it again."),
        )


def tell(report, subject, begins, ends):
    """A letter in paragraphs, in the language that is active."""
    answer = report.answer and _("The station writes: %(reason)s") % {"reason": report.answer}
    paragraphs = [
        _("Hello %(name)s,") % {"name": report.person},
        begins,
        f"{report}\n{timezone.localtime(report.created_at):%Y-%m-%d %H:%M}",
        answer,
        ends,
        settings.SITE_URL + report.get_absolute_url(),
    ]
    messages.write(
        report.person.address,
        person=report.person,
        key=report.key,
        subject=subject % {"what": report},
        body="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
    )
