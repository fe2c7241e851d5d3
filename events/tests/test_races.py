from collections import Counter
from functools import partial

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, check_password
from django.core import mail
from django.db.models import Sum

from events import channels, messages, passes, redemptions
from events.models import Message, PointsAccount, PointsEntry, Redemption, Stock, WorkerPass
from events.tests.factories import make_reward, make_worker_pass
from stations.refusals import Refusal
from stations.tests.races import at_once, everybody, many_sessions  # noqa: F401 (a fixture)

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
        *(partial(redemptions.redeem, account, soap, kiosk=kiosk, key=f"{account.pk}") for account in thirty)
    )

    assert codes(answers) == {"Redemption": 10, "out_of_stock": 20}
    assert at_the_counter() == (10, 0, 3000 - 10 * 30, 3000 - 10 * 30)


def test_control_looking_at_the_stock_before_writing_gives_out_too_much(thirty, soap, kiosk):
    has_looked = everybody(30)

    def redeem(account):
        stock = Stock.objects.get(reward=soap)
        has_looked()
        if stock.left > 0:
            redemption = Redemption.objects.create(
                account=account,
                station=kiosk.station,
                kiosk=kiosk,
                reward=soap,
                points=30,
                date=kiosk.paired_at.date(),
                pickup_code=f"{account.pk:06d}",
                key=f"{account.pk}",
            )
            stock.left -= 1
            stock.save()
            return redemption

    answers = at_once(*(partial(redeem, account) for account in thirty))

    assert codes(answers) == {"Redemption": 30}
    assert at_the_counter()[:2] == (30, 9)


# One order, sent fifty times


def test_one_order_sent_fifty_times_at_once_is_one_redemption_and_one_answer(worker, soap, kiosk):
    redeem = partial(redemptions.redeem, worker.account, soap, kiosk=kiosk, key="order-1")

    answers = at_once(*[redeem] * 50)

    redemption = Redemption.objects.get()
    assert Counter((getattr(a, "pk", a), getattr(a, "pickup_code", a)) for a in answers) == {
        (redemption.pk, redemption.pickup_code): 50
    }
    assert at_the_counter() == (1, 9, 70, 70)


def test_control_without_looking_again_most_are_told_something_else(worker, soap, kiosk):
    has_looked = everybody(50)

    def redeem():
        earlier = Redemption.objects.filter(key="order-1").first()
        has_looked()
        return earlier or redemptions.redeem_once(worker.account, soap, kiosk=kiosk, key="order-1")

    answers = at_once(*[redeem] * 50)

    assert codes(answers)["Redemption"] < 50


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
