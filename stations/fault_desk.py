"""Faults at the desk: what could hurt somebody has a queue of its own, with a shorter time."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import faults
from stations.models import Fault
from stations.queues import About, Choice, Queue, moment

SHOWN = 5  # other faults at the station


def both() -> list[Queue]:
    return [
        fault_queue(
            "danger",
            _("Dangers"),
            lambda: open_faults().filter(is_dangerous=True),
            timedelta(days=1),
            _(
                "Somebody could be hurt: close off the place or have it mended today. "
                "Source: the provincial plan, “from building to running”, shared upkeep."
            ),
        ),
        fault_queue(
            "fault",
            _("Faults"),
            lambda: open_faults().filter(is_dangerous=False),
            timedelta(days=3),
            _(
                "A facility that is taken up is shown as one that needs repair, and works again once it is "
                "fixed. Source: the provincial plan, “from building to running”, shared upkeep."
            ),
        ),
    ]


def open_faults():
    return Fault.objects.open().select_related("station").order_by("opened_at", "pk")


def fault_queue(key, name, waiting, within, rule) -> Queue:
    return Queue(
        key=key,
        name=name,
        model=Fault,
        waiting=waiting,
        since="opened_at",
        within=within,
        choices=FAULT_CHOICES,
        about=about_fault,
        rule=rule,
    )


def take_up(fault, *, by, reason=""):
    return faults.take_up(fault, by=by, answer=reason)


def fix(fault, *, by, reason=""):
    return faults.fix(fault, by=by, answer=reason)


def answer(fault, *, by, reason):
    return faults.tell(fault, by=by, answer=reason)


FAULT_CHOICES = (
    Choice(
        key="take_up",
        label=_("Take up"),
        verb=take_up,
        shortcut="t",
        then=_(
            "The facility is shown as one that needs repair. Those who reported it read that somebody sees "
            "to it, and what you write."
        ),
        checks=(faults.check_waits,),
        reasons=(
            _("Thank you for telling us. Somebody comes to repair it this week."),
            _("Thank you for telling us. We have ordered what is missing."),
            _("Thank you for telling us. Until it is repaired, please use the neighbouring station."),
        ),
    ),
    Choice(
        key="fix",
        label=_("Fixed"),
        verb=fix,
        shortcut="f",
        then=_(
            "The facility works again on all pages and maps, and the fault is closed. Those who reported it "
            "read it, with what you write."
        ),
        reasons=(
            _("It works again. Thank you for telling us."),
            _("We have put a new one in. Thank you for telling us."),
            _("We have looked at it on site and found it in order. Please tell us if it happens again."),
        ),
    ),
    Choice(
        key="answer",
        label=_("Answer only"),
        verb=answer,
        shortcut="a",
        then=_("Those who reported it read what you write. The fault goes on waiting."),
        checks=(faults.check_answer,),
        reasons=(
            _("We are waiting for a part and will tell you here when it has come."),
            _("Could you report once more where exactly it is, with a photo? Thank you."),
            _("Please stay away from it until it is repaired."),
        ),
    ),
)


def about_fault(fault) -> About:
    reports = list(fault.reports.order_by("-created_at")[:20])
    last_photo = next((report for report in reports if report.photo), None)
    facts = [
        (gettext("station"), f"{fault.station} · {fault.station.address}"),
        (gettext("facility"), str(fault.subject)),
        (gettext("state"), fault.get_state_display()),
        (gettext("reported at"), moment(fault.opened_at)),
        *((gettext("what is wrong"), f"{report.text} ({moment(report.created_at)})") for report in reports),
    ]
    if fault.taken_up_at:
        facts.append((gettext("taken up at"), moment(fault.taken_up_at)))
    if fault.answer:
        facts.append((gettext("answer to those who reported it"), fault.answer))
    others = Fault.objects.filter(station=fault.station_id).exclude(pk=fault.pk).select_related("station")
    return About(
        title=str(fault),
        facts=facts,
        picture=reverse("stations:fault_photo", args=[last_photo.pk]) if last_photo else "",
        similar=[
            (
                f"{other.subject} · {other.get_state_display()} · {moment(other.opened_at)}",
                reverse("admin:stations_fault_change", args=[other.pk]),
            )
            for other in others.order_by("-opened_at")[:SHOWN]
        ],
    )
