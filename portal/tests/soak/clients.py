"""Clients that are never sure of an answer: what was not answered is sent again, with the same key."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import time_machine
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from portal.tests.soak import ledgers, plan, verbs
from portal.tests.soak.told import Answer, Told
from stations.models import Kiosk
from stations.refusals import Refusal

PATIENCE = 120  # seconds for a server that went away
KEPT = 20  # sentences of what went wrong, by client


class Client:
    def __init__(self, world, run, number):
        self.world, self.run, self.number = world, run, number
        self.told = Told()

    def work(self, done):
        for n, operation in enumerate(plan.operations(self.run, self.number), 1):
            try:
                answer = getattr(self, operation.kind)(operation)
            except Exception as problem:
                self.complain(operation, f"raised {problem!r}")
            else:
                self.told.counts[operation.kind, answer] += 1
            done[self.number] = n
        connection.close()
        return self.told

    def complain(self, operation, sentence):
        self.told.counts["wrong"] += 1
        if len(self.told.wrong) < KEPT:
            self.told.wrong.append(f"{operation.key} ({operation.kind}) {sentence}")

    # Operations. What each gives is counted: a short word.

    def redeem(self, operation):
        earlier = self.told.redeemed.get(operation.key)
        answer = HABITS[self.run.habit](self, operation)
        if earlier and answer != earlier:
            self.complain(operation, f"was told {earlier}, then {answer}")
        if not isinstance(answer, Answer):
            return answer
        self.told.redeemed.setdefault(operation.key, answer)
        return "the same answer" if earlier else "redeemed"

    repeat = redeem

    def other_body(self, operation):
        if operation.key not in self.told.redeemed:
            return self.redeem(operation)
        answer = self.insist(operation, partial(verbs.redeem, self.world, operation, other_body=True))
        if answer != "key_reused":
            self.complain(operation, f"with another reward gave {answer}")
        return answer

    def hand_over(self, operation):
        answer = self.insist(operation, partial(verbs.hand_over, self.world, operation))
        return self.settle(operation, answer, "collected")

    def reverse(self, operation):
        answer = self.insist(operation, partial(verbs.reverse, self.world, operation))
        if answer and answer[1]:
            self.complain(operation, "was reversed twice")
        return self.settle(operation, answer and answer[0], "reversed")

    def settle(self, operation, answer, status):
        if answer:
            self.told.settled[operation.key] = status
        return {None: "nothing there", False: "settled before", True: status}[answer]

    def earn(self, operation):
        account, _reward = self.insist(operation, partial(self.world.order, operation))
        entry = self.insist(operation, partial(verbs.earn, account, operation.amount, key=operation.key))
        earlier = self.told.earned.setdefault(operation.key, entry)
        if entry != earlier:
            self.complain(operation, f"earned twice: {earlier} and {entry}")
        return "earned"

    def deliver(self, operation):
        reward = self.world.rewards[operation.reward]
        pieces = operation.amount % 6 + 1
        kiosk, key = self.world.kiosk, operation.key
        self.insist(operation, partial(verbs.deliver, kiosk.station, reward, pieces, key=key))
        self.told.delivered.add(key)
        return "delivered"

    def pin(self, operation):
        answer = self.insist(operation, partial(verbs.try_pin, self.world, operation))
        if answer is False:
            self.complain(operation, "let a wrong PIN in")
        return "known" if answer is True else answer

    def insist(self, operation, send, again=None):
        """The answer, or the code of a refusal; sent again, by `again` where given, until it came."""
        is_to_be_lost, began, pause = operation.loses_answer, time.monotonic(), 0.01
        while True:
            try:
                answer = send()
                if is_to_be_lost:
                    is_to_be_lost = False
                    self.told.counts["answers lost on their way", operation.kind] += 1
                    raise OperationalError("The answer was lost on its way.")
                return answer
            except Refusal as refusal:
                return refusal.code
            except (OperationalError, InterfaceError) as problem:
                if not went_away(problem) or time.monotonic() - began > PATIENCE:
                    raise
            self.told.counts["sent again"] += 1
            connection.close()
            send = again or send
            time.sleep(pause)
            pause = min(pause * 2, 0.5)


def went_away(problem):
    """The server, or the line to it, rather than a deadlock or a full disk."""
    state = getattr(problem.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


# Habits: the right one, and two mistakes that a control makes


def careful(client, operation):
    return client.insist(operation, partial(verbs.redeem, client.world, operation))


def fresh_key(client, operation):
    """A device that makes a new key when it asks again: on the next day, past the limit of one a day."""

    def again():
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            return verbs.redeem(client.world, operation, key=f"{operation.key}+")

    return client.insist(operation, partial(verbs.redeem, client.world, operation), again)


def before_commit(client, operation):
    """A server that answers before its transaction is kept, and goes away in between."""
    if operation.key in client.told.redeemed:
        return careful(client, operation)
    try:
        with transaction.atomic():
            answer = verbs.redeem(client.world, operation)
            if operation.loses_answer:
                client.told.counts["answered, then not kept"] += 1
                transaction.set_rollback(True)
            return answer
    except Refusal as refusal:
        return refusal.code


HABITS = {"careful": careful, "fresh_key": fresh_key, "before_commit": before_commit}


# What the processes are asked to do


def migrate():
    call_command("migrate", verbosity=0)


def work(run, kiosk, numbers, *, done, start) -> Told:
    """The clients of these numbers, all at once, when all processes are there."""
    world = verbs.World(Kiosk.objects.select_related("station").get(pk=kiosk))
    clients = [Client(world, run, number) for number in numbers]
    told = Told()
    start.wait(PATIENCE)
    with ThreadPoolExecutor(len(clients)) as threads:
        for part in threads.map(lambda client: client.work(done), clients):
            told |= part
    return told


make_world, compare = verbs.make_world, ledgers.compare
