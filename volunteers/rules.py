"""Rules of series (RFC 5545): on which days, in local time. The time of day is a field of its own."""

import re
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from events.models.days import WEEKDAYS
from stations.refusals import Refusal

DAYS = dict(zip(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], dict(WEEKDAYS).values(), strict=True))
DAY = rf"(?:{'|'.join(DAYS)})"
NTH_DAY = re.compile(rf"([1-5]|-1)?({DAY})")
PARTS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9]|1[0-2]",
    "BYDAY": rf"{NTH_DAY.pattern}(?:,{NTH_DAY.pattern})*",
    "BYMONTHDAY": r"(?:(?:[1-9]|[12]\d|3[01]|-1)(?:,(?=.)|$))+",
    "BYMONTH": r"(?:(?:[1-9]|1[0-2])(?:,(?=.)|$))+",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"\d{8}(?:T\d{6})?",
    "WKST": DAY,
}
NTH = {
    "1": gettext_lazy("1st"),
    "2": gettext_lazy("2nd"),
    "3": gettext_lazy("3rd"),
    "4": gettext_lazy("4th"),
    "5": gettext_lazy("5th"),
    "-1": gettext_lazy("last"),
}
# A rule without a day (30 February) makes dateutil look until the year 9999: here it has not far to go.
NEAR_THE_END = 9988


def plain(rule: str) -> str:
    """As it is kept: without the name in front, and in capitals."""
    return rule.strip().upper().removeprefix("RRULE:")


def parse(rule: str) -> dict[str, str]:
    """The parts of a rule, or a refusal that says what to write instead."""
    parts = {}
    for part in plain(rule).split(";"):
        name, _equals, value = part.partition("=")
        check_part(name, value)
        if name in parts:
            raise Refusal("rule", _("%(name)s stands in the rule twice.") % {"name": name})
        parts[name] = value
    if "FREQ" not in parts:
        raise Refusal("rule", _("A rule begins with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY."))
    return parts


def check_part(name, value):
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND") or value in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise Refusal(
            "too_fine",
            _("A rule says on which days; the time has its own field. Please take %(part)s out.")
            % {"part": f"{name}={value}"},
        )
    if name == "UNTIL" and value.endswith("Z"):
        raise Refusal("zone", _("UNTIL is a day here, without a time zone: for example UNTIL=20271231."))
    if name not in PARTS or not re.fullmatch(PARTS[name], value):
        raise Refusal(
            "rule",
            _("“%(part)s” is not understood. Rules look like FREQ=WEEKLY;BYDAY=FR or FREQ=MONTHLY;BYDAY=1SA.")
            % {"part": f"{name}={value}" if value else name},
        )


def check(rule: str, starts_on: date) -> None:
    """Refuse a rule that is no rule, is finer than days, or has no days at all."""
    parts = parse(rule)
    if "UNTIL" in parts and "COUNT" in parts:
        raise Refusal("rule", _("Please write either UNTIL or COUNT."))
    if parts["FREQ"] != "MONTHLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise Refusal("rule", _("The first or last Friday exists in a month: FREQ=MONTHLY;BYDAY=1FR."))
    try:
        moments(rule, starts_on)
    except ValueError as problem:
        raise Refusal("rule", _("UNTIL is a day such as UNTIL=20271231.")) from problem
    if not has_days(parts, starts_on):
        raise Refusal("no_days", _("There is no such day. Please check the rule."))


def has_days(parts, starts_on) -> bool:
    """Asked of years near the last, in the same step with weeks or months, and however soon it ends."""
    endless = ";".join(f"{name}={parts[name]}" for name in parts if name not in ("UNTIL", "COUNT"))
    if parts["FREQ"] == "MONTHLY":
        begin = starts_on.replace(year=NEAR_THE_END, day=1)
    else:
        step = 7 * int(parts.get("INTERVAL", 1))
        begin = starts_on + timedelta(days=(date(NEAR_THE_END, 1, 1) - starts_on).days // step * step)
    return any(True for _day in moments(endless, begin))


def moments(rule, starts_on):
    """Midnights, naive: local time, whatever the clock does in the zone."""
    return rrulestr(plain(rule), dtstart=datetime.combine(starts_on, time.min))


def days(rule: str, starts_on: date, first: date, last: date) -> list[date]:
    """The days of the rule from first to last, both included."""
    parse(rule)
    between = (datetime.combine(day, time.min) for day in (first, last))
    return [moment.date() for moment in moments(rule, starts_on).between(*between, inc=True)]


def weekdays(rule: str) -> list[str]:
    """Of a rule that says nothing else, such as every Tuesday and Friday."""
    found = re.fullmatch(rf"FREQ=WEEKLY;BYDAY=({DAY}(?:,{DAY})*)", plain(rule))
    return found[1].split(",") if found else []


def in_words(rule: str) -> str:
    """For example `every week: Tuesday, Friday · until 2027-12-31`."""
    parts = parse(rule)
    on = [nth_day(*NTH_DAY.fullmatch(day).groups()) for day in listed(parts, "BYDAY")]
    on += [
        pgettext("of a month", "last day") if day == "-1" else _("day %(number)s") % {"number": day}
        for day in listed(parts, "BYMONTHDAY")
    ]
    said = [_(": ").join(filter(None, [often(parts), _(", ").join(on)]))]
    said += [_(", ").join(str(MONTHS[int(month)]) for month in listed(parts, "BYMONTH"))]
    if until := parts.get("UNTIL"):
        said.append(_("until %(day)s") % {"day": f"{until[:4]}-{until[4:6]}-{until[6:8]}"})
    if count := int(parts.get("COUNT", 0)):
        said.append(ngettext("once", "%(count)d times", count) % {"count": count})
    return " · ".join(filter(None, said))


def listed(parts, name):
    return parts[name].split(",") if name in parts else []


def often(parts):
    number = int(parts.get("INTERVAL", 1))
    words = {
        "DAILY": (_("every day"), _("every %(number)d days")),
        "WEEKLY": (_("every week"), _("every %(number)d weeks")),
        "MONTHLY": (_("every month"), _("every %(number)d months")),
    }
    once, several = words[parts["FREQ"]]
    return once if number == 1 else several % {"number": number}


def nth_day(nth, day):
    return _("%(nth)s %(day)s") % {"nth": NTH[nth], "day": DAYS[day]} if nth else str(DAYS[day])
