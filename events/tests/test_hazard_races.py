"""Moderators at once on the same report, and reports at once on the same day, on PostgreSQL."""

from functools import partial

import pytest

from events import hazards, points
from events.models import HazardReport, Message, PointsAccount, PointsEntry
from events.tests.factories import make_hazard
from events.tests.test_races import codes
from stations.tests.factories import make_user
from stations.tests.races import at_once, everybody, many_sessions  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]
MANY = 8


@pytest.fixture
def moderators():
    return [make_user(name=f"站长{n}") for n in range(MANY)]


def test_moderators_at_once_decide_once(station, moderators):
    made = make_hazard(station=station)
    verbs = [hazards.verify, partial(hazards.decline, reason="没有找到")] * (MANY // 2)

    answers = at_once(
        *(
            partial(verb, HazardReport.objects.get(), by=by)
            for verb, by in zip(verbs, moderators, strict=True)
        )
    )

    assert codes(answers) == {"HazardReport": 1, "decided_before": MANY - 1}
    [winner] = [answer for answer in answers if isinstance(answer, HazardReport)]
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (winner.state, winner.decided_by)
    assert Message.objects.count() == 1
    assert PointsEntry.objects.count() == (made.state == "verified")


def test_control_looking_at_the_state_before_writing_decides_many_times(station, moderators):
    make_hazard(station=station)
    has_looked = everybody(MANY)

    def verify(by):
        report = HazardReport.objects.get()
        has_looked()
        if report.state == "pending":
            report.state, report.decided_by, report.decided_at = "verified", by, report.created_at
            report.save()
            return report

    answers = at_once(*(partial(verify, by) for by in moderators))

    assert codes(answers) == {"HazardReport": MANY}


def test_of_many_reports_of_a_day_verified_at_once_three_earn(station, moderators):
    rider = make_user()
    reports = [make_hazard(station=station, person=rider) for _n in range(MANY)]

    answers = at_once(
        *(partial(hazards.verify, report, by=by) for report, by in zip(reports, moderators, strict=True))
    )

    assert codes(answers) == {"HazardReport": MANY}
    assert (PointsEntry.objects.count(), PointsAccount.objects.get().balance) == (3, 30)


def test_control_counting_before_writing_earns_more_than_three(station, moderators):
    rider = make_user()
    account = points.account_of(rider)
    reports = [make_hazard(station=station, person=rider) for _n in range(MANY)]
    has_looked = everybody(MANY)

    def earn(report):
        earned = account.entries.count()
        has_looked()
        if earned < 3:
            return points.earn(account, 10, kind="earn_report", key=report.key, reason="隐患")

    at_once(*(partial(earn, report) for report in reports))

    assert PointsEntry.objects.count() == MANY
