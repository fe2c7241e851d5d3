"""The counter's forms in the workplace: stock, prices, days, rules, points by hand, complaints."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from events import grants, points, redemption_days
from events.models import (
    EarningRule,
    Message,
    PointsDecision,
    PointsEntry,
    Price,
    RedemptionDay,
    RedemptionDayException,
    Stock,
)
from events.tests.factories import make_points, make_redemption, make_reward, make_worker_pass
from stations import hours
from stations.tests.factories import make_kiosk, make_organisation, make_posting, make_user

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=hours.SHANGHAI)


def address(model, what="add", pk=None):
    return reverse(f"admin:events_{model}_{what}", args=[pk] if pk else [])


def inline(prefix, *rows, initial=0):
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        form |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return form


def save(client, page, form, **inlines):
    """As a browser sends it, with the mark of when the form was opened; the answer."""
    shown = client.get(page)
    mark = {"history_mark": shown.context["history_mark"]} if "history_mark" in shown.context else {}
    return client.post(page, {**form, **mark, **inlines})


def errors(answer):
    form = answer.context["adminform"].form
    return {name: list(found) for name, found in form.errors.items()}


@pytest.fixture
def mine(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def county(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def operators(client, admin):
    client.force_login(admin)
    return client


# Stock


@pytest.fixture
def stock(station):
    return make_reward(station=station).stock.get()


def movement(client, stock, **form):
    page = address("stock", "change", stock.pk)
    given = {"delivered": "", "counted": "", "reason": "", **form}
    return save(client, page, {**given, **inline("movements")})


def left(stock):
    return Stock.objects.get(pk=stock.pk).left


def test_a_reward_comes_to_the_shelf_with_its_first_delivery(mine, station, manager):
    reward = make_reward()
    form = {"station": station.pk, "reward": reward.pk, "delivered": 20, "reason": "首批"}

    save(mine, address("stock"), {**form, **inline("movements")})

    stock = Stock.objects.get()
    [delivery] = stock.movements.all()
    assert (stock.left, delivery.pieces, delivery.reason, delivery.actor) == (20, 20, "首批", manager)


def test_a_delivery_is_added(mine, stock):
    answer = movement(mine, stock, delivered=7)

    assert (answer.status_code, left(stock)) == (302, 12)


def test_a_count_that_agrees_needs_no_reason(mine, stock):
    movement(mine, stock, counted=5)

    assert list(stock.movements.filter(kind="count").values_list("pieces", "counted")) == [(0, 5)]


def test_a_difference_without_a_reason_is_asked_about_and_nothing_typed_is_lost(mine, stock):
    answer = movement(mine, stock, counted=3)

    assert answer.status_code == 200 and list(errors(answer)) == ["reason"]
    assert 'value="3"' in answer.content.decode()
    assert left(stock) == 5


def test_a_difference_with_its_reason_is_written_with_who_counted(mine, stock, manager):
    movement(mine, stock, counted=3, reason="包装破了")

    count = stock.movements.get(kind="count")
    assert (count.pieces, count.counted, count.reason, count.actor) == (-2, 3, "包装破了", manager)
    assert left(stock) == 3


def test_the_count_includes_what_is_reserved_for_somebody(mine, station):
    reward = make_reward(station=station)
    make_redemption(kiosk=make_kiosk(station=station), reward=reward)
    stock = reward.stock.get()

    page = mine.get(address("stock", "change", stock.pk)).content.decode()
    movement(mine, stock, counted=5)
    too_few = movement(mine, stock, counted=0, reason="不见了")

    assert "field-shelf" in page and left(stock) == 4
    assert list(errors(too_few)) == ["counted"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"delivered": -9, "reason": "送往湖滨"}, "delivered"),
        ({"delivered": -1}, "reason"),
        ({"delivered": 3, "counted": 8}, "counted"),
        ({"counted": -1}, "counted"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(mine, stock, form, field):
    answer = movement(mine, stock, **form)

    assert (answer.status_code, list(errors(answer)), left(stock)) == (200, [field], 5)


def test_the_shelf_of_another_station_does_not_exist(client, stock, other_manager, auditor):
    page = address("stock", "change", stock.pk)

    client.force_login(other_manager)
    assert movement_refused(client, page) == 404
    client.force_login(auditor)
    assert movement_refused(client, page) == 403
    assert left(stock) == 5


def movement_refused(client, page):
    return client.post(page, {"delivered": 5, **inline("movements")}).status_code


# Prices


def price_form(reward, *rows):
    form = {"name_zh": reward.name_zh, "name_en": reward.name_en, "picture": "soap", "is_active": "on"}
    kept = [
        {"id": price.pk, "reward": reward.pk, "starts_on": price.starts_on, "points": price.points}
        for price in reward.prices.order_by("-starts_on")
    ]
    return {**form, **inline("prices", *kept, *rows, initial=len(kept))}


def test_operators_plan_a_price_for_a_day(operators):
    reward = make_reward()
    page = address("reward", "change", reward.pk)

    save(operators, page, price_form(reward, {"reward": reward.pk, "starts_on": "2030-01-01", "points": 99}))

    assert list(reward.prices.values_list("points", flat=True)) == [99, 30]


@pytest.mark.parametrize(
    "row", [{"starts_on": "2020-01-01", "points": 9}, {"starts_on": "2030-01-01", "points": 0}]
)
def test_two_prices_of_a_day_and_a_price_of_nothing_are_refused_in_words(operators, row):
    reward = make_reward()

    answer = save(
        operators, address("reward", "change", reward.pk), price_form(reward, {"reward": reward.pk, **row})
    )

    assert answer.status_code == 200
    assert Price.objects.count() == 1


def test_managers_read_the_catalogue_and_do_not_write_it(mine):
    reward = make_reward()
    page = address("reward", "change", reward.pk)

    assert mine.get(page).status_code == 200
    assert mine.post(page, price_form(reward)).status_code == 403
    assert mine.get(address("reward")).status_code == 403


# Redemption days, exceptions, earning rules


def test_a_day_of_the_month_instead_of_a_weekday(mine, station):
    save(mine, address("redemptionday"), {"station": station.pk, "weekday": "", "day_of_month": 15})

    assert RedemptionDay.objects.get().day_of_month == 15


@pytest.mark.parametrize("form", [{"weekday": 4, "day_of_month": 15}, {"weekday": "", "day_of_month": ""}])
def test_both_or_none_of_the_two_is_explained(mine, station, form):
    answer = save(mine, address("redemptionday"), {"station": station.pk, **form})

    assert list(errors(answer)) == ["__all__"]
    assert not RedemptionDay.objects.exists()


def test_the_same_weekday_twice_is_explained(mine, station):
    form = {"station": station.pk, "weekday": 4, "day_of_month": ""}
    save(mine, address("redemptionday"), form)

    answer = save(mine, address("redemptionday"), form)

    assert answer.status_code == 200 and errors(answer)
    assert RedemptionDay.objects.count() == 1


def test_another_stations_days_cannot_be_chosen(mine, other_station):
    answer = save(
        mine, address("redemptionday"), {"station": other_station.pk, "weekday": 4, "day_of_month": ""}
    )

    assert list(errors(answer)) == ["station"]


def test_an_exception_opens_a_single_day(mine, station):
    form = {"station": station.pk, "date": "2026-12-03", "is_open": "on", "reason": "年货节"}
    save(mine, address("redemptiondayexception"), form)

    again = save(mine, address("redemptiondayexception"), form)

    exception = RedemptionDayException.objects.get()
    assert redemption_days.is_one(station, exception.date)
    assert again.status_code == 200 and errors(again)


def test_operators_change_what_an_hour_is_worth_from_a_day_on(operators):
    form = {
        "kind": "earn_shift",
        "starts_on": "2030-01-01",
        "points": 12,
        "most_a_day": "",
        "quarantine_days": 7,
    }

    save(operators, address("earningrule"), form)
    again = save(operators, address("earningrule"), form)

    rule = points.rule_on("earn_shift", date(2030, 1, 1))
    assert (rule.points, rule.quarantine_days) == (12, 7)
    assert again.status_code == 200 and errors(again)
    assert EarningRule.objects.filter(starts_on="2030-01-01").count() == 1


def test_managers_read_the_earning_rules_only(mine):
    assert mine.get(address("earningrule", "changelist")).status_code == 200
    assert mine.get(address("earningrule")).status_code == 403


# Points by hand


def proposal(card, **kw):
    form = {"card": card.number, "kind": "grant", "points": 60, "decision": "1号", "reason": "困难补助"}
    return form | kw


def test_a_manager_proposes_by_the_number_of_the_card_and_no_points_move(mine, worker, manager):
    answer = save(mine, address("pointsdecision"), proposal(worker))

    [proposed] = PointsDecision.objects.all()
    worker.account.refresh_from_db()
    assert answer.status_code == 302
    assert (proposed.account, proposed.station, proposed.proposed_by) == (
        worker.account,
        worker.station,
        manager,
    )
    assert (proposed.state, worker.account.balance) == ("proposed", 100)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"card": "99999999"}, "card"),
        ({"points": 0}, "__all__"),
        ({"points": -5}, "__all__"),
        ({"kind": "adjust", "points": -101}, "points"),
        ({"decision": ""}, "decision"),
    ],
)
def test_what_cannot_be_proposed_is_said_in_the_form(mine, worker, form, field):
    answer = save(mine, address("pointsdecision"), proposal(worker) | form)

    assert (answer.status_code, list(errors(answer))) == (200, [field])
    assert not PointsDecision.objects.exists()


def test_one_decision_counts_once_for_a_card(mine, worker):
    save(mine, address("pointsdecision"), proposal(worker))

    answer = save(mine, address("pointsdecision"), proposal(worker, points=10))

    assert (answer.status_code, list(errors(answer))) == (200, ["__all__"])


def test_a_card_of_another_counter_is_unknown_here(mine, other_station):
    answer = save(mine, address("pointsdecision"), proposal(make_worker_pass(station=other_station)))

    assert list(errors(answer)) == ["card"]


def test_only_the_county_is_shown_the_way_to_the_desk(client, manager, moderator, worker):
    made = PointsDecision(
        account=worker.account, station=worker.station, kind="grant", points=5, decision="1"
    )
    page = address("pointsdecision", "change", grants.propose(made, by=manager).pk)

    found = {}
    for person in (manager, moderator):
        client.force_login(person)
        found[person] = "/admin/desk/points/" in client.get(page).content.decode()

    assert found == {manager: False, moderator: True}


# A complaint


def act(client, *entries, **form):
    rows = [entry.pk for entry in entries]
    page = address("pointsentry", "changelist")
    return client.post(page, {"action": "forfeit", "_selected_action": rows, **form}, follow=True)


@pytest.fixture
def earned(station):
    """Ten points for an hour of a person who reads English."""
    person = make_user(name="陈骑手", email="rider@example.com", language="en")
    account = make_worker_pass(person=person, station=station, points=0).account
    Message.objects.all().delete()  # which told of the card
    return make_points(account, 10, kind="earn_report", station=station)


def test_after_a_complaint_the_points_are_taken_back_and_the_person_is_told(county, earned, moderator):
    asked = act(county, earned)
    act(county, earned, reason="举报属实")

    earned.account.refresh_from_db()
    taken, letter = PointsEntry.objects.get(kind="reverse"), Message.objects.get()
    assert asked.status_code == 200 and 'name="reason"' in asked.content.decode()
    assert (taken.points, taken.actor, taken.reason, earned.account.balance) == (
        -10,
        moderator,
        "举报属实",
        0,
    )
    assert letter.address == "rider@example.com" and "举报属实" in letter.body and "10 points" in letter.body


def test_without_a_reason_nothing_is_taken(county, earned):
    answer = act(county, earned, reason="  ")

    assert answer.status_code == 422
    assert not PointsEntry.objects.filter(kind="reverse").exists()


def test_a_second_time_is_refused_in_words(county, earned):
    act(county, earned, reason="举报属实")

    answer = act(county, earned, reason="举报属实")

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert PointsEntry.objects.filter(kind="reverse").count() == 1
    assert Message.objects.count() == 1


def test_who_has_a_card_only_is_not_written_to(county, station, worker):
    act(county, make_points(worker.account, 10, kind="earn_report", station=station), reason="举报属实")

    assert PointsEntry.objects.filter(kind="reverse").exists() and not Message.objects.exists()


def test_managers_and_other_counties_do_not_take_points_back(client, earned, manager):
    elsewhere = make_user()
    make_posting(elsewhere, make_organisation(), role="moderator")
    for person in (manager, elsewhere):
        client.force_login(person)
        act(client, earned, reason="举报属实")

    assert not PointsEntry.objects.filter(kind="reverse").exists()


def test_what_was_not_earned_is_not_taken(county, station, worker):
    granted = make_points(worker.account, 10, station=station)

    act(county, granted, reason="举报属实")

    assert not PointsEntry.objects.filter(kind="reverse").exists()


# At the end


def test_a_price_planned_for_a_friday_holds_from_its_midnight(operators, station):
    with time_machine.travel(FRIDAY - timedelta(days=1), tick=False):
        reward = make_reward(station=station)
        row = {"reward": reward.pk, "starts_on": "2026-11-20", "points": 45}
        save(operators, address("reward", "change", reward.pk), price_form(reward, row))

    shown = []
    for moment in ("2026-11-19T23:59:59", "2026-11-20T00:00:00"):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=hours.SHANGHAI), tick=False):
            [row] = operators.get(address("reward", "changelist")).context["cl"].result_list
            shown.append((row.price_today, timezone.localdate().day))

    assert shown == [(30, 19), (45, 20)]
