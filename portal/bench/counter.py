"""The points counter: one hot reward beside locking its rows, over HTTP, and books of ten million lines."""

import json
import resource
import secrets
import subprocess
import sys
import uuid
from contextlib import ExitStack
from itertools import repeat
from multiprocessing import get_context
from statistics import median, quantiles
from time import perf_counter

from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import kiosk_api, redemptions
from events.models import PointsAccount, Redemption, Stock
from portal.bench import client, floors, report, site
from portal.bench.client import get, post
from portal.bench.rows import Row, in_turns
from portal.bench.world import World
from portal.models import User
from stations import kiosks, synthetic
from stations.models import Kiosk

STATIONS, CLIENTS = 20, client.THREADS
MANY, FEW = 1_000_000, 1_000  # accounts; ten entries each
QUICK = {"rounds": 7, "seconds": 0.8, "people": 600, "accounts": 100_000}
FULL = {"rounds": 15, "seconds": 2, "people": 2_000, "accounts": MANY}
NOTHING, WRITE, REDEEM = "a view that does nothing", "the one-row-write view", "redeem"
OURS, LOCKED = "as it is", "with select_for_update"


def figures(*, quick):
    """(what, required, measured, is_reached) of every row; nothing without PostgreSQL."""
    amounts = QUICK if quick else FULL
    with site.portal() as portal:
        if not portal.environment["DATABASE_URL"].startswith("postgres"):
            return
        portal.call(fill, amounts["people"])
        yield from of_the_verb(portal.call(measure_verb, amounts["rounds"], amounts["seconds"]))
        with portal.served():
            rounds = amounts["rounds"], amounts["seconds"], amounts["people"]
            yield from over_http(portal.call(measure_http, *rounds))
    yield from of_large_books(amounts["accounts"], amounts["rounds"])


def of_the_verb(rounds):
    rates = [each[OURS][0] / each[LOCKED][0] for each in rounds]
    what = f"redeem one hot reward, {CLIENTS} clients, of the redemptions/s {LOCKED}"
    yield what, "≥ 2.5", report.spread(rates), median(rates) >= 2.5
    slowest = [quantiles(each[OURS][1], n=100)[-1] * 1000 for each in rounds]
    required, measured = "≤ 60 ms", f"{report.spread(slowest)} ms"
    yield "the same: 99th percentile", required, measured, median(slowest) <= 60
    per_second = median(each[OURS][0] for each in rounds)
    yield "the same: redemptions/s", "", f"{per_second:.0f}", None


def over_http(rates):
    what = f"redeem over the API from paired kiosks, {CLIENTS} clients, of the requests/s of"
    for floor, name, limit in ((WRITE, "0.6", 0.6), (NOTHING, "1/9", 1 / 9)):
        shares = [each[REDEEM] / each[floor] for each in rates]
        yield f"{what} {floor}", f"≥ {name}", report.spread(shares), median(shares) >= limit
    yield "the same: redemptions/s", "", f"{median(each[REDEEM] for each in rates):.0f}", None


def of_large_books(accounts, rounds):
    with ExitStack() as stack:
        portals = {}
        for size in (FEW, accounts):
            portals[size] = stack.enter_context(site.portal())
            portals[size].call(fill_books, size)
        times = {size: [] for size in portals}
        for number in range(rounds):
            for size, portal in portals.items():
                times[size] += portal.call(statement_seconds, size, number)
        growth = median(times[accounts]) / median(times[FEW])
        what = f"balance and statement among {accounts:,} accounts with ten entries each, beside {FEW:,}"
        milliseconds = ", ".join(f"{median(times[size]) * 1000:.1f} ms" for size in portals)
        yield what, "≤ 1.3 ×", f"{growth:.2f} × ({milliseconds})", growth <= 1.3
        seconds, megabytes, lines = portals[accounts].call(reconcile)
        what = f"reconcile {accounts * 10:,} entries"
        yield what, "≤ 120 s", f"{seconds:.0f} s, {lines} lines of progress", seconds <= 120
        yield f"{what}: memory", "≤ 300 MB", f"{megabytes:.0f} MB", megabytes <= 300


# Inside the portal: a hot reward


