"""Hazard reports at the desk of the nearest station."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import hazards
from events.models import HazardReport
from stations import navigation, queues
from stations.directory import Found, around, metres
from stations.places import Place
from stations.queues import About, Choice, Queue, moment

SHOWN = 5  # earlier reports of the person, similar reports
NEAR = 100  # metres: probably the same hazard
State = HazardReport.State


def hazard_queue() -> Queue:
    return Queue(
        key="hazard",
        name=_("Hazard reports"),
        model=HazardReport,
        waiting=waiting_reports,
        since="created_at",
        within=timedelta(days=3),
        choices=CHOICES,
        about=about_report,
        rule=_(
            "Is it there, is it dangerous or in the way, and is it not reported twice? "
            "Whoever can mend it is to be told by you. Source: the points rules, verified hazard photos."
        ),
    )


def waiting_reports():
    return HazardReport.objects.pending().select_related("station", "person").order_by("created_at", "pk")


CHOICES = (
    Choice(
        key="verify",
        label=_("Verify"),
        verb=hazards.verify,
        shortcut="v",
        then=_(
            "The reporter earns the points of the rule, as long as those of that day are not used up, and "
            "reads what you write."
        ),
        reasons=(
            _("Thank you. It has been made safe."),
            _("Thank you. We have told those who can mend it."),
            _("Thank you. We have closed off the place until it is mended."),
        ),
    ),
    Choice(
        key="decline",
        label=_("Not verified"),
        verb=hazards.decline,
        shortcut="d",
        then=_("No points are earned. The reporter reads your reason, and can report it again."),
        checks=(hazards.check_reason,),
        is_good=False,
        reasons=(
            _("We went there and could not find it any more. Thank you for keeping an eye on it."),
            _("Somebody has reported it before you, and it is being seen to. Thank you all the same."),
            _("The photo does not show what is dangerous. Please take another one if it is safe to do so."),
            _("We could not find the place. Please mark it on the map once more."),
        ),
    ),
)


def about_report(report) -> About:
    return About(
        title=str(report),
        facts=[
            (gettext("kind of hazard"), report.get_category_display()),
            (gettext("where"), report.where),
            (gettext("on the map"), on_the_map(report)),
            (gettext("nearest station"), f"{report.station} · {far(report, report.station)}"),
            (gettext("what is to be seen"), report.text or "–"),
            (gettext("sent in at"), moment(report.created_at)),
        ],
        picture=reverse("hazards:photo", args=[report.pk]),
        person=earlier(report),
        similar=similar(report),
    )


def on_the_map(report):
    address = navigation.amap(Place(*report.point, report.where))
    position = f"{report.latitude:.5f}, {report.longitude:.5f}"
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, position)


def far(report, place) -> str:
    """How far something with a latitude and longitude is, in words."""
    return Found(None, None, metres(*report.point, place.latitude, place.longitude)).far


def earlier(report) -> list[str]:
    others = HazardReport.objects.filter(person=report.person_id).exclude(pk=report.pk)
    counts = others.aggregate(
        verified=Count("pk", filter=Q(state=State.VERIFIED)),
        declined=Count("pk", filter=Q(state=State.DECLINED)),
    )
    return [
        str(report.person),
        ngettext("%(n)d report verified before", "%(n)d reports verified before", counts["verified"])
        % {"n": counts["verified"]},
        ngettext("%(n)d report not verified", "%(n)d reports not verified", counts["declined"])
        % {"n": counts["declined"]},
        *(
            f"{moment(other.created_at)} · {other} · {other.get_state_display()}"
            for other in others.select_related("station")[:SHOWN]
        ),
    ]


def similar(report) -> list[tuple[str, str]]:
    """What waits at the same counter and may be the same hazard, the nearest first."""
    box = around(*report.point, NEAR)
    beside = Q(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
    others = HazardReport.objects.pending().filter(station=report.station_id).exclude(pk=report.pk)
    others = others.filter(Q(category=report.category) | beside).select_related("station")
    found = sorted(others, key=lambda other: metres(*report.point, *other.point))
    return [
        (f"{other} · {far(report, other)} · {moment(other.created_at)}", queues.address("hazard", other.pk))
        for other in found[:SHOWN]
    ]
