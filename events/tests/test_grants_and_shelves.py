"""Points by hand, the shelf, limits, days of the month and planned prices."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from events import desk, grants, limits, redemption_days, redemptions, stocks
from events.models import PointsDecision, PointsEntry, Redemption
from events.tests.factories import make_redemption, make_redemption_day, make_reward, redeem
from stations import hours, reach
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk

THURSDAY_NIGHT = datetime(2026, 11, 19, 23, 59, 59, tzinfo=hours.SHANGHAI)
FRIDAY = date(2026, 11, 20)


def refusal(verb, *args, **kw):
    with pytest.raises(Refusal) as refused:
        verb(*args, **kw)
    return refused.value.code


def balance(card):
    card.account.refresh_from_db()
    return card.account.balance


# Points by hand


@pytest.fixture
def propose(worker, manager):
    def make(points=60, **kw):
        row = {"kind": "grant", "decision": "瓯工〔2026〕12号", "reason": "困难补助", **kw}
        proposal = PointsDecision(account=worker.account, station=worker.station, points=points, **row)
        return grants.propose(proposal, by=manager)

    return make


def test_points_move_when_a_second_person_approves(propose, worker, moderator):
    proposal = propose()
    before = balance(worker)

    grants.approve(proposal, by=moderator)

    entry = PointsEntry.objects.get(key=f"decision:{proposal.pk}")
    assert (before, balance(worker)) == (100, 160)
    assert (entry.kind, entry.points, entry.actor) == ("grant", 60, moderator)
    assert "12号" in entry.reason


@pytest.mark.parametrize("verb", [grants.approve, grants.decline])
def test_who_has_proposed_it_does_not_decide_it(propose, worker, manager, verb):
    assert refusal(verb, propose(), by=manager, reason="好") == "same_person"
    assert balance(worker) == 100


def test_the_first_decision_counts(propose, worker, moderator, staff):
    proposal = propose()
    grants.decline(proposal, by=moderator, reason="没有这个文件")

    assert refusal(grants.approve, proposal, by=staff) == "decided_before"
    assert balance(worker) == 100


def test_declining_needs_a_reason(propose, moderator):
    assert refusal(grants.decline, propose(), by=moderator, reason=" ") == "reason_needed"


def test_an_adjustment_takes_no_more_than_there_is(propose, worker, moderator):
    proposal = propose(-101, kind="adjust")

    assert refusal(grants.approve, proposal, by=moderator) == "not_enough_points"
    proposal.refresh_from_db()
    assert (proposal.state, balance(worker)) == ("proposed", 100)


def test_the_same_decision_is_recorded_once_until_it_is_declined(propose, moderator):
    first = propose()
    assert refusal(propose) == "proposed_before"

    grants.decline(first, by=moderator, reason="人名写错了")
    assert propose().state == "proposed"


# At the desk


@pytest.fixture
def queue():
    return next(queue for queue in desk.awaiting_review() if queue.key == "points")


def test_the_county_decides_and_the_counter_does_not(queue, propose, moderator, manager):
    proposal = propose()

    assert list(queue.rows(reach.of(moderator))) == [proposal]
    assert not reach.of(manager).may(queue.roles)


def test_the_desk_shows_balance_history_and_what_else_is_proposed(queue, propose, worker, moderator):
    grants.decline(propose(decision="11号"), by=moderator, reason="重复")
    proposal, other = propose(), propose(decision="13号", points=5)

    about = queue.about(proposal)

    assert any("100" in line for line in about.person) and any("11号" in line for line in about.person)
    assert [words for words, _address in about.similar] == [str(other)]


def test_who_has_proposed_it_finds_the_buttons_shut_and_why(client, propose, worker, moderator, staff):
    mine = grants.propose(
        PointsDecision(
            account=worker.account, station=worker.station, kind="grant", points=5, decision="9", reason="x"
        ),
        by=moderator,
    )
    shown = {}
    for person in (moderator, staff):
        client.force_login(person)
        page = client.get(f"/admin/desk/points/{mine.pk}/").content.decode()
        shown[person] = page.count("disabled aria-describedby"), 'id="desk-not-theirs"' in page
    client.force_login(moderator)
    answer = client.post(f"/admin/desk/points/{mine.pk}/", {"choice": "approve"})

    assert shown == {moderator: (2, True), staff: (0, False)}
    assert answer.status_code == 422


def test_of_many_only_those_of_others_are_decided(client, propose, worker, moderator):
    theirs = propose()
    mine = grants.propose(
        PointsDecision(
            account=worker.account, station=worker.station, kind="grant", points=5, decision="9", reason="x"
        ),
        by=moderator,
    )
    client.force_login(moderator)

    found = client.get(
        "/admin/desk/points/preview/", {"choice": "approve", "ids": f"{mine.pk},{theirs.pk}"}
    ).context["found"]

    assert found.rows == [theirs]
    assert [name for name, _sentence in found.refused] == [str(mine)]


# The shelf


@pytest.fixture
def stock(station):
    return make_reward(station=station).stock.get()


def left(stock):
    stock.refresh_from_db()
    return stock.left


def test_a_delivery_is_a_line_and_more_on_the_shelf(stock, manager):
    stocks.deliver(stock, 3, by=manager)

    assert left(stock) == 8
    assert refusal(stocks.deliver, stock, 0, by=manager) == "nothing"


def test_what_is_taken_away_needs_a_reason_and_must_be_there(stock, manager):
    assert refusal(stocks.deliver, stock, -1, by=manager) == "reason_needed"
    assert refusal(stocks.deliver, stock, -6, by=manager, reason="送走") == "too_few"
    stocks.deliver(stock, -5, by=manager, reason="送走")

    assert left(stock) == 0


def test_a_count_finds_what_waits_too(stock, station, manager):
    make_redemption(kiosk=make_kiosk(station=station), reward=stock.reward)

    assert stocks.count(stock, 5, by=manager).pieces == 0
    assert refusal(stocks.count, stock, 4, by=manager) == "reason_needed"
    assert stocks.count(stock, 4, by=manager, reason="破损").pieces == -1
    assert refusal(stocks.count, stock, 0, by=manager, reason="没了") == "reserved"
    assert (left(stock), stocks.on_the_shelf(stock)) == (3, 4)


# Limits


@pytest.mark.parametrize(
    ("apart", "allowed"), [(7, False), (13, False), (14, True), (-13, False), (-14, True)]
)
def test_one_piece_in_fourteen_days_whichever_comes_first(worker, station, kiosk, apart, allowed):
    reward = make_reward(station=station, limit=1, limit_days=14)
    with time_machine.travel(THURSDAY_NIGHT + timedelta(days=1), tick=False):
        make_redemption(kiosk=kiosk, worker_pass=worker, reward=reward)
        day = FRIDAY + timedelta(days=apart)

        if allowed:
            limits.check(worker.account, reward, day)
        else:
            assert refusal(limits.check, worker.account, reward, day) == "limit_reached"


def test_a_limit_without_days_is_for_ever_and_what_was_reversed_does_not_count(worker, station, kiosk):
    reward = make_reward(station=station, limit=1)
    redemption = make_redemption(kiosk=kiosk, worker_pass=worker, reward=reward)
    later = timezone.localdate() + timedelta(days=999)

    assert refusal(limits.check, worker.account, reward, later) == "limit_reached"
    redemptions.reverse(redemption)
    limits.check(worker.account, reward, later)


def test_a_limit_of_one_reward_is_not_one_of_another(worker, station, kiosk):
    make_redemption(kiosk=kiosk, worker_pass=worker, reward=make_reward(station=station, limit=1))

    limits.check(worker.account, make_reward(limit=1), timezone.localdate())


# Days of the month


def test_the_fifteenth_of_each_month(station):
    make_redemption_day(station=station, weekday=None, day_of_month=15)

    days = redemption_days.between(station, date(2026, 11, 1), date(2027, 1, 31))
    assert [(day.month, day.day) for day in days] == [(11, 15), (12, 15), (1, 15)]


def test_the_thirty_first_happens_in_long_months_only(station):
    make_redemption_day(station=station, weekday=None, day_of_month=31)

    days = redemption_days.between(station, date(2026, 11, 1), date(2027, 3, 31))
    assert [day.month for day in days] == [12, 1, 3]


def test_week_and_month_together_and_the_counter_agrees(station, kiosk, worker):
    make_redemption_day(station=station, weekday=4)
    make_redemption_day(station=station, weekday=None, day_of_month=18)
    reward = make_reward(station=station)

    with time_machine.travel(datetime(2026, 11, 18, 12, tzinfo=hours.SHANGHAI), tick=False):
        assert redemption_days.between(station, date(2026, 11, 16), FRIDAY) == [date(2026, 11, 18), FRIDAY]
        assert redeem(worker.account, reward, kiosk=kiosk, key="order").date == date(2026, 11, 18)


# Planned prices


def test_a_price_planned_for_friday_holds_from_its_midnight_and_is_kept(station, kiosk, worker):
    for weekday in range(7):
        make_redemption_day(station=station, weekday=weekday)
    reward = make_reward(station=station)
    reward.prices.create(points=45, starts_on=FRIDAY)

    with time_machine.travel(THURSDAY_NIGHT, tick=False) as clock:
        thursday = redeem(worker.account, reward, kiosk=kiosk, key="thursday")
        clock.shift(timedelta(seconds=1))
        friday = redeem(worker.account, reward, kiosk=kiosk, key="friday")
    reward.prices.filter(starts_on=FRIDAY).update(points=99)

    assert list(Redemption.objects.order_by("pk").values_list("points", flat=True)) == [30, 45]
    assert (thursday.date, friday.date, balance(worker)) == (date(2026, 11, 19), FRIDAY, 25)


def test_a_reversal_gives_back_what_was_paid_and_not_what_it_costs_now(station, kiosk, worker):
    reward = make_reward(station=station)
    redemption = make_redemption(kiosk=kiosk, worker_pass=worker, reward=reward)
    reward.prices.update(points=99)

    redemptions.reverse(redemption)

    assert balance(worker) == 100
