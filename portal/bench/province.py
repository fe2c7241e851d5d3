"""What is measured of a synthetic province, each from inside a portal that holds nothing else."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from heapq import nsmallest
from itertools import cycle, repeat
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from urllib.request import urlopen
from wsgiref.util import setup_testing_defaults

import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from portal.bench import geojson
from portal.bench.client import fire, get
from stations import directory, hours, packs, synthetic
from stations.models import Division, Station

# The same moment in every run, with most stations open.
WEDNESDAY_TEN = datetime(2026, 9, 9, 10, tzinfo=hours.SHANGHAI)
FILTERS = [
    "",
    "facility=water,microwave",
    "open_now=true",
    "need=meal&open_now=true",
    "occupation=rider",
]
NEAREST = 10
TWIN = "bench/"  # folder of the plain static file


def fill(size):
    call_command("migrate", verbosity=0)
    synthetic.make(size)
    call_command("prepare")
    packs.refresh()
    url = largest(packs.manifest())["points"]["url"]
    (settings.STATIC_ROOT / TWIN).mkdir()
    for path in packs.FOLDER.glob(f"{Path(url).name}*"):  # with the compressed forms
        (settings.STATIC_ROOT / TWIN / path.name).write_bytes(path.read_bytes())


def largest(manifest):
    return max(manifest["parts"], key=lambda part: part["count"])


# The pack


def sizes() -> list[tuple[str, int, int]]:
    """Prefecture, brotli bytes of points and of names, for each part."""
    parts = packs.manifest()["parts"]
    return [(part["code"][:4], part["points"]["bytes"], part["names"]["bytes"]) for part in parts]


def served_shares(rounds, seconds) -> list[float]:
    """Requests a second for the largest file of the pack, as shares of those for its twin."""
    url = largest(packs.manifest())["points"]["url"]
    twin = f"{settings.STATIC_URL}{TWIN}{Path(url).name}"
    shares = []
    for _n in range(rounds + 1):
        static, pack = (
            fire(repeat(get(path, **{"Accept-Encoding": "br"})), status=200, seconds=seconds)
            for path in (twin, url)
        )
        shares.append(pack / static)
    return shares[1:]


def rebuilding_seconds(times) -> list[float]:
    """From an edit of a station of the largest prefecture to the new pack."""
    seconds = []
    for _n in range(times):
        edit()
        begin = perf_counter()
        packs.refresh()
        seconds.append(perf_counter() - begin)
    return seconds


def edit():
    code = largest(packs.manifest())["code"]
    station = Station.objects.listed().in_division(code).first()
    station.name += "新"
    station.tier = next(tier for tier in Station.Tier.values if tier != station.tier)
    station.save()


def served_while_rebuilt() -> tuple[int, int]:
    """How many of how many answers were the old pack while the new one was made."""
    part, answers = largest(packs.manifest()), []
    url = f"http://{settings.HOST}:{settings.PORT}{part['points']['url']}"
    old = urlopen(url).read()
    edit()
    with ThreadPoolExecutor(1) as pool:
        rebuilt = pool.submit(packs.refresh)
        while not rebuilt.done():
            with closing(urlopen(url)) as answer:
                answers.append(answer.read() == old)
        rebuilt.result()
    return sum(answers), len(answers)


# Requests without a server, so that all their cost is this process's


def answer(application, address) -> bytes:
    path, _mark, query = address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": "br"}
    environ["HTTP_HOST"] = f"{settings.HOST}:{settings.PORT}"
    setup_testing_defaults(environ)
    status = []
    body = application(environ, lambda line, headers, *_error: status.append(line))
    with closing(body):
        content = b"".join(body)
    if status != ["200 OK"]:
        raise RuntimeError(f"{status} {address} {content[:400]!r}")
    return content


def view_costs(times) -> list[float]:
    """CPU milliseconds of all that the map asks for: manifest, status and every file of the pack."""
    application, parts = WSGIHandler(), packs.manifest()["parts"]
    files = [part[kind]["url"] for part in parts for kind in ("points", "names")]
    addresses = [reverse("stations:pack"), reverse("stations:status"), *files]

    def view():
        for address in addresses:
            answer(application, address)

    return [spent(view)[1] for _n in range(times + 1)][1:]


def geojson_cost() -> float:
    """CPU milliseconds of the same stations by a serialiser; the database's own are not counted."""
    return spent(geojson.collection)[1]


def spent(work) -> tuple[float, float]:
    """Milliseconds and CPU milliseconds."""
    begin = perf_counter(), process_time()
    work()
    return (perf_counter() - begin[0]) * 1000, (process_time() - begin[1]) * 1000


# The nearest, over the API


def places(number, seed):
    """Points where people live, the same in every province."""
    random, counties = Random(seed), [each for each in Division.objects.all() if not each.is_prefecture]
    for county in random.choices(counties, [county.population or 1 for county in counties], k=number):
        yield county.latitude + random.gauss(0, 0.05), county.longitude + random.gauss(0, 0.05)


def question(place, query):
    return f"{reverse('api:stations-list')}?near={place[0]},{place[1]}&limit={NEAREST}&{query}"


@time_machine.travel(WEDNESDAY_TEN)
def nearest_costs(number, seed) -> list[tuple[float, float]]:
    """Milliseconds and CPU milliseconds of `number` questions with each of the filters."""
    application = WSGIHandler()
    questions = [question(place, query) for place in places(number, seed) for query in FILTERS]
    return [spent(partial(answer, application, each)) for each in questions]


@time_machine.travel(WEDNESDAY_TEN)
def nearest_right(number) -> int:
    """How many of `number` questions the API answers as measuring every station does."""
    application, fitting = WSGIHandler(), {query: positions(query) for query in FILTERS}
    right = 0
    for place, query in zip(places(number, seed=0), cycle(FILTERS), strict=False):
        found = json.loads(answer(application, question(place, query)))
        measured = ((directory.metres(*place, *at), code) for code, *at in fitting[query])
        right += [each["code"] for each in found] == [code for _far, code in nsmallest(NEAREST, measured)]
    return right


def positions(query):
    """(code, latitude, longitude) of the stations that fit."""
    wanted, now = directory.Wanted.read(QueryDict(query)), timezone.now()
    columns = ("code", "latitude", "longitude", "opening_hours", "status")
    return [
        (code, *at)
        for code, *at, text, status in directory.fitting(wanted).values_list(*columns)
        if not wanted.open_now or status == Station.Status.OPEN and hours.opening(text, now).is_open
    ]
