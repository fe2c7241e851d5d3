"""May this volunteer take a place on this shift? Every door asks the same list.

Each check takes the volunteer, the shift, and what she has or waits for around that time (`around`).
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import directory
from stations.refusals import Refusal, first_refusal
from volunteers import agreements
from volunteers.models import Credential, Shift, Signup, Volunteer

WEEK = timedelta(days=7)
COACH_KM_PER_HOUR = 60
ON_THE_WAY = timedelta(hours=12)  # from one end of the province to the other


def check_published(volunteer, shift, around=()):
    if shift.status != Shift.Status.PUBLISHED:
        raise Refusal("not_open", _("This shift is not open for sign-up. Please choose another one."))


def check_in_time(volunteer, shift, around=()):
    if shift.has_begun:
        raise Refusal("too_late", _("This shift has begun already. Please choose a later one."))


def check_not_twice(volunteer, shift, around):
    mine = next((signup for signup in around if signup.shift_id == shift.pk), None)
    if mine is None:
        return
    if mine.is_waiting:
        raise Refusal("already_waiting", _("You are on the waiting list of this shift already."))
    if mine.is_offer:
        raise Refusal("offered", _("A place on this shift is offered to you. Please accept it."))
    raise Refusal("already_signed_up", _("You have a place on this shift already."))


def check_not_paused(volunteer, shift, around=()):
    if volunteer.paused_until and shift.starts_at < volunteer.paused_until:
        until = timezone.localtime(volunteer.paused_until)
        raise Refusal(
            "paused",
            _(
                "You were missed several times, so new shifts wait until %(day)s. "
                "If that is wrong, please tell us on “My hours”."
            )
            % {"day": f"{until:%Y-%m-%d}"},
        )


def check_age(volunteer, shift, around=()):
    if not volunteer.is_minor(timezone.localdate(shift.starts_at)):
        return
    if shift.is_dangerous:
        raise Refusal("minor", _("This work is for adults only. Please choose another shift."))
    if volunteer.guardian_agreed_at is None:
        raise Refusal(
            "guardian",
            _("Your guardian has to agree first. Your home station notes it: please go there together."),
        )


def check_credential(volunteer, shift, around=()):
    kind = shift.required_credential
    if not kind:
        return
    sent = list(volunteer.credentials.filter(kind=kind).only("status", "valid_from", "valid_to", "volunteer"))
    first_day, last_day = timezone.localdate(shift.starts_at), timezone.localdate(shift.ends_at)
    if any(credential.holds(first_day, last_day) for credential in sent):
        return
    if any(credential.status == Credential.Status.PENDING for credential in sent):
        raise Refusal(
            "credential_required",
            _("Your document is still under review. We will tell you as soon as it is approved."),
        )
    raise Refusal(
        "credential_required",
        _("This shift needs an approved document: %(kind)s. Please upload yours on “What I can do”.")
        % {"kind": shift.required_credential_label},
    )


def check_agreement(volunteer, shift, around=()):
    if agreements.is_needed(volunteer, shift) and not agreements.of(volunteer, shift):
        raise Refusal(
            "agreement_required",
            _("For this service both sides agree in writing first. Please read and sign it, then sign up."),
        )


def check_no_overlap(volunteer, shift, around):
    for other in held_beside(shift, around):
        if other.starts_at < shift.ends_at and other.ends_at > shift.starts_at:
            raise Refusal(
                "overlap",
                _("You are at %(station)s at that time. Cancel that shift first, or choose another.")
                % {"station": other.shift.station},
            )


def check_way_between(volunteer, shift, around):
    """From one station to the next as an e-bike goes."""
    for other in held_beside(shift, around):
        between = max(shift.starts_at - other.ends_at, other.starts_at - shift.ends_at)
        needed = way(shift.station, other.shift.station)
        if between < needed:
            raise Refusal(
                "travel",
                _("It takes about %(minutes)d minutes between here and %(station)s, where you are %(when)s.")
                % {
                    "minutes": needed.total_seconds() // 60 + 1,
                    "station": other.shift.station,
                    "when": f"{timezone.localtime(other.starts_at):%H:%M}–"
                    f"{timezone.localtime(other.ends_at):%H:%M}",
                },
            )


def way(here, there) -> timedelta:
    """By e-bike in town; farther than its hour reaches, by train or coach."""
    if here.pk == there.pk:
        return timedelta(0)
    km = directory.metres(here.latitude, here.longitude, there.latitude, there.longitude) / 1000
    by_bike = min(km, settings.TRAVEL_KM_PER_HOUR)
    return timedelta(hours=by_bike / settings.TRAVEL_KM_PER_HOUR + (km - by_bike) / COACH_KM_PER_HOUR)


def check_week(volunteer, shift, around):
    """Nobody is worn out: so many shifts and hours from Monday to Sunday."""
    monday = week_of(shift)
    held = [other for other in held_beside(shift, around) if monday <= other.starts_at < monday + WEEK]
    hours = sum((other.ends_at - other.starts_at for other in held), shift.ends_at - shift.starts_at)
    if len(held) >= settings.SHIFTS_A_WEEK or hours > timedelta(hours=settings.HOURS_A_WEEK):
        raise Refusal(
            "week_is_full",
            _("That week you have enough: at most %(shifts)d shifts and %(hours)d hours. Thank you.")
            % {"shifts": settings.SHIFTS_A_WEEK, "hours": settings.HOURS_A_WEEK},
        )


ABOUT_SHIFT = [check_published, check_in_time]
BESIDE_OTHERS = [check_no_overlap, check_way_between, check_week]
CHECKS = [
    *ABOUT_SHIFT,
    check_not_twice,
    check_not_paused,
    check_age,
    check_credential,
    check_agreement,
    *BESIDE_OTHERS,
]
# For a place that becomes free while somebody waits for it.
STILL_GOOD = [check for check in CHECKS if check is not check_not_twice]
# For an offer taken up: the place has been hers since it was made.
TAKEN_UP = [check for check in STILL_GOOD if check not in BESIDE_OTHERS]


def why_not(volunteer: Volunteer, shift: Shift, checks=CHECKS) -> Refusal | None:
    """The sentence that explains a disabled button, or None."""
    return first_refusal(checks, volunteer, shift, around(volunteer, shift))


def around(volunteer, shift) -> list[Signup]:
    """What she has, is offered or waits for on this shift and in its week, and nearly so."""
    monday = week_of(shift)
    begin, end = monday - ON_THE_WAY, max(monday + WEEK, shift.ends_at) + ON_THE_WAY
    mine = volunteer.signups.active().filter(ends_at__gt=begin, starts_at__lt=end)
    # Mostly there is none, and then nothing more is asked.
    return list(mine.prefetch_related("shift__station").order_by("starts_at"))


def held_beside(shift, around):
    return [other for other in around if other.shift_id != shift.pk and not other.is_waiting]


def week_of(shift):
    """Monday midnight before the shift, in local time."""
    begins = timezone.localtime(shift.starts_at)
    return (begins - timedelta(days=begins.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
