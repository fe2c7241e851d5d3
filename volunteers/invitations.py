"""Asking volunteers whether they would fill a gap: who suits, and the invitation itself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import directory
from stations.models import Station
from stations.refusals import Refusal, first_refusal
from volunteers import letters
from volunteers.checks import ABOUT_SHIFT, BESIDE_OTHERS, ON_THE_WAY, WEEK, week_of
from volunteers.locks import lock_people, lock_shift
from volunteers.models import Credential, Daypart, Invitation, Shift, Signup, Volunteer

NEAR, FAR = 3_000, 20_000  # metres between the home station and the shift's
HOMES = 200  # of the nearest stations, however dense: so the search costs the same in a city
LATELY = timedelta(days=90)
AT_MOST, WITHIN = 3, timedelta(days=7)  # open invitations to one person
SPARE = 2  # times as many are looked at, since the week or the way may be against some


@dataclass(frozen=True)
class Candidate:
    volunteer: Volunteer
    metres: float
    given: int  # shifts lately
    is_usual: bool

    @property
    def km(self) -> str:
        return f"{self.metres / 1000:.1f}"


# Who suits


def suitable(shift: Shift, limit=20) -> list[Candidate]:
    """Volunteers who could come: usually free then, near, with the fewest shifts lately come first.

    Narrowed by the nearest home stations, so that the number of volunteers of the province does not count.
    """
    place = shift.station.latitude, shift.station.longitude
    found = directory.nearest(Station.objects.all(), place, most=HOMES, within=FAR)
    metres = {pk: distance for distance, _code, pk in found}
    near = [pk for pk, distance in metres.items() if distance <= NEAR]
    ranked = in_order(able(shift, metres), shift, near)[: limit * SPARE]
    return [
        Candidate(volunteer, metres[volunteer.home_station_id], volunteer.given, volunteer.is_usual)
        for volunteer in free(ranked, shift)[:limit]
    ]


def able(shift, homes):
    """Who may and can take the shift, as far as one question tells."""
    day = timezone.localdate(shift.starts_at)
    # Neither database looks into a list in JSON like the other: both find a word in its text.
    rows = Volunteer.objects.annotate(offered=Cast("services", TextField()))
    rows = rows.filter(home_station__in=homes, offered__contains=f'"{shift.kind}"')
    rows = rows.filter(Q(paused_until=None) | Q(paused_until__lte=shift.starts_at))
    adult = Q(minor_until=None) | Q(minor_until__lte=day)
    rows = rows.filter(adult if shift.is_dangerous else adult | Q(guardian_agreed_at__isnull=False))
    if shift.required_credential:
        rows = rows.filter(Exists(papers(shift, day)))
    mine = Signup.objects.filter(volunteer=OuterRef("pk"))
    busy = mine.overlapping(shift.starts_at, shift.ends_at)
    here = mine.active().filter(shift=shift.pk)
    asked = Invitation.objects.filter(volunteer=OuterRef("pk"), shift=shift.pk)
    rows = rows.exclude(Exists(busy)).exclude(Exists(here)).exclude(Exists(asked))
    return rows.annotate(open=counted(still_open())).filter(open__lt=AT_MOST)


def papers(shift, day):
    last_day = timezone.localdate(shift.ends_at)
    return Credential.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=last_day),
        volunteer=OuterRef("pk"),
        kind=shift.required_credential,
        status=Credential.Status.APPROVED,
    )


def in_order(rows, shift, near):
    given = Signup.objects.live().filter(starts_at__gt=timezone.now() - LATELY)
    given = given.exclude(attendance__in=[Signup.Attendance.ABSENT, Signup.Attendance.EXCUSED])
    invited = Invitation.objects.filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
    rows = rows.annotate(
        given=counted(given),
        invited=Subquery(invited.annotate(last=Max("invited_at")).values("last")),
        is_usual=yes(Q(availability__has=daypart(shift))),
        is_near=yes(Q(home_station__in=near)),
    )
    order = ["-is_usual", "-is_near", "given", F("invited").asc(nulls_first=True), "pk"]
    return rows.select_related("person", "home_station").order_by(*order)


def yes(condition):
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def counted(rows):
    """How many of these a volunteer has."""
    rows = rows.filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def still_open():
    """Invitations of the last days to shifts that are still to come."""
    now = timezone.now()
    lately = Invitation.objects.filter(invited_at__gt=now - WITHIN, shift__starts_at__gt=now)
    return lately.filter(shift__status=Shift.Status.PUBLISHED)


def daypart(shift) -> str:
    """The part of the week in which the shift begins."""
    begins = timezone.localtime(shift.starts_at)
    part = "am" if begins.hour < 12 else "pm" if begins.hour < 18 else "eve"
    return Daypart(f"{begins.isoweekday()}{part}").value


def free(volunteers, shift) -> list[Volunteer]:
    """Those against whom neither the way from another shift nor the limits of the week speak."""
    others = around(volunteers, shift)
    return [v for v in volunteers if not first_refusal(BESIDE_OTHERS, v, shift, others[v.pk])]


def around(volunteers, shift) -> dict[int, list[Signup]]:
    """What each of them has in the week of the shift, as `checks.around` says it, in one question."""
    monday = week_of(shift)
    held = Signup.objects.holding().filter(
        volunteer__in=[volunteer.pk for volunteer in volunteers],
        ends_at__gt=monday - ON_THE_WAY,
        starts_at__lt=monday + WEEK + ON_THE_WAY,
    )
    found = defaultdict(list)
    for signup in held.select_related("shift__station"):
        found[signup.volunteer_id].append(signup)
    return found


# Inviting


def check_room(volunteer, shift, around=()):
    if shift.places_left <= shift.waiting:
        raise Refusal("full", _("No place is free any more, so nobody needs to be asked. Thank you."))


def why_not(shift: Shift) -> Refusal | None:
    """Why nobody can be invited to the shift at all."""
    return first_refusal([*ABOUT_SHIFT, check_room], None, shift)


@transaction.atomic
def invite(shift: Shift, volunteers: list[Volunteer], *, by) -> list[Invitation]:
    """Ask these people, each once per shift; who has enough open invitations is left in peace."""
    if not volunteers:
        raise Refusal("nobody", _("Please choose at least one volunteer."))
    people, shift = lock_people(volunteers), lock_shift(shift)
    refusal = why_not(shift)
    if refusal:
        raise refusal
    ids = {volunteer.pk for volunteer in able_among(people, shift)}
    invitations = [
        Invitation.objects.create(shift=shift, volunteer=volunteer, invited_by=by)
        for volunteer in free([person for person in people if person.pk in ids], shift)
    ]
    for invitation in invitations:
        letters.invite(invitation)
    return invitations


def able_among(people, shift):
    homes = {volunteer.home_station_id for volunteer in people}
    return able(shift, homes).filter(pk__in=[volunteer.pk for volunteer in people])
