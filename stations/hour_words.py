"""The words in which people write opening hours, and the statements that they make.

Every character must belong to a known word, and every word to a statement, else it is a `Doubt`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from stations.hour_calendar import MIDNIGHT, WEEKDAYS

ALL, WORK, WEEKEND, HOLIDAY = set(WEEKDAYS), set(WEEKDAYS[:5]), set(WEEKDAYS[5:]), {"PH"}
NOON = 12 * 60  # minutes
NUMERAL = r"(?<![周期拜])(?:(?<!二)十[一二]?|[一二两三四五六七八九])(?=[点时])"
TO = r"\s*(?:[-‐-―−~〜]+|至|到)\s*"
# The first that fits is taken, so longer words stand before those that they begin with.
WORDS = {
    "all_day": r"(?:7\s*[*x×]\s*)?24\s*小时|7\s*[*x×]\s*24|24h|二十四小时|全天候?",
    "date": rf"\d{{1,2}}月(?:\d{{1,2}}[日号])?|\d{{1,2}}(?={TO}\d{{1,2}}月(?!\d))",
    "time": rf"\d{{1,2}}:\d\d(?::00)?(?![\d:])|\d{{1,2}}[点时](?:\d{{1,2}}分|\d\d(?!\d)|半|整)?"
    rf"|\d{{1,2}}(?={TO}\d{{1,2}}[点时])",
    "next_day": "次日|翌日|第二天",
    "next_year": "次年|翌年",
    "no_rest": "全年无休|全年不休|无休",
    "every": "每天|每日|天天|365天|全年",
    "off": "除外|不对外开放|不开放|不营业|休息|休馆|闭馆|闭站|关闭|放假|停业|休",
    "usual": "照常(?:开放|营业|服务)?|正常(?:开放|营业|服务)|不休息|不休|不打烊",
    "holiday": "(?:国家)?法定(?:节假日|假日|节日)|国定假日|节假日",
    "workdays": "工作日",
    "weekend": "周末|双休日",
    "day": r"每?(?:周|星期|礼拜)(?:[一二三四五六日天]|[1-7](?![\d:点时]))",
    "bare_day": "[一二三四五六日天]",
    "part": "凌晨|清晨|早晨|早上|早|上午|中午|下午|傍晚|晚上|晚间|晚",
    "season": "[春夏秋冬]季|[夏冬]令时",
    "to": TO,
    "join": r"\s*(?:、|/|以及|和|及|与)\s*",
    "left": r"\s*[(【]\s*",
    "right": r"\s*[)】]\s*",
    "gap": r"[\s,;:。]+",
    "nothing": "每年|(?:对外)?(?:开放|营业|服务)(?:时间)?|时间|均|为",
}
WORD = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in WORDS.items()))
BY_CALENDAR = "workdays"  # among days: the State Council's, so holidays are off
DAYS = {"every": ALL, "workdays": WORK | {BY_CALENDAR}, "weekend": WEEKEND, "holiday": HOLIDAY}
# The hours that a part of the day may name, of 24.
PARTS = dict.fromkeys(["清晨", "早晨", "早上", "早"], (3, 12)) | dict.fromkeys(["下午", "傍晚"], (12, 19))
PARTS |= dict.fromkeys(["晚上", "晚间", "晚"], (17, 24))
PARTS |= {"凌晨": (0, 6), "上午": (5, 12), "中午": (11, 14)}


class Doubt(Exception):
    """The text does not say it, or could mean something else as well."""


@dataclass
class Moment:
    """`part` is the part of the day that is written before it, `minutes` since midnight."""

    minutes: int
    part: str | None
    is_padded: bool
    is_next_day: bool


@dataclass
class Statement:
    """`times` are minutes [(start, end), …] or "off" or "usual"; `days` None where none is named.

    `season` is two dates as they were written: ("5月", "9月30日").
    """

    days: set | None
    times: list | str
    season: tuple | None


def statements_of(text: str) -> list[Statement]:
    if re.sub("[^()【】]", "", text).replace("()", "").replace("【】", ""):
        raise Doubt("brackets")
    return Reader(words(text)).statements()


def words(text):
    """[(kind, word), …]; every character belongs to one."""
    text = re.sub(NUMERAL, number, text)
    found, place = [], 0
    while place < len(text):
        match = WORD.match(text, place)
        if not match:
            raise Doubt(text[place:])
        if match.lastgroup != "nothing":
            found.append((match.lastgroup, match[0].strip()))
        place = match.end()
    return found


def number(numeral):
    ten, one = numeral[0].startswith("十"), numeral[0][-1].replace("两", "二")
    return str(10 * ten + "十一二三四五六七八九".index(one))


class Reader:
    def __init__(self, words):
        self.words, self.place = words, 0
        self.is_24_hour = False
        self.season = None

    def peek(self):
        return self.words[self.place][0] if self.place < len(self.words) else None

    def take(self, *kinds):
        """The next word if it is of one of the kinds, else None."""
        if self.peek() not in kinds:
            return None
        self.place += 1
        return self.words[self.place - 1][1]

    def need(self, *kinds):
        if self.peek() not in kinds:
            raise Doubt(kinds)
        return self.take(*kinds)

    def skip(self, *kinds):
        while self.peek() in kinds:
            self.place += 1

    def statements(self):
        found = []
        self.skip("gap", "left")
        while self.peek():
            found += self.statement()
            self.skip("gap", "join", "right", "left")
        ends = [end for each in found if isinstance(each.times, list) for _start, end in each.times]
        # 8:30-11:00 may end at night unless something shows that 24 hours are counted; 8:30-12:00 does not.
        if not self.is_24_hour and any(end not in (NOON, MIDNIGHT) for end in ends):
            raise Doubt("twelve hours or twenty-four")
        return found

    def statement(self):
        self.dates()
        if self.take("no_rest") is not None:
            return [Statement(ALL | HOLIDAY, "usual", None)]
        days, is_loose = self.days()
        days, asides = self.in_brackets(days)
        self.skip("gap")
        for word in ("off", "usual"):
            if days and self.take(word) is not None:
                if is_loose:  # “周一至周五，节假日除外” are two things, “周六、节假日除外” is one
                    raise Doubt("which days")
                return [*asides, Statement(days, word, self.season)]
        self.skip("left")
        times = self.times()
        return [*asides, Statement(days or self.days_behind(), times, self.season)]

    def dates(self):
        is_named = self.take("season") is not None
        start = self.place
        self.skip("left", "gap")
        if self.peek() != "date":
            self.place = start
            if is_named:
                raise Doubt("which months are a summer")
            return
        first = self.need("date")
        self.need("to")
        self.take("next_year")
        self.season = first, self.need("date")
        self.skip("right", "left", "gap", "season")

    def days(self):
        """(days or None, whether a mere comma or space stands among them)."""
        found, is_loose = set(), False
        while True:
            start, between = self.place, set()
            while found and self.peek() in ("join", "gap"):
                between.add(self.peek())
                self.place += 1
            named = self.day_range(is_first=not found)
            if not named:
                self.place = start
                return found or None, is_loose
            if found & named:  # 每天周一至周五
                raise Doubt("the same days twice")
            is_loose = is_loose or "gap" in between
            found |= named

    def day_range(self, *, is_first):
        if self.peek() in DAYS:
            self.place += 1
            return DAYS[self.words[self.place - 1][0]]
        first = self.take("day") or (not is_first and self.take("bare_day"))
        if not first:
            return None
        first = last = weekday(first)
        if self.take("to") is not None:
            last = weekday(self.need("day", "bare_day"))
        return {WEEKDAYS[n % 7] for n in range(first, last + 1 if first <= last else last + 8)}

    def in_brackets(self, days):
        """Days, with what brackets behind them say: others that are off, or the same in other words."""
        start = self.place
        if days and self.take("left") is not None:
            others, is_loose = self.days()
            if others and self.take("off") is not None and self.take("right") is not None and not is_loose:
                return days, [Statement(others, "off", self.season)]
            if others and others & ALL == days & ALL and self.take("right") is not None:
                return days | others, []
        self.place = start
        return days, []

    def days_behind(self):
        start = self.place
        has_brackets = self.take("left") is not None
        self.skip("gap")
        days, _is_loose = self.days()
        if days and (self.take("right") is not None if has_brackets else self.peek() is None):
            return days
        self.place = start
        return None

    def times(self):
        if self.take("all_day") is not None:
            while [kind for kind, _word in self.words[self.place : self.place + 2]] == ["left", "all_day"]:
                self.place += 2
            self.skip("all_day")
            return [(0, MIDNIGHT)]
        found = [self.span()]
        while True:
            start = self.place
            self.skip("gap", "join")
            if self.peek() not in ("part", "time"):
                self.place = start
                break
            found.append(self.span())
        if any(before[1] > after[0] for before, after in pairwise(found)):
            raise Doubt("one begins before the other ends")
        return found

    def span(self):
        start = self.moment(None)
        self.need("to")
        end = self.moment(start.part)
        if start.is_next_day or start.minutes >= MIDNIGHT:
            raise Doubt("begins on the day after")
        last = last_minute(start, end)
        if last - start.minutes > MIDNIGHT:
            raise Doubt("longer than a day")
        return start.minutes, last

    def moment(self, part_before):
        is_next_day = self.take("next_day") is not None
        part, word = self.take("part"), self.need("time")
        hour, minute, *_seconds = [int(number) for number in re.findall(r"\d+", word)] + [30 * ("半" in word)]
        if hour > 24 or minute > 59 or (hour == 24 and minute):
            raise Doubt(word)
        is_padded = word.startswith("0")
        self.is_24_hour |= bool(part) or is_padded or hour == 0 or hour > 12
        if part:
            hour = hour_of(part, hour)
        elif part_before and not is_padded and not is_next_day:
            hour = hour_after(part_before, hour)
        return Moment(hour * 60 + minute, part, is_padded, is_next_day)


def weekday(word):
    """0 for 周一, 6 for 星期天."""
    return "一二三四五六日1234567".index(word[-1].replace("天", "日")) % 7


def hour_of(part, hour):
    low, high = PARTS[part]
    for meant in (hour, hour + 12):
        if low <= meant <= high:
            return meant
    if (part, hour) == ("凌晨", 12):
        return 0
    raise Doubt(f"{part}{hour}")


def hour_after(part, hour):
    """The hour at which something ends that began in a part of the day: 下午1:30-5:00."""
    low, high = PARTS[part]
    return hour + 12 if low > 10 and hour <= 12 and not low <= hour <= high else hour


def last_minute(start, end):
    """The end in minutes of the day of the start; more than a day's where it lies past midnight."""
    if end.is_next_day:
        return end.minutes + MIDNIGHT
    if end.minutes == MIDNIGHT - 1 or (end.minutes == 0 and not end.part):
        return MIDNIGHT
    if end.minutes <= start.minutes:
        # 22:00-6:00 runs into the morning; 8:00-6:00 and 13:00-5:00 may mean the evening.
        if start.minutes < NOON or not (end.is_padded or end.part or end.minutes + NOON <= start.minutes):
            raise Doubt("which half of the day")
        return end.minutes + MIDNIGHT
    if not (start.part or start.is_padded) and 60 <= start.minutes < NOON / 2 and end.minutes <= NOON:
        raise Doubt("1:30-5:00 is in the afternoon, mostly")
    return end.minutes
