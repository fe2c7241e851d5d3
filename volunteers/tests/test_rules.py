"""Rules of series: which days they mean, what they say to people, and what is refused with a sentence."""

import time
from datetime import date

import pytest
from django.utils import translation

from stations.refusals import Refusal
from volunteers import rules

MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", [6, 13, 20, 27]),
        ("freq=weekly;byday=tu,fr", [3, 6, 10, 13, 17, 20, 24, 27]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2", [2, 16, 30]),
        ("FREQ=DAILY;COUNT=3", [2, 3, 4]),
        ("FREQ=DAILY;UNTIL=20261104", [2, 3, 4]),
        ("FREQ=DAILY;UNTIL=20261104T080000", [2, 3, 4]),
        ("FREQ=MONTHLY;BYDAY=1SA,-1SA", [7, 28]),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1", [15, 30]),
        ("FREQ=WEEKLY;BYDAY=FR;BYMONTH=6,7,8", []),
    ],
)
def test_a_rule_means_these_days_of_november(rule, days):
    rules.check(rule, MONDAY)

    found = rules.days(rule, MONDAY, MONDAY, date(2026, 11, 30))

    assert [day.day for day in found] == days


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "rule"),
        ("every Friday", "rule"),
        ("BYDAY=FR", "rule"),
        ("FREQ=HOURLY", "too_fine"),
        ("FREQ=DAILY;BYHOUR=9", "too_fine"),
        ("FREQ=WEEKLY;BYMINUTE=30", "too_fine"),
        ("FREQ=WEEKLY;UNTIL=20261231T160000Z", "zone"),
        ("FREQ=WEEKLY;UNTIL=20261331", "rule"),
        ("FREQ=WEEKLY;UNTIL=20261231;COUNT=3", "rule"),
        ("FREQ=WEEKLY;INTERVAL=0", "rule"),
        ("FREQ=WEEKLY;COUNT=0", "rule"),
        ("FREQ=WEEKLY;FREQ=DAILY", "rule"),
        ("FREQ=WEEKLY;BYDAY=XX", "rule"),
        ("FREQ=WEEKLY;BYDAY=1FR", "rule"),
        ("FREQ=YEARLY", "rule"),
        ("FREQ=WEEKLY\nDTSTART:20260101", "rule"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no_days"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=FR", "no_days"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "no_days"),
    ],
)
def test_what_is_no_rule_for_days_is_refused_at_once(rule, code):
    begin = time.perf_counter()

    with pytest.raises(Refusal) as refusal:
        rules.check(rule, MONDAY)

    assert refusal.value.code == code
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;BYDAY=TU,FR", "every week: Tuesday, Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;UNTIL=20271231", "every 2 weeks: Saturday · until 2027-12-31"),
        ("FREQ=MONTHLY;BYDAY=1SA,-1SU;COUNT=5", "every month: 1st Saturday, last Sunday · 5 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1;BYMONTH=6,7", "every month: day 15, last day · June, July"),
    ],
)
def test_a_rule_is_said_in_words(rule, words):
    assert rules.in_words(rule) == words
