"""The portal as the benchmark serves it: gunicorn, a database and a `var` of its own, gone afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from urllib.error import URLError
from urllib.request import urlopen

import django
import psycopg
from django.conf import settings

from portal.tests import engines

URLCONF = "portal.bench.urls"
HOST = "127.0.0.1"
# Of the environment only what the machine needs, nothing of somebody's own portal.
OURS = ("PORTAL_MODE", "DEBUG", "CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")


@dataclass(frozen=True)
class Portal:
    environment: dict
    process: ProcessPoolExecutor

    @property
    def url(self):
        return f"http://{HOST}:{self.environment['PORT']}"

    def call(self, verb, *args, **kwargs):
        """What a function of a module gives in a process that belongs to this portal."""
        return self.process.submit(verb, *args, **kwargs).result()

    @contextmanager
    def served(self):
        command = (sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", self.url[7:])
        size = ("--workers", "2", "--threads", "4", "--keep-alive", "60", "--no-control-socket")
        server = subprocess.Popen(
            (*command, *size, "--log-level", "warning"), cwd=settings.BASE_DIR, env=self.environment
        )
        try:
            wait_for_answer(server, f"{self.url}/bench/nothing/")
            yield
        finally:
            server.terminate()
            server.wait()


@contextmanager
def portal():
    """A portal with nothing in it yet."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="nuanyi-bench-"))
        database = stack.enter_context(own_database(f"sqlite:///{var}/bench.sqlite3"))
        environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
            "VAR_DIR": var,
            "DATABASE_URL": database,
            "ROOT_URLCONF": URLCONF,
            "HOST": HOST,
            "PORT": str(free_port()),
        }
        process = ProcessPoolExecutor(1, get_context("spawn"), enter, (environment,))
        yield Portal(environment, stack.enter_context(process))


def enter(environment):
    if settings.configured:  # with somebody's own database
        raise RuntimeError("The settings were read before the portal of the benchmark was chosen.")
    os.environ.clear()
    os.environ.update(environment)
    django.setup()


def free_port():
    with closing(socket.create_server((HOST, 0))) as taken:
        return taken.getsockname()[1]


@contextmanager
def own_database(embedded):
    server = engines.postgres_url()
    if not server:
        yield embedded
        return
    name = f"nuanyi_bench_{uuid.uuid4().hex[:12]}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"create database {name} encoding 'UTF8' template template0")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            connection.execute(f"drop database {name} with (force)")


def wait_for_answer(server, url):
    for _n in range(300):
        try:
            urlopen(url, timeout=60).close()
        except URLError:
            if server.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("The web server does not answer.")
