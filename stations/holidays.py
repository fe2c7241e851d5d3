"""The State Council's holidays: their names, and which days are worked on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import chinese_calendar
from chinese_calendar import Holiday
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAMES = {
    Holiday.new_years_day: _("New Year's Day"),
    Holiday.spring_festival: _("Spring Festival"),
    Holiday.tomb_sweeping_day: _("Tomb-sweeping Day"),
    Holiday.labour_day: _("Labour Day"),
    Holiday.dragon_boat_festival: _("Dragon Boat Festival"),
    Holiday.national_day: _("National Day"),
    Holiday.mid_autumn_festival: _("Mid-autumn Festival"),
}


def name(day: date) -> str:
    """`Spring Festival` on all its free days, `Make-up workday` on those that pay for them, else nothing."""
    try:
        is_free, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the calendar of that year is not published yet
        return ""
    if holiday is None:
        return ""
    return str(NAMES.get(Holiday(holiday), holiday) if is_free else _("Make-up workday"))


def is_workday(day: date) -> bool:
    """By the published calendar, make-up workdays included; of other years Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def workdays_from(day: date, count: int) -> date:
    """The last of so many working days after a day, or before it where `count` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    for _each in range(abs(count)):
        day += step
        while not is_workday(day):
            day += step
    return day


@dataclass(frozen=True)
class Workdays:
    """A span to add to a moment: it ends with the last of so many working days after that day."""

    count: int

    def __radd__(self, moment: datetime) -> datetime:
        last = workdays_from(timezone.localdate(moment), self.count)
        return timezone.make_aware(datetime.combine(last, time.max))
