"""The week at the stations in somebody's care: who comes to which shift, and where people are missing.

Names and telephone numbers are read at the counter of the shift's station; whoever else reads the roster
gets numbers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from stations import reach
from stations.hours import midnight
from stations.models import Station
from stations.reach import Reach
from volunteers.models import Credential, ServiceKind, Shift, Signup

STATIONS_A_PAGE = 20
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    monday: date

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str) -> "Week":
        """The week of a day as an address writes it; this week where it makes no sense."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = timezone.localdate()
        return cls.of(day if 2000 < day.year < 2200 else timezone.localdate())

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - WEEK

    @property
    def after(self) -> date:
        return self.monday + WEEK

    @property
    def is_this(self) -> bool:
        return self == Week.of(timezone.localdate())

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    def of_shifts(self) -> QuerySet[Shift]:
        return Shift.objects.filter(starts_at__gte=midnight(self.monday), starts_at__lt=midnight(self.after))


@dataclass(frozen=True)
class Comer:
    """Somebody who has a place, or an offer of one."""

    signup: Signup
    lacks_document: bool

    @property
    def name(self) -> str:
        return self.signup.volunteer.name

    @property
    def phone(self) -> str:
        return self.signup.volunteer.person.phone or ""


@dataclass(frozen=True)
class Line:
    """One shift of the roster. `comers` is None where the reader gets numbers only."""

    shift: Shift
    comers: list[Comer] | None
    seeking: int  # who look for a stand-in

    @property
    def missing(self) -> int:
        return self.shift.gaps if self.shift.status == Shift.Status.PUBLISHED else 0

    @property
    def may_invite(self) -> bool:
        shift = self.shift
        is_open = shift.status == Shift.Status.PUBLISHED and not shift.has_begun and shift.places_left > 0
        return self.comers is not None and is_open


@dataclass(frozen=True)
class Day:
    day: date
    lines: list[Line]


@dataclass(frozen=True)
class Service:
    name: str
    days: list[Day]


@dataclass(frozen=True)
class AtStation:
    station: Station
    services: list[Service]

    @property
    def lines(self) -> list[Line]:
        return [line for service in self.services for day in service.days for line in day.lines]


def stations(reached: Reach, week: Week, *, service="", sought="") -> Paginator:
    """Those in reach that have shifts in the week, a page at a time."""
    shifts = narrowed(week, service).filter(station=OuterRef("pk"))
    rows = reached.stations(reach.EVERYBODY).filter(Exists(shifts)).order_by("code")
    return Paginator(rows.matching(sought) if sought else rows, STATIONS_A_PAGE)


def narrowed(week, service) -> QuerySet[Shift]:
    shifts = week.of_shifts()
    return shifts.filter(kind=service) if service else shifts


def read(reached: Reach, week: Week, here: list[Station], *, service="") -> list[AtStation]:
    """The roster of these stations, in as many questions for one shift as for a hundred."""
    shifts = list(narrowed(week, service).filter(station__in=here).order_by("starts_at", "role", "pk"))
    mine = reached.stations(reach.AT_THE_COUNTER).filter(pk__in=[station.pk for station in here])
    at_counter = set(mine.values_list("pk", flat=True))
    known = [shift for shift in shifts if shift.station_id in at_counter]
    comers, seeking = comers_of(known), seeking_of(shifts)
    lines = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for shift in shifts:
        names = comers[shift.pk] if shift.station_id in at_counter else None
        day = timezone.localdate(shift.starts_at)
        lines[shift.station_id][shift.kind][day].append(Line(shift, names, seeking.get(shift.pk, 0)))
    return [AtStation(station, services(week, lines[station.pk])) for station in here]


def services(week, lines) -> list[Service]:
    return [
        Service(kind.label, [Day(day, lines[kind][day]) for day in week.days])
        for kind in ServiceKind
        if kind in lines
    ]


def comers_of(shifts: list[Shift]) -> dict[int, list[Comer]]:
    of_pk = {shift.pk: shift for shift in shifts}
    rows = Signup.objects.holding().filter(shift__in=of_pk).select_related("volunteer__person").order_by("pk")
    signups, found = list(rows), defaultdict(list)
    documents = approved({signup.volunteer_id for signup in signups})
    for signup in signups:
        shift = of_pk[signup.shift_id]
        found[shift.pk].append(Comer(signup, lacks_document(documents[signup.volunteer_id], shift)))
    return found


def approved(volunteers: set[int]) -> dict[int, list[Credential]]:
    rows = Credential.objects.filter(volunteer__in=volunteers, status=Credential.Status.APPROVED)
    found = defaultdict(list)
    for credential in rows.only("volunteer", "kind", "status", "valid_from", "valid_to"):
        found[credential.volunteer_id].append(credential)
    return found


def lacks_document(documents, shift) -> bool:
    """Whether no approved document of the kind that the shift needs holds until its end."""
    kind = shift.required_credential
    days = timezone.localdate(shift.starts_at), timezone.localdate(shift.ends_at)
    return bool(kind) and not any(each.kind == kind and each.holds(*days) for each in documents)


def seeking_of(shifts: list[Shift]) -> dict[int, int]:
    looking = Signup.objects.live().filter(shift__in=shifts).exclude(stand_in_wanted_at=None)
    return dict(looking.order_by().values_list("shift").annotate(Count("pk")))
