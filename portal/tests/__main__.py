"""Every test on every engine that is here (`make test`). Words after it are pytest's.

All of it on PostgreSQL, which shows the races; then on the embedded SQLite what a database
can change. Where there is no PostgreSQL, all of it once, on SQLite.
"""

import os
import subprocess
import sys

from portal.tests import engines

PYTEST = (sys.executable, "-m", "pytest", "-n", "auto")
ON_SQLITE = {"DATABASE_URL": f"{engines.EMBEDDED}://"}
NOT_TWICE = ("browser", "processes", "postgres", "redis", "walk", "shots", "slow")


def main(words):
    postgres = engines.postgres_url()
    if not postgres:
        return run(words, **ON_SQLITE)
    again = ("-m", " and ".join(f"not {marker}" for marker in NOT_TWICE))
    return run(words, DATABASE_URL=postgres) or run((*again, *words), **ON_SQLITE, REQUIRE_SERVICES="0")


def run(words, **environment):
    # Importing `portal` names the settings, which pytest would then read before the engines are chosen.
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run((*PYTEST, *words), env=kept | environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
