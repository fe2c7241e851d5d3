"""Hours are confirmed within ten working days (order 67, art. 11): reminders on day 5 and 9, then overdue."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from events.models import Message
from stations.holidays import Workdays, is_workday, workdays_from
from stations.tests.factories import make_posting, make_user
from volunteers import attendance, desk, reminders
from volunteers.tests.factories import make_shift, make_signup

FRIDAY = datetime.fromisoformat("2026-11-06T14:00+08:00")


@pytest.fixture
def now():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def served(now, manager, station):
    """Friday's shift, 14 to 16, unmarked."""
    return make_signup(shift=make_shift(station=station, starts_at=FRIDAY))


def on(now, day):
    now.move_to(f"2026-11-{day:02}T09:00+08:00")
    return reminders.queue_unmarked()


def test_managers_are_reminded_on_the_fifth_and_ninth_working_day(served, now):
    assert [day for day in range(7, 30) if on(now, day)] == [13, 19]


def test_a_day_s_run_twice_writes_one_letter(served, now):
    assert [on(now, 13), on(now, 13)] == [1, 0]


def test_one_letter_tells_of_all_the_shifts_of_a_station(served, now, manager, station):
    manager.language = "en"
    manager.save()
    for days in (1, 2):  # the weekend has its fifth working day on the same Friday
        make_signup(shift=make_shift(station=station, starts_at=FRIDAY + timedelta(days=days)))

    assert on(now, 13) == 1

    letter = Message.objects.get()
    assert letter.subject == f"Please say who came: 3 at {station}"
    assert "run out on 2026-11-20" in letter.body


def test_each_manager_of_the_station_reads_it_and_no_other(served, now, station, other_manager):
    second = make_user()
    make_posting(second, station)

    assert on(now, 13) == 2
    assert not Message.objects.filter(person=other_manager).exists()


def test_who_has_said_who_came_is_left_in_peace(served, now, manager):
    now.move_to("2026-11-07T09:00+08:00")
    attendance.mark_came(served, by=manager)

    assert on(now, 13) == 0


def test_after_ten_working_days_it_is_overdue(served):
    queue = next(queue for queue in desk.awaiting_review() if queue.key == "hours")

    due = queue.waits_since(served) + queue.within

    assert f"{timezone.localtime(due):%Y-%m-%d %H:%M}" == "2026-11-20 23:59"


def test_holidays_and_make_up_workdays_are_those_of_the_state_council():
    assert [is_workday(date(2025, 10, day)) for day in (1, 8, 9, 11)] == [False, False, True, True]
    assert workdays_from(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert workdays_from(date(2025, 10, 9), -1) == date(2025, 9, 30)


def test_where_no_calendar_is_published_monday_to_friday_are_worked():
    assert [is_workday(date(2090, 1, day)) for day in range(2, 9)] == [True] * 5 + [False] * 2
    assert timezone.localdate(FRIDAY + Workdays(1)) == date(2026, 11, 9)
