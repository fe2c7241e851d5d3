"""`manage.py prepare` and `manage.py serve` as people run them: real processes on the embedded engines."""

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes
CHOSEN_FOR_TESTS = (
    "DATABASE_URL",
    "CACHE_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
)
PATIENCE = 90  # seconds, on a machine that is busy with other tests


class Site:
    """A checkout with a `var` of its own, as after `git clone`."""

    def __init__(self, var, **environment):
        self.var, self.log = var, var / "log"
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in CHOSEN_FOR_TESTS}
        self.environment = {**kept, "VAR_DIR": str(var), "PORT": str(self.port), **environment}

    def manage(self, command):
        return subprocess.run(
            (sys.executable, "manage.py", command),
            cwd=settings.BASE_DIR,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
        )

    @contextmanager
    def served(self):
        with self.log.open("w") as log:
            process = subprocess.Popen(
                (sys.executable, "manage.py", "serve"),
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(lambda: "Nuanyi is at" in self.log.read_text() or process.poll() is not None)
            assert process.poll() is None, self.log.read_text()
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def ask(self, path="/healthz"):
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.status

    def tables(self):
        with closing(sqlite3.connect(self.var / "nuanyi.sqlite3")) as database:
            return list(database.iterdump())

    def put_message(self, key):
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        with closing(sqlite3.connect(self.var / "nuanyi.sqlite3", timeout=20)) as database, database:
            database.execute(
                "insert into events_message"
                " (key, channel, address, subject, body, due_at, state, tries, error)"
                " values (?, 'email', 'a@example.com', 'Hello', 'Text', ?, 'waiting', 0, '')",
                (key, now),
            )

    def state_of_message(self, key):
        with closing(sqlite3.connect(self.var / "nuanyi.sqlite3", timeout=20)) as database:
            return database.execute("select state from events_message where key = ?", (key,)).fetchone()[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Made ready once, whichever of xdist's processes comes first; each gets a copy."""
    ready = Path(settings.VAR, "prepared")
    with Path(settings.VAR, "prepared.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not ready.exists():
            ready.mkdir()
            done = Site(ready).manage("prepare")
            assert done.returncode == 0, done.stderr
    return Site(shutil.copytree(ready, tmp_path_factory.mktemp("site") / "var"))


def test_preparing_twice_touches_no_data(site):
    before, manifest = site.tables(), site.var / "static" / "staticfiles.json"
    collected_at = manifest.stat().st_mtime_ns

    done = site.manage("prepare")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert site.tables() == before
    assert manifest.stat().st_mtime_ns == collected_at


def test_a_message_is_found_by_beat_and_sent_by_the_worker_and_ctrl_c_stops_all(site):
    with site.served() as process:
        assert site.ask() == 200
        site.put_message("from the test")
        wait_for(lambda: site.state_of_message("from the test") == "sent")
        children = children_of(process.pid)

        process.send_signal(signal.SIGINT)

        assert process.wait(PATIENCE) == 0
    assert len(children) == 3
    assert not is_anything_listening(site.port)
    assert still_alive(children) == []
    said = site.log.read_text()
    assert f"http://127.0.0.1:{site.port}/" in said
    assert "manager@example.org" in said
    assert "Worker card 33110001, PIN 1357" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("command", "number"),
    [("gunicorn", signal.SIGKILL), (" worker ", signal.SIGKILL), (" beat", signal.SIGTERM)],
    ids=["web server killed", "worker killed", "beat ends with status 0"],
)
def test_when_one_process_ends_the_others_are_stopped_with_an_error(site, command, number):
    with site.served() as process:
        children = children_of(process.pid)
        [victim] = [pid for pid, words in children.items() if command in words]

        os.kill(victim, number)

        assert process.wait(PATIENCE) == 1
    assert "ended by itself" in site.log.read_text()
    assert not is_anything_listening(site.port)
    assert still_alive(children) == []


def test_a_taken_port_is_named_before_anything_starts(site):
    with closing(socket.create_server(("127.0.0.1", site.port))):
        done = site.manage("serve")

    assert done.returncode == 1
    assert f"127.0.0.1:{site.port} cannot be used" in done.stderr
    assert f"make run PORT={site.port + 1}" in done.stderr


@pytest.mark.redis
def test_the_same_processes_run_with_redis_as_broker_and_cache(site, redis_url):
    broker, cache = (urlsplit(redis_url)._replace(path=path).geturl() for path in ("/14", "/15"))
    outgrown = Site(site.var, CELERY_BROKER_URL=broker, CACHE_URL=cache)

    with outgrown.served():
        assert outgrown.ask() == 200
        outgrown.put_message("through Redis")
        wait_for(lambda: outgrown.state_of_message("through Redis") == "sent")


def wait_for(happens):
    patience = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.1)


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return door.getsockname()[1]


def is_anything_listening(port):
    with closing(socket.socket()) as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def children_of(parent):
    """Process ids with their command lines."""
    listing = subprocess.run(
        ("ps", "-A", "-o", "ppid=,pid=,args="), text=True, capture_output=True, check=True
    )
    rows = (line.split(None, 2) for line in listing.stdout.splitlines())
    return {int(row[1]): row[2] for row in rows if int(row[0]) == parent}


def still_alive(children):
    listing = subprocess.run(("ps", "-A", "-o", "pid="), text=True, capture_output=True, check=True)
    return sorted(set(children) & {int(pid) for pid in listing.stdout.split()})
