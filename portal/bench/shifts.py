"""Signing up for a hot shift and the list of a thousand coming shifts, beside the floors."""

from datetime import timedelta
from itertools import cycle, islice, repeat
from statistics import median
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.bench import floors, report, site
from portal.bench.client import get, post
from portal.bench.rows import Row, in_turns
from portal.bench.world import World
from stations import synthetic
from stations.models import Station
from volunteers.models import ServiceKind, Shift

STATIONS, SHIFTS = 200, 1000
QUICK = {"rounds": 7, "seconds": 0.8, "people": 200}
FULL = {"rounds": 15, "seconds": 2, "people": 800}
NOTHING, WRITE = "a view that does nothing", "the one-row-write view"
SOMEBODY = "a one-row write for somebody who has signed in and consented"
SIGN_UP, LIST, PAGE = "sign up", "API", "page"
MANY = 20_000  # requests, more than are ever sent
ASKED = {"service": "helper", "open": "true", "near": "30.25,120.17", "limit": 50}


def figures(*, quick):
    """(what, required, measured, is_reached) of every row; nothing without PostgreSQL."""
    amounts = QUICK if quick else FULL
    with site.portal() as portal:
        if not portal.environment["DATABASE_URL"].startswith("postgres"):
            return
        portal.call(fill)
        with portal.served():
            rates = portal.call(measure, **amounts)
        yield from signing_up(rates)
        yield from the_list(rates, *portal.call(list_costs))


def signing_up(rates):
    what = "sign up for a hot shift over the API, of the requests/s of"
    yield at_least(f"{what} {WRITE}", 0.5, shares(rates, SIGN_UP, WRITE))
    yield at_least(f"{what} {NOTHING}", 1 / 9, shares(rates, SIGN_UP, NOTHING))
    yield f"{what} {SOMEBODY}", "", report.spread(shares(rates, SIGN_UP, SOMEBODY)), None
    what = f"{SOMEBODY}, of the requests/s of {WRITE}"
    yield what, "", report.spread(shares(rates, SOMEBODY, WRITE)), None


def the_list(rates, queries, size):
    what = f"a page of {SHIFTS:,} coming shifts over the API, filtered and nearest first"
    yield f"{what}: queries", "≤ 8", f"{queries}", queries <= 8
    yield f"{what}: size", "≤ 60 KB", f"{size / 1000:.1f} KB", size <= 60_000
    yield at_least(f"{what}: of the requests/s of {NOTHING}", 1 / 12, shares(rates, LIST, NOTHING))
    what = f"the page of {SHIFTS:,} coming shifts for people, filtered: of the requests/s of"
    yield f"{what} {NOTHING}", "", report.spread(shares(rates, PAGE, NOTHING)), None


def shares(rates, row, floor):
    return [each[row] / each[floor] for each in rates]


def at_least(what, limit, measured):
    return what, f"≥ {report.figure(limit)}", report.spread(measured), median(measured) >= limit


# Inside the portal


def fill():
    """A thousand shifts of all services in the coming eight weeks, dealt out over stations."""
    call_command("migrate", verbosity=0)
    synthetic.make(STATIONS)
    call_command("prepare", verbosity=0)
    stations, kinds = list(Station.objects.order_by("pk")[:STATIONS]), ServiceKind.values
    begin = timezone.now().replace(minute=0, second=0, microsecond=0)
    Shift.objects.bulk_create(
        Shift(
            station=stations[n % STATIONS],
            kind=ServiceKind.HELPER if n % 2 else kinds[n // 2 % len(kinds)],
            role="引导",
            places=4,
            starts_at=begin + timedelta(hours=24 + n),
            ends_at=begin + timedelta(hours=26 + n),
            bring="请自带水杯和雨衣",
            risks="夏天室外较热，要站两个小时",
        )
        for n in range(SHIFTS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(*, rounds, seconds, people) -> list[dict]:
    """Requests a second by row, round by round."""
    return list(in_turns(the_rows(World(people)), rounds, seconds))


def the_rows(world):
    signup = reverse("api:shift-signup", args=[world.shift.pk])
    sessions = list(world.volunteer_sessions)
    signed_in = [post("/bench/write-as-somebody/", session=key) for key in sessions]
    return [
        Row(NOTHING, lambda: repeat(get("/bench/nothing/"))),
        Row(WRITE, lambda: repeat(post("/bench/write/")), undo=floors.wipe),
        Row(SOMEBODY, lambda: list(islice(cycle(signed_in), MANY)), undo=floors.wipe),
        Row(
            SIGN_UP,
            lambda: [post(signup, session=key) for key in sessions],
            status=201,
            undo=world.forget_signups,
        ),
        Row(LIST, lambda: repeat(get(f"{reverse('api:shifts-list')}?{urlencode(ASKED)}"))),
        Row(PAGE, lambda: repeat(get(f"{reverse('volunteers:shifts')}?service=helper"))),
    ]


def list_costs() -> tuple[int, int]:
    """Queries and bytes of a page."""
    client = Client(headers={"host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("api:shifts-list"), ASKED)
    return len(queries), len(response.content)
