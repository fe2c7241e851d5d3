"""What the directory, its map and the workplace must reach: each measured beside what is required."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import mean, median, quantiles

from portal.bench import counter, frames, province, report, series, shifts, site, workplace

SMALL, LARGE = 12_000, 200_000
KB = 1000
# Many short rounds: which of the server's two workers a connection comes to is chance.
QUICK = {"rounds": 21, "seconds": 0.3, "edits": 3, "views": 20, "points": 200}
FULL = {"rounds": 41, "seconds": 0.4, "edits": 5, "views": 100, "points": 1000}
TURNS, QUESTIONS = 8, 20  # of the nearest ten, among many beside among few


@dataclass(frozen=True)
class Goal:
    what: str
    stations: int
    required: str
    measured: str
    is_reached: bool | None  # None: there was nothing to measure it with


def of_the_map(quick):
    amounts = QUICK if quick else FULL
    with ExitStack() as stack:
        portals = {
            size: stack.enter_context(filled(size)) for size in ((SMALL,) if quick else (SMALL, LARGE))
        }
        goals = [goal for row in ROWS for size in portals for goal in row(portals[size], size, amounts)]
        return goals if quick else [*goals, growth(portals[SMALL], portals[LARGE])]


@contextmanager
def filled(size):
    with site.portal() as portal:
        portal.call(province.fill, size)
        with portal.served():
            yield portal


def pack(portal, size, _amounts):
    prefectures, points, names = zip(*portal.call(province.sizes), strict=True)
    everything = (sum(points) + sum(names)) / KB
    if size == LARGE:
        yield at_most("a prefecture, mean, brotli", size, 250, everything / len(set(prefectures)), "KB")
        largest = max(map(sum, zip(points, names, strict=True))) / KB
        yield at_most("the largest part: a prefecture, or a county of a large one", size, 250, largest, "KB")
    else:
        yield at_most("points of all stations, brotli", size, 100, sum(points) / KB, "KB")
        yield at_most("points and names, brotli", size, 160, everything, "KB")


def served(portal, size, amounts):
    shares = portal.call(province.served_shares, amounts["rounds"], amounts["seconds"])
    what = "a file of the pack, of the requests/s of a static file with the same bytes"
    yield Goal(what, size, "≥ 0.8", report.spread(shares), median(shares) >= 0.8)


def rebuilt(portal, size, amounts):
    seconds = portal.call(province.rebuilding_seconds, amounts["edits"])
    yield at_most("pack made anew after an edit in the largest part", size, 1, median(seconds), "s")
    old, answers = portal.call(province.served_while_rebuilt)
    yield Goal("answers with the old pack meanwhile", size, "all", f"{old} of {answers}", old == answers > 0)


def drawn(portal, size, _amounts):
    what, limit = "filter and cluster, CPU slowed down 4 ×: a frame", 100 if size == LARGE else 16
    times = frames.measure(f"{portal.url}/stations/")
    if not times:
        yield Goal(what, size, f"≤ {limit} ms", "no Chromium", None)
        return
    slow = quantiles(times, n=20)[-1]
    yield at_most(what, size, limit, slow, "ms", f"95th percentile; median {figure(median(times))} ms")


def right(portal, size, amounts):
    # Measuring 200,000 stations a thousand times would take longer than all the rest.
    number = amounts["points"] // 10 if size == LARGE else amounts["points"]
    found = portal.call(province.nearest_right, number)
    what = "nearest 10 with filters over the API, as by measuring every station"
    yield Goal(what, size, "all", f"{found} of {number}", found == number)


def viewed(portal, size, amounts):
    if size == LARGE:
        return
    view = mean(portal.call(province.view_costs, amounts["views"]))
    geojson = portal.call(province.geojson_cost)
    what = "CPU of a view of the map: GeoJSON from a serialiser beside manifest, status and all files"
    measured = f"{geojson / view:.0f} × ({geojson:.0f} ms, {view:.1f} ms)"
    yield Goal(what, size, "≥ 50 ×", measured, geojson / view >= 50)


ROWS = [pack, served, rebuilt, drawn, right, viewed]


def growth(small, large) -> Goal:
    """The nearest ten among many beside those among few, asked in turns."""
    few, many = [], []
    for seed in range(TURNS):
        few += small.call(province.nearest_costs, QUESTIONS, seed)
        many += large.call(province.nearest_costs, QUESTIONS, seed)
    (few, few_cpu), (many, many_cpu) = zip(*few, strict=True), zip(*many, strict=True)
    middle, average = median(many) / median(few), mean(many) / mean(few)
    cpu = f"CPU without the database's {mean(many_cpu) / mean(few_cpu):.2f} ×"
    of = f"{mean(few):.1f} ms, {mean(many):.1f} ms"
    measured = f"median {middle:.2f} ×, mean {average:.2f} × ({of}); {cpu}"
    what = f"nearest 10 with filters over the API, beside {SMALL:,}"
    return Goal(what, LARGE, "≤ 2 ×", measured, max(middle, average) <= 2)


def of_shifts(quick):
    """Signing up on a hot shift, and the list of many; on PostgreSQL, as at work."""
    found = [Goal(what, shifts.STATIONS, *rest) for what, *rest in shifts.figures(quick=quick)]
    return found or [Goal("shifts", shifts.STATIONS, "PostgreSQL", "no PostgreSQL", None)]


def at_work(quick):
    """The workplace, on servers of its own: without PostgreSQL nobody has so many rows."""
    found = [at_most(what, workplace.MANY, *rest) for what, *rest in workplace.figures(quick=quick)]
    return found or [Goal("workplace", workplace.MANY, "PostgreSQL", "no PostgreSQL", None)]


def at_most(what, stations, limit, value, unit, more=""):
    measured = f"{figure(value)} {unit}".rstrip() + (f" ({more})" if more else "")
    return Goal(what, stations, f"≤ {limit} {unit}".rstrip(), measured, value <= limit)


def figure(value):
    places = 0 if value >= 100 or isinstance(value, int) else 1 if value >= 10 else 2
    return f"{value:.{places}f}"


def of_series(quick):
    return [at_most(what, series.MANY, *rest) for what, *rest in series.figures()]


def at_the_counter(quick):
    """The points counter; its rows say themselves among how many of what."""
    found = [Goal(what, counter.STATIONS, *rest) for what, *rest in counter.figures(quick=quick)]
    return found or [Goal("counter", counter.STATIONS, "PostgreSQL", "no PostgreSQL", None)]


PARTS = {
    "map": of_the_map,
    "shifts": of_shifts,
    "work": at_work,
    "series": of_series,
    "counter": at_the_counter,
}


def measure(*, quick, only=None) -> list[Goal]:
    return [goal for name, part in PARTS.items() if only in (None, name) for goal in part(quick)]
