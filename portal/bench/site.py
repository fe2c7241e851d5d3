"""The portal as the benchmark serves it: gunicorn, a database and a `var` of its own, gone afterwards."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from django.conf import settings

from portal.tests import engines

URLCONF = "portal.bench.urls"
HOST, PORT = "127.0.0.1", 8765
DATABASE = f"nuanyi_bench_{os.getpid()}"
# Of the environment only what the machine needs, nothing of somebody's own portal.
OURS = ("PORTAL_MODE", "DEBUG", "CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")


@contextmanager
def served():
    """Yields the environment in which `manage.py` sees the same portal."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="nuanyi-bench-"))
        database = stack.enter_context(own_database(f"sqlite:///{var}/bench.sqlite3"))
        environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
            "VAR_DIR": var,
            "DATABASE_URL": database,
            "ROOT_URLCONF": URLCONF,
            "HOST": HOST,
            "PORT": str(PORT),
        }
        run = (sys.executable, "manage.py", "prepare")
        subprocess.run(run, cwd=settings.BASE_DIR, env=environment, check=True)
        stack.enter_context(gunicorn(environment))
        yield environment


@contextmanager
def own_database(embedded):
    server = engines.postgres_url()
    if not server:
        yield embedded
        return
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"create database {DATABASE} encoding 'UTF8' template template0")
        try:
            yield server.rpartition("/")[0] + f"/{DATABASE}"
        finally:
            connection.execute(f"drop database {DATABASE} with (force)")


@contextmanager
def gunicorn(environment):
    command = (sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{PORT}")
    size = ("--workers", "2", "--threads", "4", "--keep-alive", "60", "--no-control-socket")
    server = subprocess.Popen(
        (*command, *size, "--log-level", "warning"), cwd=settings.BASE_DIR, env=environment
    )
    try:
        wait_for_answer(server)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_for_answer(server):
    for _n in range(300):
        try:
            urlopen(f"http://{HOST}:{PORT}/bench/nothing/", timeout=5).close()
        except URLError:
            if server.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("The web server does not answer.")
