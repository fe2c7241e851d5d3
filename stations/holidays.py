"""The State Council's holidays by name, for people who read a week of opening hours."""

from datetime import date

import chinese_calendar
from chinese_calendar import Holiday
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
