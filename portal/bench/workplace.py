"""What a workday in the admin costs among many stations beside few: pages, their queries, an export."""

import resource
import uuid
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import caches
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import consent
from portal.bench import client, site, workplace_rows
from portal.bench.world import save_sessions
from portal.models import User
from stations import export_jobs
from stations.models import ExportJob, Organisation, Posting, Station

MANY, FEW = 12_000, 100  # stations
# Of the large province; the small one has as many for each of its stations.
QUICK = {"people": 20_000, "rows": 100_000, "rounds": 5, "requests": 8}
FULL = {"people": 200_000, "rows": 1_000_000, "rounds": 20, "requests": 10}
PAGES = {"desk": "the desk", "list": "the list of stations", "station": "a station's page"}
# A moderator of the largest county, whose station's page is looked at; staff of the province. Among few the
# moderator has all counties: a list of three rows costs less than one of fifty, which tells nothing.
ROLES = ("moderator", "staff")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def figures(*, quick):
    """(what, limit, value, unit, more) for every row of the table; nothing without PostgreSQL."""
    amounts = QUICK if quick else FULL
    with ExitStack() as stack:
        many = stack.enter_context(filled(MANY, amounts))
        if not on_postgres(many):
            return
        few = stack.enter_context(filled(FEW, amounts))
        people = [(portal, portal.call(sign_in)) for portal in (many, few)]
        queries = many.call(queries_of, people[0][1])
        times = in_turns(people, amounts["rounds"], amounts["requests"])
        for page, name in PAGES.items():
            yield from page_figures(page, name, queries, times)
        yield exported(many)


@contextmanager
def filled(size, amounts):
    with site.portal() as portal:
        if not on_postgres(portal):
            yield portal
            return
        amounts = [amounts[name] * size // MANY for name in ("people", "rows")]
        portal.call(workplace_rows.fill, size, *amounts)
        with portal.served():
            yield portal


def on_postgres(portal):
    return portal.environment["DATABASE_URL"].startswith("postgres")


def page_figures(page, name, queries, times):
    """Of both roles the worse counts, and both are told."""
    asked = {role: queries[role, page] for role in ROLES}
    slow = {role: quantiles(times[MANY, role, page], n=20)[-1] * 1000 for role in ROLES}
    middle = {role: [median(times[size, role, page]) * 1000 for size in (FEW, MANY)] for role in ROLES}
    growth = {role: many / few for role, (few, many) in middle.items()}
    yield f"{name}: queries", 20, max(asked.values()), "", told(asked, "{:.0f}")
    yield f"{name}: 95th percentile", 300, max(slow.values()), "ms", told(slow, "{:.0f} ms")
    of = "; ".join(f"{few:.0f} ms, {many:.0f} ms" for few, many in middle.values())
    yield f"{name}: median beside {FEW}", 1.5, max(growth.values()), "×", f"{told(growth, '{:.2f} ×')}: {of}"


def told(values, form):
    return ", ".join(f"{role} {form.format(value)}" for role, value in values.items())


def in_turns(people, rounds, requests):
    """Seconds by stations, role and page. Rounds take turns, so that both provinces meet the same machine."""
    times = {(size, role, page): [] for size in (MANY, FEW) for role in ROLES for page in PAGES}
    for number in range(rounds + 1):
        for size, (portal, sessions) in zip((MANY, FEW), people, strict=True):
            for role, page in ((role, page) for role in ROLES for page in PAGES):
                spent = portal.call(seconds_of, *sessions[role], page, requests)
                times[size, role, page] += spent if number else []  # the first round warms up
    return times


# Inside the portal


def sign_in() -> dict[str, tuple[str, int]]:
    """Who looks: their session, and a station that they reach, by role."""
    counties = Organisation.objects.filter(kind=Organisation.Kind.COUNTY)
    counties = counties.annotate(size=Count("stations")).order_by("-size", "pk")
    station = Station.objects.filter(organisation=counties[0]).order_by("code").first()
    care = {
        "moderator": counties if Station.objects.count() <= FEW else counties[:1],
        "staff": [Organisation.objects.get(kind=Organisation.Kind.PROVINCE)],
    }
    keys = {}
    for role in ROLES:
        person = User.objects.create(email=f"{role}@example.com", password="!", name=role)
        consent.give(person)
        for organisation in care[role]:
            Posting.objects.create(person=person, role=role, organisation=organisation)
        keys[role] = (uuid.uuid4().hex, station.pk)
        save_sessions({keys[role][0]: content(person)})
    return keys


def person(role) -> User:
    return User.objects.get(email=f"{role}@example.com")


def content(person):
    return {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }


def address(page, station):
    names = {"desk": "index", "list": "stations_station_changelist", "station": "stations_station_change"}
    return reverse(f"admin:{names[page]}", args=[station] if page == "station" else [])


def queries_of(people) -> dict[tuple[str, str], int]:
    """How much a page asks the database, with nothing kept from before."""
    asked = {}
    for role, (session, station) in people.items():
        reader = Client(SERVER_NAME=settings.HOST)
        reader.cookies[settings.SESSION_COOKIE_NAME] = session
        for page in PAGES:
            reader.get(address(page, station))  # templates and the like
            caches["memory"].clear()
            with CaptureQueriesContext(connection) as queries:
                answer = reader.get(address(page, station))
            if answer.status_code != 200:
                raise RuntimeError(f"{answer.status_code} {page} {role}")
            asked[role, page] = len(queries)
    return asked


def seconds_of(session, station, page, requests) -> list[float]:
    """How long each of some requests takes, one after another over a kept connection."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    request = client.get(address(page, station), Cookie=cookie, **{"Accept-Encoding": "br, gzip"})
    spent = []
    with closing(client.connect()) as connection:
        answers = connection.makefile("rb")
        for _n in range(requests):
            begin = perf_counter()
            connection.sendall(request)
            status, body = client.read(answers)
            spent.append(perf_counter() - begin)
            if status != 200 or not body:
                raise RuntimeError(f"{status} {page} {body[:200]!r}")
    return spent


# The export, in a process of its own whose memory is its own


def exported(portal):
    """Peak memory of a process that makes a workbook of all stations."""
    with ProcessPoolExecutor(1, get_context("spawn"), site.enter, (portal.environment,)) as process:
        rows, megabytes = process.submit(export).result()
    if rows != MANY:
        raise RuntimeError(f"{rows} rows instead of {MANY}")
    return f"memory of a process exporting {MANY:,} rows to XLSX", 200, megabytes, "MB", ""


def export() -> tuple[int, float]:
    reader = Client(SERVER_NAME=settings.HOST)
    reader.force_login(person("staff"), BACKEND)
    reader.get(reverse("admin:stations_station_export", args=["xlsx"]))
    export_jobs.take_up()
    return ExportJob.objects.get(state=ExportJob.State.DONE).rows_done, peak()


def peak() -> float:
    """Megabytes, of this program alone: `ru_maxrss` may be that of the process it was started from."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
