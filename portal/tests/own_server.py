"""A PostgreSQL server of a test's own, which may be killed at any moment and started again.

It keeps PostgreSQL's promise as it comes: a commit is on the disk before it is answered. It is reached by a
Unix socket in its folder, and is gone with the folder.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from importlib import util
from pathlib import Path

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 100
fsync = on
synchronous_commit = on
full_page_writes = on
log_min_messages = fatal
"""
PATIENCE = 60  # seconds for a server to be there again


class Server:
    """`start`, `stop_hard` and `start` again; `environment` leads a process to it."""

    def __init__(self, folder: Path):
        self.folder, self.data = folder, folder / "data"
        self.run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
        with (self.data / "postgresql.conf").open("a") as kept:
            kept.write(SETTINGS.format(folder=folder))

    def start(self):
        self.run("pg_ctl", "start", "--wait", f"--timeout={PATIENCE}", f"--log={self.folder / 'log'}")

    def stop_hard(self):
        """Kill every session where it is, without a checkpoint: the next start recovers from the log."""
        self.run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def run(self, program, *words):
        # Not through pipes: the server would hold them open for as long as it runs.
        with (self.folder / "said").open("w+") as said:
            ended = subprocess.run(
                (f"{programs()}/{program}", f"--pgdata={self.data}", *words),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.folder,
                **owner(),
            )
            if ended.returncode:
                said.seek(0)
                raise RuntimeError(f"{program} did not work: {said.read()}")

    @property
    def environment(self):
        return {"DATABASE_URL": "postgres://postgres@/postgres", "PGHOST": str(self.folder)}


@contextmanager
def running():
    """A server that has just been made; stopped and deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="nuanyi-server-", ignore_cleanup_errors=True) as folder:
        if owner():
            shutil.chown(folder, owner()["user"])
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            with suppress(RuntimeError):  # it may lie stopped already
                server.stop_hard()


def programs() -> str:
    """The folder of initdb and pg_ctl, or "" where there are none that we may run."""
    return next((str(folder) for folder in folders() if may_run(folder / "initdb")), "")


def folders():
    if shutil.which("pg_config"):
        asked = subprocess.run(("pg_config", "--bindir"), capture_output=True, text=True)
        yield Path(asked.stdout.strip())
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    wheel = util.find_spec("pgserver")
    if wheel:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def may_run(program):
    with suppress(OSError):
        asked = subprocess.run((program, "--version"), capture_output=True, cwd="/", **owner())
        return asked.returncode == 0
    return False


def owner() -> dict:
    """Who runs the server: ourselves, but PostgreSQL refuses root."""
    if os.geteuid():
        return {}
    names = {person.pw_name for person in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
