"""The API explains itself: a schema without warnings, and a page that needs no inline script or style."""

import json
import re
from io import StringIO

from django.core.management import call_command


def test_the_schema_is_valid_and_complete(db):
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_the_schema_names_every_address(client, db):
    schema = json.loads(client.get("/api/v1/schema/?format=json").content)

    assert sorted(schema["paths"]) == [
        "/api/v1/",
        "/api/v1/kiosk/identify/",
        "/api/v1/kiosk/redemptions/",
        "/api/v1/kiosk/rewards/",
        "/api/v1/me/points/",
        "/api/v1/shifts/",
        "/api/v1/shifts/{id}/offer/",
        "/api/v1/shifts/{id}/signup/",
        "/api/v1/stations/",
        "/api/v1/stations/{code}/",
    ]


def test_the_page_carries_no_inline_script_style_or_handler(client, db):
    page = client.get("/api/v1/docs/").content.decode()

    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=", page) == []
    assert page.count("<h1") == 1
