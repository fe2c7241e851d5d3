"""Who may put what into whose care: a posting is given from above, and ended from above."""

import re
import unicodedata
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations import reach
from stations.models import Posting
from stations.refusals import Refusal

Role = Posting.Role
# Whoever gives a role stands above it: counties appoint for the counter, the federation their moderators.
APPOINTED_BY = {
    Role.MANAGER: reach.COUNTY,
    Role.AUDITOR: reach.COUNTY,
    Role.MODERATOR: reach.FEDERATION,
    Role.STAFF: reach.NOBODY,
}
DAY = timedelta(days=1)


def find_person(login: str):
    """Whose login this is, typed as at the sign-in; None where nobody has it. Nobody browses accounts."""
    text = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", login))
    people = get_user_model().objects.filter(is_active=True)
    if "@" in text:
        return people.filter(email=text.lower()).first()
    return people.filter(phone=text if text.startswith("+") else f"+86{text}").first() if text else None


def check_somebody_else(posting, by):
    if posting.person_id == by.pk:
        sentence = _(
            "Nobody gives a posting to themselves or ends their own. Please ask a colleague to do it."
        )
        raise Refusal("oneself", sentence)


def check_one_place(posting, by):
    if (posting.station is None) == (posting.organisation is None):
        raise Refusal("place", _("Please choose a station or an organisation, one of the two."))
    if posting.station and posting.role in reach.COUNTY:
        raise Refusal(
            "station", _("This role belongs to an organisation. Please choose one, and no station.")
        )


def check_role_is_below(posting, by):
    if not reach.of(by).may(APPOINTED_BY[posting.role]):
        sentence = _("This role is given and ended further up. Please ask the organisation above yours.")
        raise Refusal("role", sentence)


def check_in_reach(posting, by):
    reached, roles = reach.of(by), APPOINTED_BY[posting.role]
    places = reached.stations(roles) if posting.station else reached.organisations(roles)
    if not places.filter(pk=posting.place.pk).exists():
        raise Refusal("reach", _("This place is not in your care. Please choose one that the list offers."))


def check_days(posting, by):
    if posting.ends_on and posting.ends_on < posting.starts_on:
        raise Refusal("days", _("The last day lies before the first. Please choose a later one."))
    if posting.ends_on and posting.ends_on < timezone.localdate():
        raise Refusal("past", _("The last day is over already. Please choose today or a later day."))


def check_new(posting, by):
    """Twice at the same time, one of the two would outlive the end of the other."""
    same = Posting.objects.filter(
        person=posting.person, role=posting.role, station=posting.station, organisation=posting.organisation
    )
    for other in same:
        is_over = other.ends_on and other.ends_on < posting.starts_on
        is_later = posting.ends_on and posting.ends_on < other.starts_on
        if not is_over and not is_later:
            sentence = _("This person has this posting already. Please end it first, or choose other days.")
            raise Refusal("twice", sentence)


def check_not_over(posting, by):
    if posting.ends_on and posting.ends_on < timezone.localdate():
        raise Refusal("over", _("This posting is over. Please add a new one if it is to go on."))


GIVEN_FROM_ABOVE = [check_somebody_else, check_one_place, check_role_is_below, check_in_reach]
CHECKS = [*GIVEN_FROM_ABOVE, check_days, check_new]
# Whether somebody may end a posting at all; the day is looked at by `check_last_day`.
CHECKS_END = [check_somebody_else, check_role_is_below, check_in_reach, check_not_over]


def check_last_day(posting, on: date):
    """From tomorrow on at the latest, or at once: yesterday was then the last day. What was, stays."""
    if on < timezone.localdate() - DAY:
        raise Refusal("past", _("What is past stays as it was. Please choose yesterday or a later day."))
    if posting.ends_on and on > posting.ends_on:
        raise Refusal("longer", _("A posting is not made longer. Please add a new one from the next day on."))


@transaction.atomic
def appoint(person, *, role, station=None, organisation=None, starts_on=None, ends_on=None, by) -> Posting:
    """Put a station, or an organisation with all below it, into a person's care."""
    # Two who appoint the same person come one after the other, so that nothing is given twice.
    person = get_user_model().objects.select_for_update(no_key=True).get(pk=person.pk)
    posting = Posting(
        person=person,
        role=role,
        station=station,
        organisation=organisation,
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
    )
    for check in CHECKS:
        check(posting, by)
    posting._history_user = by
    posting.save(force_insert=True)
    return posting


@transaction.atomic
def end(posting, *, on: date, by) -> Posting:
    """Let `on` be the last day; it counts from the holder's next request on.

    A posting that then has no day at all is taken back: the row goes, its history stays.
    """
    posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    for check in CHECKS_END:
        check(posting, by)
    check_last_day(posting, on)
    posting._history_user = by
    if on < posting.starts_on:
        posting.delete()
        return posting
    posting.ends_on = on
    posting.save(update_fields=["ends_on"])
    return posting
