"""Which real engines this machine has for the tests: PostgreSQL, Redis, Chromium.

Imported by the root conftest before anything else: it chooses, then sets Django up.
A choice is left in the environment, so that xdist's processes take it over.
"""

import getpass
import json
import os
import shutil
import subprocess
import tempfile
import warnings
from contextlib import suppress
from importlib import import_module, util
from pathlib import Path

import django
import psycopg
import redis
from django.conf import settings

from portal.management.commands.compile_translations import compile_stale
from portal.tests import own_server

OLDEST_POSTGRES = 150000
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
EMBEDDED = "sqlite"
PREFIX = "nuanyi-test-"
MISSING = {
    "postgres": "No PostgreSQL (DATABASE_URL): race tests left out",
    "own_postgres": "No initdb and pg_ctl of PostgreSQL: the server that is stopped hard left out",
    "redis": "No Redis (CELERY_BROKER_URL, CACHE_URL): tests of the outgrown engines left out",
    "browser": "No Chromium (CHROMIUM): browser tests left out",
}


def postgres_url():
    """A PostgreSQL where tests may make and empty databases, or "" (also where SQLite is asked for)."""
    wanted = os.environ.get("DATABASE_URL", "")
    if wanted:
        return wanted if wanted.startswith("postgres") else ""
    return running_postgres() or bundled_postgres()


def running_postgres():
    usual = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres")
    own = f"postgres://{getpass.getuser()}@127.0.0.1:5432/postgres"
    return next((url for url in (*usual, own) if postgres_answers(url)), "")


def postgres_answers(url):
    with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3) as connection:
        may = "select rolsuper from pg_roles where rolname = current_user"
        return connection.info.server_version >= OLDEST_POSTGRES and connection.execute(may).fetchone()[0]
    return False


def bundled_postgres():
    """A server of the `pgserver` wheel that ends with this process, where the wheel is installed."""
    if not util.find_spec("pgserver"):
        return ""
    folder = Path(tempfile.mkdtemp(prefix="nuanyi-postgres-"))
    with warnings.catch_warnings(action="ignore"):  # it has opinions about the machine
        try:
            server = import_module("pgserver").get_server(folder, cleanup_mode="delete")
        except (OSError, subprocess.SubprocessError, RuntimeError):  # not made for this platform
            return ""
    os.environ["PGHOST"] = str(server.get_postmaster_info().socket_dir)
    return "postgres://postgres@/postgres"


def redis_url():
    names = ("CELERY_BROKER_URL", "CACHE_URL")
    wanted = [os.environ[name] for name in names if os.environ.get(name, "").startswith("redis")]
    for url in (*wanted, "redis://127.0.0.1:6379/0"):
        with suppress(redis.RedisError), redis.Redis.from_url(url, socket_connect_timeout=1) as server:
            server.ping()
            return url
    return ""


def chromium_path():
    wanted = os.environ.get("CHROMIUM", "")
    if wanted:
        return shutil.which(wanted) or ""
    found = (shutil.which(name) for name in (*CHROMIUM_NAMES, *CHROMIUM_MAC))
    return next((path for path in found if path), "")


def choose():
    """Find the engines and write them into the environment, with what the settings read."""
    found = {
        "postgres": postgres_url(),
        "own_postgres": own_server.programs(),
        "redis": redis_url(),
        "browser": chromium_path(),
    }
    for name in ("PORTAL_MODE", "DEBUG", "EMAIL_URL", "SITE_URL", "HOST", "PORT", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {
        "TEST_ENGINES": json.dumps(found),
        "VAR_DIR": tempfile.mkdtemp(prefix=PREFIX),
        "DATABASE_URL": found["postgres"] or f"{EMBEDDED}:///test.sqlite3",
        "CACHE_URL": "locmemcache://",
        "CELERY_BROKER_URL": "memory://",
        "SECRET_KEY": "only-for-tests-" * 4,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        # Playwright runs an event loop in the thread of the test.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }


def found():
    """Addresses by marker; empty where there is none."""
    return json.loads(os.environ["TEST_ENGINES"])


def missing():
    return {name: sentence for name, sentence in MISSING.items() if not found()[name]}


def set_up():
    """Django with what only tests want: quick passwords, static files straight from their sources."""
    if "TEST_ENGINES" not in os.environ:
        if settings.configured:  # with somebody's own database and files
            raise RuntimeError("Please unset DJANGO_SETTINGS_MODULE: it is read before the tests choose.")
        choose()
        compile_stale()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.DATABASES["default"].setdefault("TEST", {}).update(database_for_tests())
    django.setup()


def clean_up():
    if settings.VAR.name.startswith(PREFIX):  # never what somebody works with
        shutil.rmtree(settings.VAR, ignore_errors=True)


def database_for_tests():
    """Every run has its own, so that two can go at once."""
    if found()["postgres"]:
        # Whatever the server was made with: Chinese in SQL_ASCII counts as bytes.
        return {"NAME": settings.VAR.name.replace("-", "_"), "CHARSET": "UTF8", "TEMPLATE": "template0"}
    # A file, as people run it: in memory, a live server and its test would share one connection.
    return {"NAME": settings.VAR / "test.sqlite3"}


if __name__ == "__main__":
    # For .ci/run: the servers that would have to be installed.
    there = {"postgresql": running_postgres() and own_server.programs(), "redis": redis_url()}
    print(*(name for name, is_there in there.items() if not is_there))
