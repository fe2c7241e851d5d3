"""Taking a place on a shift and giving it back: every door asks the same checks and calls the same verbs.

Locks are taken in one order: people by number, then the shift, then nothing more. So whoever signs up,
promotes, moves a shift or swaps places waits for the others and never in a circle. What becomes free is
given to whoever waits after the transaction (`waiting_list.freed`), since that locks people again.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import messages
from stations import history
from stations.prepared import adapted, insert
from stations.refusals import Refusal, first_refusal
from volunteers import booths, letters, waiting_list
from volunteers.checks import CHECKS, around, why_not
from volunteers.locks import lock_people, lock_shift, read_shift
from volunteers.models import Shift, Signup, Team, Volunteer

Status = Signup.Status
SECOND_THOUGHTS = timedelta(minutes=30)  # in which a place just taken can be given back, however late


@transaction.atomic
def sign_up(volunteer: Volunteer, shift: Shift) -> Signup:
    """Take a place, or one in the queue where all are taken; or refuse and change nothing."""
    [volunteer] = lock_people([volunteer])
    others = around(volunteer)
    shift = read_shift(shift)
    check(volunteer, shift, others)
    signup = take_free_place(volunteer, shift)
    if signup is None:
        shift = lock_shift(shift)
        check(volunteer, shift, others)
        [signup] = join([volunteer], shift)
    return signup


def check(volunteer, shift, others):
    refusal = first_refusal(CHECKS, volunteer, shift, others)
    if refusal:
        raise refusal


FREE_PLACE = """
    INSERT INTO volunteers_signup
        (shift_id, volunteer_id, starts_at, ends_at, status, attendance, signed_up_at)
    SELECT id, %s, starts_at, ends_at, %s, %s, %s FROM volunteers_shift
    WHERE id = %s AND status = %s AND kind = %s AND station_id = %s AND starts_at = %s AND ends_at = %s
        AND taken < places AND waiting = 0
"""


def take_free_place(volunteer, shift) -> Signup | None:
    """A place in one statement, so that everybody else who wants this shift waits for hardly anything.

    None where there is none, somebody waits, or the shift is not any more as it was read.
    """
    signup = unsaved(volunteer, shift, Status.CONFIRMED)
    wanted = [volunteer.pk, signup.status, signup.attendance, signup.signed_up_at]
    wanted += [shift.pk, shift.status, shift.kind, shift.station_id, shift.starts_at, shift.ends_at]
    # Who comes at the same moment waits, and looks again at what is left; SQLite has one writer anyhow.
    in_turn = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{FREE_PLACE} {in_turn} RETURNING id", adapted(wanted))
        found = cursor.fetchone()
    if not found:
        return None
    [signup.pk] = found
    signup._state.adding = False
    booths.follow(shift)
    letters.confirm(signup)
    return signup


@transaction.atomic
def sign_up_team(leader: Volunteer, team: Team, members: list[Volunteer], shift: Shift) -> list[Signup]:
    """Places for all of these members of a team, or in the queue together, or for none."""
    check_team(leader, team, members)
    members, shift = lock_people(members), lock_shift(shift)
    if len(members) > shift.places:
        raise Refusal(
            "full",
            _("This shift has %(places)d places, fewer than you are. Please choose fewer, or another shift.")
            % {"places": shift.places},
        )
    for member in members:
        refusal = why_not(member, shift, CHECKS)
        if refusal:
            raise Refusal(refusal.code, f"{member.name}：{about_another(refusal)}")
    return join(members, shift, leader=leader)


def about_another(refusal):
    """What one person reads of why another cannot come: not where she is."""
    elsewhere = refusal.code in ("overlap", "travel")
    return _("has another shift then, or is on the way to it.") if elsewhere else refusal


def check_team(leader, team, members):
    if not team.memberships.filter(volunteer=leader, is_leader=True).exists():
        raise Refusal("not_leader", _("Only somebody who leads this team signs it up."))
    ids = {member.pk for member in members}
    if not ids or team.members.filter(pk__in=ids).count() < len(ids):
        raise Refusal("not_in_team", _("Please choose members of this team."))


def join(volunteers, shift, *, leader=None) -> list[Signup]:
    """Write the sign-ups; people and shift are locked. Nobody goes past those who wait."""
    has_room = not shift.waiting and len(volunteers) <= shift.places_left
    party = uuid.uuid4() if len(volunteers) > 1 else None
    status = Status.CONFIRMED if has_room else Status.WAITLISTED
    signups = [
        unsaved(volunteer, shift, status, party=party, signed_up_by=leader) for volunteer in volunteers
    ]
    for signup in signups:
        insert(signup)
    if has_room:
        booths.follow(shift)
        for signup in signups:
            letters.confirm(signup)
    elif shift.places_left:
        waiting_list.freed(shift)
    return signups


def unsaved(volunteer, shift, status, **more) -> Signup:
    times = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    return Signup(shift=shift, volunteer=volunteer, status=status, **times, **more)


def check_withdraw(signup: Signup) -> None:
    """A place can be given back until the deadline, and shortly after it was taken; an offer always."""
    shift = signup.shift
    if shift.has_begun:
        raise Refusal("too_late", _("This shift has begun already. Please call the station."))
    deadline = shift.starts_at - settings.CANCEL_UNTIL
    just_taken = signup.signed_up_at > timezone.now() - SECOND_THOUGHTS
    if signup.status == Status.CONFIRMED and deadline < timezone.now() and not just_taken:
        until = timezone.localtime(deadline)
        raise Refusal(
            "too_late",
            _("Places could be given back until %(when)s. Please call the station, or look for a stand-in.")
            % {"when": f"{date_format(until, _('l, j F'))} {until:%H:%M}"},
        )


@transaction.atomic
def cancel(volunteer: Volunteer, shift: Shift) -> bool:
    """Give a place or an offer back, or leave the queue; False when there was none."""
    lock_people([volunteer])
    signup = volunteer.signups.active().filter(shift=shift).select_related("shift__station").first()
    if signup is None:
        return False
    check_withdraw(signup)
    ended = Status.DECLINED if signup.is_offer else Status.CANCELLED
    return end([signup], ended, by=volunteer.person)


@transaction.atomic
def take_off(signup: Signup, *, by, reason: str) -> bool:
    """The station takes somebody off, at their wish or its own, who reads the reason; False when gone."""
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: the volunteer reads it."))
    if signup.shift.ends_at <= timezone.now():
        raise Refusal("over", _("This shift is over. Please mark who came instead."))
    lock_people([signup.volunteer])
    if not end([signup], Status.REMOVED, by=by, reason=reason.strip()):
        return False
    letters.tell_taken_off(signup, reason.strip())
    return True


def end(signups: list[Signup], status, *, by, reason="") -> bool:
    """Live sign-ups end; the place goes to whoever waits. False where one had ended before."""
    ended = False
    for signup in signups:
        before = {"status": signup.status}
        live = Signup.objects.active().filter(pk=signup.pk, status=signup.status)
        if not live.update(status=status, cancelled_at=timezone.now(), stand_in_wanted_at=None):
            continue
        ended = True
        signup.refresh_from_db(fields=["status", "cancelled_at", "stand_in_wanted_at"])
        history.note(signup, by=by, before=before, reason=reason)
        messages.cancel(letters.reminder_key(signup))
    if ended:
        booths.shrink(signups[0].shift)
        waiting_list.freed(signups[0].shift)
    return ended


def no_place_here():
    return _("You have no place on this shift.")
