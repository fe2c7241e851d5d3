"""Opening hours as people write them, turned into OpenStreetMap strings where only one reading is possible.

`stations.hour_words` reads what a text says; here its statements (days and times, days off) must fit
together. Whatever is in doubt on the way is left to a person.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from django.core.exceptions import ValidationError

from stations import hours
from stations.hour_calendar import MIDNIGHT, WEEKDAYS, clock
from stations.hour_words import ALL, BY_CALENDAR, WORK, Doubt, statements_of


def read(text: str) -> str | None:
    """The OSM string that a text stands for, or None. What is OSM already is given back as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    is_osm = accepted(text)
    # Digits alone are OSM too, but people mean something else by 8:00-6:00.
    if is_osm and re.search("[A-Za-z]|24/7", text):
        return text
    try:
        found = put_together(statements_of(plain))
    except Doubt:
        return None
    if len(found) > 255 or not accepted(found):
        return None
    return text if is_osm else found


def accepted(text):
    try:
        hours.validate(text)
    except ValidationError:
        return False
    return bool(text)


def timed(statements):
    return [statement for statement in statements if isinstance(statement.times, list)]


def days_that_are(state, statements):
    return set().union(*(s.days for s in statements if s.times == state))


def put_together(statements) -> str:
    weekly = [s for s in timed(statements) if s.days is None or s.days & ALL]
    off, usual = days_that_are("off", statements), days_that_are("usual", statements)
    seasons = list(dict.fromkeys(s.season for s in timed(statements)))
    check_seasons(seasons)
    rules = [rule for season in seasons for rule in week_of([s for s in weekly if s.season == season])]
    covered = set().union(*(s.days or ALL for s in weekly)) & ALL
    if not covered or not usual & ALL <= covered or usual & off or off >= WORK:
        raise Doubt("days")
    if any(s.days and s.days & ALL <= off for s in weekly):
        raise Doubt("open and off")
    if usual & WORK and not usual >= ALL:
        raise Doubt("what differs on the other days")
    if off & ALL and seasons != [None]:
        raise Doubt("off in which season")
    if off & covered:
        rules.append(f"{days_written(off & covered)} off")
    if rules == ["Mo-Su 00:00-24:00"]:
        rules = ["24/7"]
    return "; ".join(rules + holidays_of(statements, off, usual, seasons))


def week_of(weekly):
    """The rules of the statements of one season."""
    days = [(s.days or ALL) & ALL for s in weekly]
    if sum(map(len, days)) > len(set().union(*days)):
        raise Doubt("two times for one day")
    return [
        f"{season_written(s.season)}{days_written(on)} {times_written(s.times)}"
        for s, on in zip(weekly, days, strict=True)
    ]


def holidays_of(statements, off, usual, seasons):
    own = [s.times for s in timed(statements) if "PH" in (s.days or ())]
    is_off = "PH" in off or (not own and any(BY_CALENDAR in (s.days or ()) for s in timed(statements)))
    if len(own) + is_off + ("PH" in usual) > 1 or (own and seasons != [None]):
        raise Doubt("what holds on holidays")
    return [f"PH {times_written(times)}" for times in own] or ["PH off"] * is_off


def check_seasons(seasons):
    """Every day of the year is in one of them, else the others would be a guess."""
    if seasons == [None]:
        return
    if None in seasons:
        raise Doubt("some have dates, some have none")
    days = [day for season in seasons for day in days_between(*dates_of(season))]
    if len(days) != 366 or len(set(days)) != 366:
        raise Doubt("the rest of the year")


def days_between(first, last):
    """Numbers of days in a leap year, past its end where need be."""
    first, last = (day.timetuple().tm_yday for day in (first, last))
    return [n % 366 for n in range(first, last + 1 if first <= last else last + 367)]


def days_written(days):
    numbers = sorted(WEEKDAYS.index(day) for day in days)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{WEEKDAYS[numbers[0]]}-{WEEKDAYS[numbers[-1]]}"
    return ",".join(WEEKDAYS[n] for n in numbers)


def season_written(season):
    return "{:%b %d}-{:%b %d} ".format(*dates_of(season)) if season else ""


def dates_of(season):
    return month_day(season[0], is_end=False), month_day(season[1], is_end=True)


def month_day(word, *, is_end):
    month, *day = [int(number) for number in re.findall(r"\d+", word)]
    try:
        return date(2000, month, day[0] if day else monthrange(2000, month)[1] if is_end else 1)
    except ValueError as error:  # and a month that does not exist
        raise Doubt(word) from error


def times_written(times):
    return ",".join(
        f"{clock(start)}-{clock(end if end <= MIDNIGHT else end - MIDNIGHT)}" for start, end in times
    )
