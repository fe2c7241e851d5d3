"""What is measured. A row is a name, its requests and how to undo them; new work adds its own here."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat

from django.templatetags.static import static
from django.urls import reverse

from portal.bench import floors
from portal.bench.client import fire, get, post


@dataclass(frozen=True)
class Row:
    name: str
    requests: Callable[[], Iterable[bytes]]
    status: int = 200
    undo: Callable[[], None] = lambda: None


def in_turns(rows, rounds, seconds):
    """{row: requests a second} of each round. Rows take turns, so that whatever else the machine does
    hits all alike; a round before the first warms up.
    """
    for number in range(rounds + 1):
        rates = {}
        for row in rows:
            rates[row.name] = fire(row.requests(), status=row.status, seconds=seconds)
            row.undo()
        if number:
            yield rates


def the_floors():
    style = get(static("portal/portal.css"), **{"Accept-Encoding": "br"})
    return [
        Row("a view that does nothing", lambda: repeat(get("/bench/nothing/"))),
        Row("a view that writes one row", lambda: repeat(post("/bench/write/")), undo=floors.wipe),
        Row("a static file", lambda: repeat(style)),
    ]


def the_pages():
    return [
        Row("home", lambda: repeat(get(reverse("home")))),
        Row("list of stations", lambda: repeat(get(reverse("stations:list")))),
        Row("list of shifts", lambda: repeat(get(reverse("volunteers:shifts")))),
        Row("list of shifts over the API", lambda: repeat(get(reverse("api:shifts-list")))),
    ]


def the_verbs(world):
    signup = reverse("api:shift-signup", args=[world.shift.pk])
    confirm = reverse("kiosk:confirm", args=[world.reward.pk])
    return [
        Row(
            "sign up for a shift",
            lambda: [post(signup, session=key) for key in world.volunteer_sessions],
            status=201,
            undo=world.forget_signups,
        ),
        Row(
            "redeem a reward",
            lambda: [
                post(confirm, session=key, kiosk=world.kiosk, key=str(uuid.uuid4()))
                for key in world.worker_sessions
            ],
            status=302,
            undo=world.forget_redemptions,
        ),
    ]