def fill(people):
    global world
    call_command("migrate", verbosity=0)
    synthetic.make(STATIONS)
    call_command("prepare", verbosity=0)
    world = World(people)
    second = Kiosk.objects.create(station=world.station, label="bench 2")
    world.devices = list(Kiosk.objects.filter(station=world.station).order_by("pk"))
    world.secrets = [world.kiosk, kiosks.pair(kiosks.new_code(second), address="bench")[1]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure_verb(rounds, seconds):
    """{way: (redemptions a second, seconds of each)} of each round, the ways in turns."""
    found = []
    for number in range(rounds + 1):
        each = {}
        for way, verb in ((OURS, redeem), (LOCKED, redeem_locked)):
            each[way] = by_many(verb, seconds)
            world.forget_redemptions()
        if number:
            found.append(each)
    return found


def by_many(verb, seconds):
    """Processes, each with a connection and a share of the accounts, for some seconds."""
    connection.close()
    connection.close_pool()
    context = get_context("fork")
    start, answers = context.Barrier(CLIENTS), context.Queue()
    shares = [world.accounts[n::CLIENTS] for n in range(CLIENTS)]
    workers = [context.Process(target=work, args=(verb, share, seconds, start, answers)) for share in shares]
    for worker in workers:
        worker.start()
    times = [answers.get() for _worker in workers]
    for worker in workers:
        worker.join()
    return sum(len(each) / sum(each) for each in times), [time for each in times for time in each]


def work(verb, accounts, seconds, start, answers):
    verb(accounts[0], uuid.uuid4().hex)  # what is done once in the life of a process
    times = []
    start.wait()
    end = perf_counter() + seconds
    for account in accounts[1:]:
        begin = perf_counter()
        verb(account, uuid.uuid4().hex)
        times.append(perf_counter() - begin)
        if perf_counter() > end:
            break
    answers.put(times)


def redeem(account, key):
    device = world.devices[0]
    redemptions.redeem(account, world.reward.pk, station=device.station, kiosk=device, key=key)


@transaction.atomic
def redeem_locked(account, key):
    """As it is mostly written: the same checks, rows locked and saved, the books kept by the program."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: nothing is done twice
    account = PointsAccount.objects.select_for_update().get(pk=account.pk)
    stock = Stock.objects.select_for_update().get(station=world.station, reward=world.reward)
    if Redemption.objects.filter(key=key).exists():
        raise AssertionError("a key is used once here")
    refusal = redemptions.why_not(account, world.reward.pk, station=world.station)
    if refusal:
        raise refusal
    price = redemptions.offer(world.station, world.reward.pk, timezone.localdate()).points
    redemption = Redemption.objects.create(
        account=account,
        station=world.station,
        kiosk=world.devices[0],
        reward=world.reward,
        points=price,
        date=timezone.localdate(),
        pickup_code=secrets.token_urlsafe(6)[:6],
        key=key,
    )
    account.balance -= price
    account.save()
    account.entries.create(
        points=-price, kind="redeem", counterpart="goods", key=f"redeem:{redemption.pk}", reason="测速"
    )
    stock.left -= 1
    stock.save()
    stock.movements.create(kind="redeem", pieces=-1, redemption=redemption)


# Over HTTP


def measure_http(rounds, seconds, people):
    return list(in_turns(the_rows(people), rounds, seconds))


def the_rows(people):
    return [
        Row(NOTHING, lambda: repeat(get("/bench/nothing/"))),
        Row(WRITE, lambda: repeat(post("/bench/write/")), undo=floors.wipe),
        Row(REDEEM, lambda: list(orders(people)), status=201, undo=world.forget_redemptions),
    ]


def orders(people):
    """Workers who have just been identified, at one of two kiosks."""
    for n, number in enumerate(world.numbers[:people]):
        token = signing.dumps([number, world.devices[n % 2].pk], salt=kiosk_api.SALT)
        yield client.encode(
            "POST",
            reverse("api:kiosk-redemptions"),
            json.dumps({"worker": token, "reward": world.reward.pk}).encode(),
            {
                "Cookie": f"kiosk={world.secrets[n % 2]}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )


# Large books


def fill_books(accounts):
    """Accounts of people with ten entries each over three years, as fast as the database can write them."""
    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in BOOKS:
            cursor.execute(statement, {"accounts": accounts} if "%(" in statement else None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    person = User.objects.create_user("bench@example.com", name="Bench")
    person.consents.create(version=settings.PRIVACY_RULES_VERSION)


BOOKS = [
    "INSERT INTO events_pointsaccount (balance) SELECT 55 FROM generate_series(1, %(accounts)s)",
    """
INSERT INTO events_pointsentry (account_id, counterpart, kind, points, key, reason, created_at)
SELECT a, 'issued', 'grant', n, 'bench:' || a || ':' || n, '测速',
  now() - (10 - n) * interval '100 days' - a %% 1000 * interval '1 minute'
FROM generate_series(1, 10) n, generate_series(1, %(accounts)s) a
""",
]


def statement_seconds(accounts, number) -> list[float]:
    """How long the API takes for the points of twenty people, spread over the accounts."""
    person = User.objects.get(email="bench@example.com")
    asking = Client(headers={"host": "127.0.0.1"})
    asking.force_login(person)
    times = []
    for n in range(20):
        PointsAccount.objects.filter(person=person).update(person=None)
        pk = (number * 7919 + n * accounts // 20) % accounts + 1
        PointsAccount.objects.filter(pk=pk).update(person=person)
        begin = perf_counter()
        answer = asking.get(reverse("api:my-points"), {"month": f"{timezone.localdate():%Y-%m}"})
        times.append(perf_counter() - begin)
        assert answer.json()["balance"] == 55
    return times


def reconcile() -> tuple[float, float, int]:
    """Seconds, megabytes at most, lines of progress of `manage.py reconcile` in a process of its own."""
    begin = perf_counter()
    command = [sys.executable, "manage.py", "reconcile"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True)
    seconds = perf_counter() - begin
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, megabytes, done.stderr.count("\n")
