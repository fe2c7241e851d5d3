"""Leads a run from outside of Django: the server, the processes of the clients, the hard stops, the table."""

import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from random import Random

import django
from django.conf import settings
from django.db import connection

DOWN = (0.0, 0.3)  # seconds that a stopped server stays away, from and to
OF_SOMEBODYS_PORTAL = ("PORTAL_MODE", "DEBUG", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")
SPAWN = get_context("spawn")
PATIENCE = 120  # seconds until all processes are there
shared = {}  # in each process: how many operations each client has done, and where all wait to begin


@dataclass(frozen=True)
class Outcome:
    run: object
    seconds: float
    stops: int
    counts: dict
    broken: dict
    wrong: list

    @classmethod
    def of(cls, run, told, broken, *, seconds, stops):
        counts = dict(told.counts)
        wrong = {"answers that were wrong": counts.pop("wrong", 0)}
        return cls(run, seconds, stops, counts, broken | wrong, told.wrong)

    @property
    def is_right(self):
        return not any(self.broken.values()) and self.stops >= self.run.stops


def soak(server, run, *, say=lambda sentence: None) -> Outcome:
    """A run on a server that is new, and is running; so it is in the end. `say` is told of each stop."""
    done, start = SPAWN.Array("L", run.clients, lock=False), SPAWN.Barrier(run.processes + 1)
    with processes(server, run.processes, done, start) as pool:
        pool.submit(call, "migrate").result()
        kiosk = pool.submit(call, "make_world", run).result()
        shares = [range(n, run.clients, run.processes) for n in range(run.processes)]
        parts = [pool.submit(work, run, kiosk, numbers) for numbers in shares]
        start.wait(PATIENCE)
        began = time.monotonic()
        stops = stop_now_and_then(server, run, done, parts, say)
        told = parts[0].result()
        for part in parts[1:]:
            told |= part.result()
        seconds = time.monotonic() - began
        broken = pool.submit(call, "compare", told).result()
    return Outcome.of(run, told, broken, seconds=seconds, stops=stops)


def stop_now_and_then(server, run, done, parts, say):
    """At a random moment in each of so many equal pieces of the run."""
    dice = Random(run.seed)
    piece = run.operations / run.stops if run.stops else 0
    for n in range(run.stops):
        wanted = piece * (n + dice.uniform(0.2, 0.9))
        while sum(done) < wanted:
            if all(part.done() for part in parts):
                return n
            time.sleep(0.01)
        server.stop_hard()
        say(f"Stop {n + 1} of {run.stops}, after {sum(done):,} of {run.operations:,} operations.")
        time.sleep(dice.uniform(*DOWN))
        server.start()
    return run.stops


# The processes of the clients


@contextmanager
def processes(server, count, done, start):
    with tempfile.TemporaryDirectory(prefix="nuanyi-soak-") as var:
        environment = {name: value for name, value in os.environ.items() if name not in OF_SOMEBODYS_PORTAL}
        environment |= {
            **server.environment,
            "VAR_DIR": var,
            "SECRET_KEY": "only-for-tests-" * 4,
            "CACHE_URL": "locmemcache://",
            "CELERY_BROKER_URL": "memory://",
        }
        with ProcessPoolExecutor(count, SPAWN, enter, (environment, done, start)) as pool:
            yield pool


def enter(environment, done, start):
    """Django in a process that knows no other database; a session for each thread, quick PINs."""
    shared.update(done=done, start=start)
    os.environ.clear()
    os.environ.update(environment)
    settings.DATABASES["default"]["OPTIONS"].pop("pool")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def work(run, kiosk, numbers):
    return call("work", run, kiosk, numbers, **shared)


def call(verb, *words, **more):
    """A function of `clients`, whose models can be imported in these processes only."""
    clients = import_module("portal.tests.soak.clients")
    try:
        return getattr(clients, verb)(*words, **more)
    finally:
        connection.close()  # or it would be found broken after the next stop
