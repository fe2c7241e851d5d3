"""The tables: medians over the rounds, each row's share of each floor within the same round, and goals."""

import os
import platform
from pathlib import Path
from statistics import median

from django.db import connection
from django.utils import timezone

HEAD = """\
| | requests/s | share of: nothing | of: one row | of: a static file |
|---|--:|--:|--:|--:|
"""
GOALS = """\
| | stations | must reach | measured | |
|---|--:|--:|---|---|
"""
VERDICTS = {True: "reached", False: "missed", None: "not measured"}


def table(names, floors, rounds) -> str:
    """`rounds` is a list of {row: requests a second}."""
    lines = []
    for name in names:
        rates = [rates[name] for rates in rounds]
        shares = [spread([rates[name] / rates[floor] for rates in rounds]) for floor in floors]
        lines.append(f"| {name} | {median(rates):.0f} | " + " | ".join(shares) + " |\n")
    return HEAD + "".join(lines)


def goals(goals) -> str:
    return GOALS + "".join(
        f"| {goal.what} | {goal.stations:,} | {goal.required} | {goal.measured} "
        f"| {VERDICTS[goal.is_reached] if goal.required else ''} |\n"
        for goal in goals
    )


def spread(shares):
    low, middle, high = (figure(share) for share in (min(shares), median(shares), max(shares)))
    return middle if low == high else f"{middle} ({low}–{high})"


def figure(share):
    return f"{share:.3f}" if share < 0.1 else f"{share:.2f}"


def machine(rounds, seconds) -> str:
    major = ".".join(str(part) for part in database_version())
    return (
        f"{timezone.localdate():%Y-%m-%d}, {processor()}, {os.cpu_count()} cores shared with the client, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{connection.display_name} {major}; {rounds} rounds of {seconds:g} s per row."
    )


def database_version():
    with connection.cursor():
        return connection.get_database_version()


def processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
