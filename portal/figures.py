"""The charts on the first page of the workplace, counted over what the reader reaches.

What a chart counts and the list that a bar leads to are narrowed by the same lookups, so that they agree.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.core.cache import caches
from django.db.models import F, Model, QuerySet, Sum, Value
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import PointsEntry
from portal import waits
from portal.drawings import Cell, Chart, Row, columns
from stations import hours, reach
from volunteers.models import HoursEntry, Shift

WEEKS = 12
NEAR = caches["memory"]  # of each process: the shared one may be a table, which costs more than it saves
# Seconds. Nobody decides by the minute on figures of three months; what waits is counted exactly above.
KEPT, KEPT_WAITING = 600, 60


@dataclass(frozen=True)
class Series:
    """Something added up week by week; `only` are lookups as a list of the admin takes them."""

    key: str
    title: str
    empty: str
    model: type[Model]
    at: str
    measure: Sum
    station: str = "station"
    only: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)  # what the list needs to show past rows as well

    def by_week(self, reached, begin: datetime) -> QuerySet:
        """(key, week, sum) for each week in which there is something."""
        span = {f"{self.at}__gte": begin, f"{self.at}__lt": begin + timedelta(weeks=WEEKS)}
        rows = self.model._base_manager.filter(**span, **self.only)
        rows = reached.limit(rows, reach.EVERYBODY, station=self.station)
        week = TruncWeek(self.at, tzinfo=hours.SHANGHAI)
        return rows.values_list(Value(self.key), week).annotate(total=self.measure).order_by()

    def address(self, week: datetime) -> str:
        """The list of exactly the rows that a week counts."""
        span = {f"{self.at}__gte": week, f"{self.at}__lt": week + timedelta(weeks=1)}
        query = {name: moment.isoformat() for name, moment in span.items()} | self.only | self.shown
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}"
        return f"{reverse(f'admin:{name}_changelist')}?{urlencode(query)}"

    def text(self, value) -> str:
        return f"{value:,}"


class Hours(Series):
    """Minutes in the ledger, hours to the reader."""

    def text(self, value) -> str:
        return f"{value / 60:,.1f}"


SERIES = [
    Hours(
        "hours",
        gettext_lazy("Volunteer hours given"),
        gettext_lazy("Hours appear here as soon as somebody marks who came to a shift."),
        HoursEntry,
        "confirmed_at",
        Sum("minutes"),
        station="signup__shift__station",
    ),
    Series(
        "served",
        gettext_lazy("Visits served on shifts"),
        gettext_lazy("Please write into a shift, when it is over, how many people were served."),
        Shift,
        "starts_at",
        Sum("served"),
        only={"served__gt": 0},
        shown={"when": "all"},
    ),
    Series(
        "issued",
        gettext_lazy("Points issued"),
        gettext_lazy("Points appear here as soon as hours are confirmed or points are granted."),
        PointsEntry,
        "created_at",
        Sum("points"),
        only={"counterpart__exact": PointsEntry.Counterpart.ISSUED.value, "points__gt": 0},
    ),
    Series(
        "redeemed",
        gettext_lazy("Points redeemed, less what was given back"),
        gettext_lazy("Points appear here as soon as somebody redeems a reward at a kiosk."),
        PointsEntry,
        "created_at",
        Sum(-F("points")),
        only={"counterpart__exact": PointsEntry.Counterpart.GOODS.value},
    ),
]


def charts(reached) -> list[Chart]:
    """What waits, and four figures of the last twelve weeks."""
    begin = monday(timezone.now()) - timedelta(weeks=WEEKS - 1)
    waiting = kept("waiting", reached, KEPT_WAITING, waits.counts)
    counted_at, counted = kept(f"{begin:%Y%m%d}", reached, KEPT, partial(count, begin=begin))
    weekly = [week_chart(series, counted[series.key], begin, counted_at) for series in SERIES]
    return [*waits.charts(*waiting), *weekly]


def monday(moment: datetime) -> datetime:
    """When the week began in which a moment lies."""
    day = timezone.localdate(moment, hours.SHANGHAI)
    return hours.midnight(day - timedelta(days=day.weekday()))


def kept(name, reached, seconds, count) -> tuple[datetime, dict]:
    """When `count(reached)` was counted, and what it gave; everybody with the same reach shares it."""
    key = f"figures:{name}:{fingerprint(reached)}"
    found = NEAR.get(key)
    if not found:
        found = timezone.now(), count(reached)
        NEAR.set(key, found, seconds)
    return found


def count(reached, begin) -> dict[str, dict]:
    """Sums by series and week, in one question."""
    first, *others = (series.by_week(reached, begin) for series in SERIES)
    counted = {series.key: {} for series in SERIES}
    for key, week, total in first.union(*others, all=True):
        counted[key][week] = total
    return counted


def fingerprint(reached) -> str:
    """The same for people who reach the same: a posting that ends leads to other figures at once."""
    if reached.is_operator:
        return "everywhere"
    places = sorted(
        (posting.role, posting.organisation_id or 0, posting.station_id or 0) for posting in reached.postings
    )
    return hashlib.sha256(repr(places).encode()).hexdigest()


def week_chart(series, counted, begin, counted_at) -> Chart:
    weeks = [begin + timedelta(weeks=number) for number in range(WEEKS)]
    rows = [
        Row(
            date_format(timezone.localtime(week, hours.SHANGHAI), "MONTH_DAY_FORMAT"),
            [Cell(counted.get(week, 0), series.text(counted.get(week, 0)), series.address(week))],
        )
        for week in weeks
    ]
    values = [row.cells[0].value for row in rows]
    words = {"total": series.text(sum(values)), "now": series.text(values[-1])}
    return Chart(
        key=series.key,
        title=series.title,
        summary=_("%(total)s in the last 12 weeks, %(now)s this week so far.") % words
        if any(values)
        else str(series.empty),
        head=[_("Week from"), series.title],
        rows=rows if any(values) else [],
        drawing=columns(rows),
        counted_at=counted_at,
    )
