"""The written agreement before a service, where the rule asks for one (浙江省志愿服务条例 art. 21)."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.refusals import Refusal
from volunteers.models import Agreement, Shift, Volunteer

A_MONTH = timedelta(days=31)


def is_needed(volunteer: Volunteer, shift: Shift) -> bool:
    """Danger, people from abroad, a large event, outside the province, asked for; or longer than a month."""
    return bool(shift.agree_for) or serves_long(volunteer, shift)


def serves_long(volunteer: Volunteer, shift: Shift) -> bool:
    """With this shift she serves longer than a month in its series; who comes once or twice does not."""
    if not shift.series_id:
        return False
    before, after = shift.starts_at - A_MONTH, shift.starts_at + A_MONTH
    mine = volunteer.signups.active().filter(shift__series=shift.series_id)
    return mine.filter(Q(starts_at__lt=before) | Q(starts_at__gt=after)).exists()


def of(volunteer: Volunteer, shift: Shift) -> Agreement | None:
    """The agreement that counts for a shift: its own, or that of its series."""
    mine = volunteer.agreements
    return mine.filter(shift=shift.pk).first() or (
        mine.filter(series=shift.series_id).first() if shift.series_id else None
    )


def check_guardian(volunteer: Volunteer) -> None:
    """Who is under 18 binds herself with a guardian only (浙江省志愿服务条例 art. 9)."""
    if volunteer.is_minor(timezone.localdate()) and volunteer.guardian_agreed_at is None:
        raise Refusal(
            "guardian",
            _("Your guardian has to agree first. Your home station notes it: please go there together."),
        )


def sign(volunteer: Volunteer, shift: Shift, *, text: str, name: str) -> Agreement:
    """Agree for the whole series where there is one, else for the shift; once."""
    check_guardian(volunteer)
    about = {"series": shift.series} if shift.series_id else {"shift": shift}
    agreement, _new = Agreement.objects.get_or_create(
        volunteer=volunteer,
        **about,
        defaults={"text": text, "signed_name": name, "agreed_at": timezone.now()},
    )
    return agreement
