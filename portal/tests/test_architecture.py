"""Promises that the whole house keeps, walked over every URL and every model."""

import ast

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from importlinter.cli import lint_imports
from simple_history.models import HistoricalChanges

OURS = ["portal", "volunteers", "events", "stations"]

PUBLIC = {
    "",
    "accounts/confirm-email/",
    "accounts/inactive/",
    "accounts/login/",
    "accounts/login/code/",
    "accounts/login/code/confirm/",
    "accounts/logout/",
    "accounts/password/reset/",
    "accounts/password/reset/complete/",
    "accounts/password/reset/confirm/",
    "accounts/password/reset/done/",
    "accounts/phone/verify/",
    "accounts/signup/",
    "admin/login/",
    "api/v1/",
    "api/v1/docs/",
    "api/v1/schema/",
    "api/v1/shifts/",
    "api/v1/stations/",
    "api/v1/stations/<slug:code>/",
    "days/",
    "exports/hsds/",
    "exports/hsds/<slug:name>",
    "exports/stations.<slug:ending>",
    "gbfs/<slug:name>.json",
    "healthz",
    "i18n/setlang/",
    "kiosk/",
    "kiosk/bookings/",
    "kiosk/bookings/<int:pk>/",
    "kiosk/bookings/<int:pk>/<int:at>/",
    "kiosk/done/",
    "kiosk/done/print/",
    "kiosk/leave/",
    "kiosk/pair/",
    "kiosk/pin/",
    "kiosk/points/",
    "kiosk/rewards/",
    "kiosk/rewards/<int:pk>/",
    "kiosk/shifts/",
    "kiosk/shifts/<int:pk>/",
    "mailbox/",
    "points/",
    "privacy/",
    "rewards/",
    "rewards/<int:pk>/photo/",
    "stations/",
    "stations/<slug:code>/",
    "stations/<slug:code>/report/",
    "stations/faults/<slug:key>/",
    "stations/photos/<int:pk>/",
    "stations/suggest/",
    "stations/suggestions/<slug:key>/",
    "stations/<slug:code>/qr.svg",
    "stations/pack.json",
    "stations/status.json",
    "text-size/",
    "verify/",
    "verify/<str:code>/",
    "volunteer/",
    "volunteer/feed/<str:token>.ics",
    "volunteer/shifts/",
    "volunteer/shifts/<int:pk>/",
}


def every_url(patterns=None, prefix=""):
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_url(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def is_public(callback):
    """As LoginRequiredMiddleware sees it, or for the API as its permissions say."""
    api_view = getattr(callback, "cls", None)
    if api_view is not None and hasattr(api_view, "permission_classes"):
        return [permission.__name__ for permission in api_view.permission_classes] == ["AllowAny"]
    return not getattr(callback, "login_required", True)


def test_the_public_pages_are_these_and_no_others():
    found = {route for route, callback in every_url() if is_public(callback)}

    assert found == PUBLIC


def test_imports_run_downwards_only():
    assert lint_imports(config_filename="pyproject.toml") == 0


def test_no_import_hides_in_a_function():
    files = [path for package in OURS for path in (settings.BASE_DIR / package).rglob("*.py")]
    hidden = [
        f"{path}:{inner.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert len(files) > 100
    assert hidden == []


def test_every_model_has_a_name_and_a_place_in_the_workplace(db):
    models = [
        model
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if not issubclass(model, HistoricalChanges)  # the tables beside ours, read as history lines
    ]

    assert [model.__name__ for model in models if model.__str__ is Model.__str__] == []
    inlined = {
        inline.model for model_admin in admin.site._registry.values() for inline in model_admin.inlines
    }
    assert [m.__name__ for m in models if not admin.site.is_registered(m) and m not in inlined] == []


def test_no_migration_is_pending(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "stations:list",
        "stations:suggest",
        "events:days",
        "volunteers:welcome",
        "volunteers:shifts",
        "verify",
        "points",
        "privacy",
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "kiosk:pair",
    ],
)
def test_every_public_page_answers_a_stranger_with_one_heading(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize(
    "name",
    [
        "me",
        "token",
        "volunteers:profile",
        "volunteers:add_credential",
        "volunteers:certificates",
        "volunteers:hours",
        "volunteers:my_calendar",
        "consent",
        "account_email",
    ],
)
def test_every_private_page_sends_a_stranger_to_sign_in(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=/")


def test_every_page_carries_a_policy_without_inline_script_or_style(client, db):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert sorted(policy.split("; ")) == [
        "base-uri 'none'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "object-src 'none'",
    ]


def test_chinese_is_the_first_language_and_english_is_one_press_away(client, db):
    assert '<html lang="zh-hans">' in client.get("/").content.decode()

    client.post("/i18n/setlang/", {"language": "en", "next": "/"})

    assert '<html lang="en">' in client.get("/").content.decode()
