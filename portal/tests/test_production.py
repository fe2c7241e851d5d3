"""Production refuses to start on anything unsafe, and says what to do."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from portal import demo
from stations.tests.factories import make_user

SAFE = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k9!vQ2x-7LmZ4rT8wB1nC5yD0sF3gH6jP-aEuIoYtReWqXcVbNm",
    "ALLOWED_HOSTS": "nuanyi.example.com",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp://localhost:25",
}


def start(tmp_path, **changes):
    """Load the settings as a server would; what it says when it refuses."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"DEBUG", *SAFE}}
    command = [sys.executable, "-c", "import django; django.setup()"]
    environment = {**inherited, **SAFE, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    run = subprocess.run(
        command, env={**environment, **changes}, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    return run.returncode, run.stderr.strip().splitlines()[-1:] and run.stderr.strip().splitlines()[-1]


def test_safe_settings_start(tmp_path):
    assert start(tmp_path) == (0, [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing"),
        (
            {"SECRET_KEY": "django-insecure-" + "x9!vQ2-7LmZ4rT8wB1nC5yD0sF3gH6jPaEuIoYtReW"},
            "SECRET_KEY is missing",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS has a wildcard"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is missing"),
        ({"PORTAL_MODE": "prod"}, "PORTAL_MODE is 'prod'"),
    ],
)
def test_unsafe_settings_do_not(tmp_path, changes, sentence):
    code, said = start(tmp_path, **changes)

    assert code == 1
    assert sentence in said


def test_demo_accounts_keep_production_from_starting(db, settings):
    settings.DEMO = False
    make_user(email="admin@example.org")

    with pytest.raises(SystemCheckError, match="portal.E001"):
        call_command("check", tags=["database"], databases=["default"])


def test_accounts_of_real_people_do_not(db, settings):
    settings.DEMO = False
    make_user(email="someone@example.com")

    call_command("check", tags=["database"], databases=["default"])


def test_the_demo_is_refused_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="正式环境"):
        call_command("demo")

    assert not demo.User.objects.exists()
