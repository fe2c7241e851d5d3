import os
import signal
import socket
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from subprocess import DEVNULL, Popen, TimeoutExpired
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from portal.demo_accounts import ACCOUNTS, PASSWORD, WORKER_CARD

PYTHON = (sys.executable, "-m")
CELERY = (*PYTHON, "celery", "-A", "portal", "-q")
ALONE = (
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
)  # there is no second worker to talk to
POLITE = 10  # seconds to finish what is in hand


def commands():
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    # Not --preload: wsgi.py asks the database, and a connection must not cross a fork.
    server = ("--bind", f"{host}:{settings.PORT}", "--workers", "2", "--threads", "4")
    quiet = ("--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning")
    return {
        "web server": (*PYTHON, "gunicorn", "portal.wsgi:application", *server, *quiet),
        "Celery worker": (*CELERY, "worker", "--pool", "threads", "--concurrency", "2", *ALONE),
        "Celery beat": (*CELERY, "beat"),
    }


class Command(BaseCommand):
    help = "Runs the web server, the Celery worker and Celery beat until Ctrl-C, or until one of them ends."
    requires_system_checks = []

    def handle(self, **options):
        refuse_taken_port()
        self.asked_to_stop = False
        # SIGHUP: the window was closed.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        running = {name: start(command) for name, command in commands().items()}
        try:
            ended = self.watch(running)
        finally:
            stop(running.values())
        if ended:
            raise CommandError(f"The {ended} ended by itself (exit status {running[ended].returncode}).")
        self.stdout.write("Stopped.")

    def ask_to_stop(self, *_signal):
        self.asked_to_stop = True

    def watch(self, running):
        """Until somebody asks to stop (None) or a process ends (its name)."""
        announced = False
        while not self.asked_to_stop:
            for name, process in running.items():
                if process.poll() is not None:
                    return name
            if not announced and is_answering():
                self.stdout.write(welcome())
                self.stdout.flush()
                announced = True
            time.sleep(0.1)
        return None


def refuse_taken_port():
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with closing(socket.socket(family)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            trial.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"{settings.HOST}:{settings.PORT} cannot be used ({error.strerror}). "
                f"Stop what is there, or choose another port: make run PORT={settings.PORT + 1}"
            ) from error


def is_answering():
    door = HTTPConnection(settings.HOST, settings.PORT, timeout=2)
    with closing(door), suppress(OSError, HTTPException):
        door.request("GET", "/healthz", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return door.getresponse().status < 500
    return False


def start(command):
    # A session of its own: Ctrl-C reaches this process only, which then stops all in order.
    return Popen(command, cwd=settings.BASE_DIR, stdin=DEVNULL, start_new_session=True)


def stop(processes):
    for process in processes:
        process.terminate()
    patience = time.monotonic() + POLITE
    for process in processes:
        with suppress(TimeoutExpired):
            process.wait(max(0, patience - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever it has left behind
        process.wait()


def welcome():
    lines = ["", f"Nuanyi is at {settings.SITE_URL}/   (Ctrl-C stops it)"]
    if settings.DEMO:
        lines += ["", f"Demo accounts, password {PASSWORD}:"]
        with translation.override("en"):
            lines += [f"  {account['email']:<24}{account['role']}" for account in ACCOUNTS]
        lines += [f"Worker card {WORKER_CARD['number']}, PIN {WORKER_CARD['pin']}, at /kiosk/"]
    return "\n".join([*lines, ""])
