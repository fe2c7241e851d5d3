from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, check_password
from django.core import mail
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from events import channels, messages, passes, redemptions
from events.models import Message, PointsAccount, PointsEntry, Redemption, Reward, Stock, WorkerPass
from events.tests.factories import make_redemption_exception, make_reward, make_worker_pass, redeem
from stations.refusals import Refusal
from stations.tests.races import at_once, everybody, many_sessions, without_guard  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]


def codes(answers):
    """How often each answer came: the code of a refusal, or the kind of thing that it is."""
    return Counter(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


# Thirty workers, ten pieces of soap


@pytest.fixture
def thirty(station):
    return [make_worker_pass(station=station, number=f"3301{n:04d}").account for n in range(30)]


@pytest.fixture
def soap(station, redemption_day):
    return make_reward(station=station, points=30, left=10)


def at_the_counter():
    """Redemptions, pieces left, points that all accounts have, points by the entries."""
    return (
        Redemption.objects.count(),
        Stock.objects.get().left,
        PointsAccount.objects.aggregate(n=Sum("balance"))["n"],
        PointsEntry.objects.aggregate(n=Sum("points"))["n"],
    )


def test_thirty_redemptions_at_once_take_the_ten_pieces_that_there_are(thirty, soap, kiosk):
    answers = at_once(
        *(partial(redeem, account, soap, kiosk=kiosk, key=f"{account.pk}") for account in thirty)
    )

    assert codes(answers) == {"Redemption": 10, "out_of_stock": 20}
    assert at_the_counter() == (10, 0, 3000 - 10 * 30, 3000 - 10 * 30)


def test_control_without_the_stocks_guard_too_much_is_given_out(thirty, soap, kiosk):
    with without_guard("events_stock", "stock_not_negative"):
        answers = at_once(
            *(partial(redeem, account, soap, kiosk=kiosk, key=f"{account.pk}") for account in thirty)
        )

        assert codes(answers)["Redemption"] > 10
        assert at_the_counter()[1] < 0


# One order, sent fifty times


def test_one_order_sent_fifty_times_at_once_is_one_redemption_and_one_answer(worker, soap, kiosk):
    order = partial(redeem, worker.account, soap, kiosk=kiosk, key="order-1")

    answers = at_once(*[order] * 50)

    redemption = Redemption.objects.get()
    assert Counter((getattr(a, "pk", a), getattr(a, "pickup_code", a)) for a in answers) == {
        (redemption.pk, redemption.pickup_code): 50
    }
    assert at_the_counter() == (1, 9, 70, 70)


def test_control_without_its_guard_a_key_does_not_find_its_answer(worker, soap, kiosk):
    order = partial(redeem, worker.account, soap, kiosk=kiosk, key="order-1")
    [name] = constraint_of("events_redemption", "UNIQUE (key)")

    with (
        without_guard("events_redemption", name),
        without_guard("events_redemption", "one_redemption_per_person_and_day"),
    ):
        at_once(*[order] * 50)

        assert Redemption.objects.count() > 1


def constraint_of(table, definition):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass "
            "AND pg_get_constraintdef(oid) = %s",
            [table, definition],
        )
        return [name for [name] in cursor.fetchall()]


# One worker at ten screens


def ten_orders(account, reward, kiosk):
    return [partial(redeem, account, reward, kiosk=kiosk, key=f"order-{n}") for n in range(10)]


def test_ten_screens_at_once_give_a_worker_one_reward_a_day(worker, soap, kiosk):
    answers = at_once(*ten_orders(worker.account, soap, kiosk))

    assert codes(answers) == {"Redemption": 1, "limit_reached": 9}
    assert at_the_counter() == (1, 9, 70, 70)


def test_control_without_the_days_guard_it_is_several(worker, soap, kiosk):
    with without_guard("events_redemption", "one_redemption_per_person_and_day"):
        at_once(*ten_orders(worker.account, soap, kiosk))

        assert Redemption.objects.count() > 1


# Ten days reserved at once, points for three


def ten_days(account, reward, station):
    today = timezone.localdate()
    for n in range(10):
        make_redemption_exception(station=station, date=today + timedelta(days=n), is_open=True)
    return [
        partial(
            redemptions.redeem,
            account,
            reward.pk,
            station=station,
            key=f"day-{n}",
            day=today + timedelta(days=n),
        )
        for n in range(10)
    ]


def test_ten_reservations_at_once_spend_what_there_is_and_no_more(worker, soap, station):
    answers = at_once(*ten_days(worker.account, soap, station))

    assert codes(answers) == {"tuple": 3, "not_enough_points": 7}
    assert at_the_counter() == (3, 7, 10, 10)


