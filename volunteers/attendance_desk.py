"""What the desk knows of attendance: hours to confirm, and appeals."""

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from stations import queues
from stations.holidays import Workdays
from stations.queues import About, Choice, Queue, moment
from volunteers import appeals, attendance, hours
from volunteers.models import Appeal, Signup

SHOWN = 5  # similar items


# Hours


def hours_queue() -> Queue:
    return Queue(
        key="hours",
        name=_("Hours to confirm"),
        model=Signup,
        waiting=waiting_hours,
        since="shift__ends_at",
        within=Workdays(10),
        choices=HOURS_CHOICES,
        about=about_hours,
        rule=_(
            "Time that was really given, recorded within ten working days. "
            "Source: Measures for Volunteer Service Records (order 67) art. 7 and 11."
        ),
        station="shift__station",
    )


def waiting_hours():
    related = ["shift__station", "volunteer__person"]
    return Signup.objects.unmarked().select_related(*related).order_by("shift__ends_at", "pk")


HOURS_CHOICES = (
    Choice(
        key="came",
        label=_("Came"),
        verb=attendance.mark_came,
        shortcut="c",
        then=_(
            "The hours are confirmed as checked in and out, or for the whole shift, "
            "and the volunteer's points follow at once."
        ),
        checks=(attendance.check_has_begun, attendance.check_times),
    ),
    Choice(
        key="absent",
        label=_("Did not come"),
        verb=attendance.mark_absent,
        shortcut="a",
        then=_("The volunteer gets a message with your reason. No hours and no points are recorded."),
        checks=(attendance.check_has_begun, attendance.check_absence),
        is_good=False,
        reasons=(
            _("We did not see you at the shift."),
            _("You left before the work had begun."),
        ),
    ),
    Choice(
        key="excused",
        label=_("Did not come, excused"),
        verb=attendance.mark_excused,
        shortcut="e",
        then=_("The volunteer gets a message. No hours are recorded, and it does not count as an absence."),
        checks=(attendance.check_has_begun, attendance.check_absence),
        is_good=False,
        reasons=(
            _("You told us that you were prevented. Thank you for letting us know."),
            _("The shift could not take place."),
        ),
    ),
)


def about_hours(signup) -> About:
    shift, volunteer = signup.shift, signup.volunteer
    on_it = Signup.objects.live().filter(shift=shift)
    return About(
        title=str(signup),
        facts=[
            (gettext("volunteer"), str(volunteer)),
            (gettext("contact"), volunteer.person.phone or volunteer.person.email),
            (gettext("service"), shift.get_kind_display()),
            (gettext("station"), str(shift.station)),
            (gettext("starts at"), moment(shift.starts_at)),
            (gettext("ends at"), moment(shift.ends_at)),
            (gettext("signed up at"), moment(signup.signed_up_at)),
            (gettext("checked in and out"), there(signup)),
            (gettext("On this shift"), others_on(on_it)),
        ],
        person=service(volunteer),
        similar=[
            (str(other), queues.address("hours", other.pk))
            for other in waiting_hours().filter(shift=shift).exclude(pk=signup.pk)[:SHOWN]
        ],
    )


def there(signup) -> str:
    """From when to when, and what is confirmed for it."""
    if not signup.checked_in_at:
        return gettext("not checked in")
    until = moment(signup.checked_out_at) if signup.checked_out_at else gettext("not checked out")
    minutes = gettext("%(minutes)d minutes") % {"minutes": hours.served(signup)}
    return f"{moment(signup.checked_in_at)} – {until} · {minutes}"


def others_on(signups) -> str:
    kinds = Signup.Attendance
    seen = signups.aggregate(
        all=Count("pk"),
        came=Count("pk", Q(attendance=kinds.CAME)),
        absent=Count("pk", Q(attendance=kinds.ABSENT)),
    )
    return gettext("%(all)d signed up, %(came)d came, %(absent)d absent so far") % seen


# Appeals


def appeal_queue() -> Queue:
    return Queue(
        key="appeal",
        name=_("Appeals"),
        model=Appeal,
        waiting=waiting_appeals,
        since="submitted_at",
        within=Workdays(10),
        choices=APPEAL_CHOICES,
        about=about_appeal,
        rule=_(
            "Whoever finds a mistake in their record may ask for it to be put right, and it is looked into. "
            "Source: Measures for Volunteer Service Records (order 67) art. 12 and 13."
        ),
        station="signup__shift__station",
    )


def waiting_appeals():
    waiting = Appeal.objects.pending().select_related("signup__shift__station", "signup__volunteer__person")
    return waiting.order_by("submitted_at", "pk")


APPEAL_CHOICES = (
    Choice(
        key="uphold",
        label=_("Put it right"),
        verb=appeals.uphold,
        shortcut="u",
        then=_("The absence is excused, or the hours become what the volunteer says; points follow."),
        reasons=(_("We have looked again, and you are right. Please excuse the mistake."),),
    ),
    Choice(
        key="decline",
        label=_("Leave it as it is"),
        verb=appeals.decline,
        shortcut="d",
        then=_("The volunteer gets a message with your reason. Nothing else changes."),
        checks=(appeals.check_reason,),
        is_good=False,
        reasons=(
            _("Nobody at the station remembers that you were there. Please talk to the manager."),
            _("The times were taken from your own check-in and check-out."),
        ),
    ),
)


def about_appeal(appeal) -> About:
    signup = appeal.signup
    said = gettext("%(minutes)d minutes") % {"minutes": appeal.minutes} if appeal.minutes else ""
    minutes = sum(line.minutes for line in signup.hours.all())
    facts = [
        (gettext("volunteer"), str(signup.volunteer)),
        (gettext("contact"), signup.volunteer.person.phone or signup.volunteer.person.email),
        (gettext("about"), appeal.get_about_display()),
        (gettext("what happened"), appeal.words),
        (gettext("as the volunteer says"), said),
        (gettext("recorded as"), signup.get_attendance_display()),
        (gettext("confirmed"), gettext("%(minutes)d minutes") % {"minutes": minutes}),
        (gettext("checked in and out"), there(signup)),
        (gettext("shift"), str(signup.shift)),
        (gettext("submitted at"), moment(appeal.submitted_at)),
    ]
    return About(
        title=str(appeal), facts=[fact for fact in facts if fact[1]], person=service(signup.volunteer)
    )


# The person


def service(volunteer) -> list[str]:
    """What the volunteer has given so far, in two questions."""
    attended, kinds = Q(attendance=Signup.Attendance.CAME), Signup.Attendance
    counted = Signup.objects.live().filter(volunteer=volunteer.pk)
    seen = counted.aggregate(came=Count("pk", attended), absent=Count("pk", Q(attendance=kinds.ABSENT)))
    minutes = volunteer.hours.aggregate(sum=Sum("minutes"))["sum"] or 0
    return [
        gettext("Volunteer since %(date)s") % {"date": f"{volunteer.joined_at:%Y-%m-%d}"},
        ngettext("%(n)d shift served", "%(n)d shifts served", seen["came"]) % {"n": seen["came"]},
        gettext("%(hours)s hours given") % {"hours": f"{minutes / 60:g}"[:6]},
        ngettext("%(n)d absence", "%(n)d absences", seen["absent"]) % {"n": seen["absent"]},
    ]