def test_control_without_the_balances_guard_there_is_a_debt(worker, soap, station):
    with without_guard("events_pointsaccount", "points_balance_not_negative"):
        at_once(*ten_days(worker.account, soap, station))

        assert PointsAccount.objects.get(pk=worker.account.pk).balance < 0


def test_ten_reservations_at_once_keep_to_the_limit_of_a_reward(worker, soap, station):
    Reward.objects.update(limit=2)

    answers = at_once(*ten_days(worker.account, soap, station))

    assert codes(answers) == {"tuple": 2, "limit_reached": 8}


def test_control_counting_without_the_lock_goes_over_the_limit(worker, soap, station, monkeypatch):
    Reward.objects.update(limit=2)
    monkeypatch.setattr("events.points.lock", lambda account: account)

    answers = at_once(*ten_days(worker.account, soap, station))

    assert codes(answers)["tuple"] > 2


# One reversal, asked for ten times


def test_a_reversal_asked_for_ten_times_at_once_gives_back_once(worker, soap, kiosk):
    redemption = redeem(worker.account, soap, kiosk=kiosk, key="order-1")

    answers = at_once(*[partial(redemptions.reverse, redemption)] * 10)

    assert Counter(answers) == {True: 1, False: 9}
    assert at_the_counter() == (1, 10, 100, 100)


def test_control_looking_before_reversing_gives_back_again_and_again(worker, soap, kiosk):
    redemption = redeem(worker.account, soap, kiosk=kiosk, key="order-1")
    has_looked = everybody(10)

    def reverse(n):
        status = Redemption.objects.get(pk=redemption.pk).status
        has_looked()
        if status == Redemption.Status.WAITING:
            PointsEntry.objects.create(
                account=worker.account, points=30, kind="reverse", counterpart="goods", key=f"by-hand:{n}"
            )

    at_once(*(partial(reverse, n) for n in range(10)))

    assert at_the_counter()[2] == 70 + 300


# Forty guesses at one PIN


class WatchedHasher(MD5PasswordHasher):
    """Keeps every PIN that was compared with the card's."""

    algorithm = "watched"
    looks = []

    def verify(self, password, encoded):
        self.looks.append(password)
        return super().verify(password, encoded)


@pytest.fixture
def looks(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.WatchedHasher"]
    WatchedHasher.looks.clear()
    return WatchedHasher.looks


def test_forty_guesses_at_once_get_five_looks_at_the_pin(looks, worker):
    guesses = [f"{n:04d}" for n in range(40)]

    answers = at_once(*(partial(passes.identify, worker.number, guess) for guess in guesses))

    assert len(looks) == 5
    # Whoever looks when the fifth try is counted already is told that the card is locked.
    assert set(codes(answers)) <= {"wrong_pin", "card_locked"}
    assert WorkerPass.objects.get().wrong_pins == 5


def test_control_counting_after_the_look_lets_all_forty_look(looks, worker):
    has_looked = everybody(40)

    def identify(guess):
        worker_pass = passes.find(worker.number)
        has_looked()
        if worker_pass.wrong_pins >= passes.WRONG_PINS:
            return None
        if not check_password(guess, worker_pass.pin):
            worker_pass.wrong_pins += 1
            worker_pass.save()

    at_once(*(partial(identify, f"{n:04d}") for n in range(40)))

    assert len(looks) == 40


# Two workers, fifty letters


@pytest.fixture
def fifty(settings, db):
    settings.MAILBOX = False
    subjects = [f"第{n}封" for n in range(50)]
    for subject in subjects:
        messages.write("lin@example.com", key=subject, subject=subject, body="您好")
    return subjects


def test_two_workers_send_each_of_fifty_letters_once(fifty):
    sent = at_once(messages.send_due, messages.send_due)

    assert sum(sent) == 50
    assert Counter(letter.subject for letter in mail.outbox) == Counter(fifty)
    assert set(Message.objects.values_list("state", "tries")) == {("sent", 1)}


def test_control_sending_without_a_claim_sends_every_letter_twice(fifty):
    has_looked = everybody(2)

    def send_due():
        waiting = list(Message.objects.filter(state="waiting"))
        has_looked()
        for message in waiting:
            channels.deliver(message)
            Message.objects.filter(pk=message.pk).update(state="sent")

    at_once(send_due, send_due)

    assert Counter(letter.subject for letter in mail.outbox) == Counter(fifty * 2)
