"""What is shown when something is wrong, the size of the text, and whether the portal is well."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import include, path

LARGE = '<html lang="en" class="large">'


@login_not_required
def refuse(request):
    raise PermissionDenied


@login_not_required
def doubt(request):
    raise SuspiciousOperation


@login_not_required
def fall(request):
    raise RuntimeError("a defect")


urlpatterns = [
    path("refuse/", refuse),
    path("doubt/", doubt),
    path("fall/", fall),
    path("", include("portal.urls")),
]
handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"


@pytest.fixture
def english(db):
    return Client(headers={"Accept-Language": "en"}, raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/doubt/", 400, "This request is not complete"),
        ("/refuse/", 403, "This page is not for you"),
        ("/nowhere/", 404, "This page does not exist"),
    ],
)
def test_each_error_says_what_happened_and_where_to_go(english, caplog, address, status, sentence):
    answer = english.get(address)
    caplog.clear()

    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{sentence}</h1>" in page
    assert "Nothing was changed." in page
    assert 'href="/stations/"' in page


def test_a_host_that_is_not_ours_gets_a_page_too(english, caplog):
    answer = english.get("/", headers={"Host": "elsewhere.example.net"})
    caplog.clear()

    assert answer.status_code == 400
    assert "This request is not complete" in answer.content.decode()


def test_a_form_from_a_stale_page_is_explained(db):
    strict = Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)

    answer = strict.post("/text-size/")

    assert answer.status_code == 403
    assert "Please send this once more" in answer.content.decode()


@pytest.mark.urls(__name__)
def test_a_defect_of_ours_is_owned_up_to_without_asking_the_database(
    english, stranger, caplog, django_assert_num_queries
):
    english.force_login(stranger)

    with django_assert_num_queries(2):  # session, and person with consent, asked before the defect
        answer = english.get("/fall/")

    assert "a defect" in caplog.text
    caplog.clear()
    assert answer.status_code == 500
    assert answer.content.decode().count("<h1>Something went wrong on our side</h1>") == 1
    assert "portal.css" in answer.content.decode()


# Larger text


def test_larger_text_is_one_press_there_and_one_back(english):
    larger = english.post("/text-size/", {"next": "/privacy/"})
    page = english.get("/privacy/").content.decode()
    english.post("/text-size/", {"next": "/privacy/"})

    cookie = larger.cookies["large"]
    assert larger.url == "/privacy/"
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 365 * 24 * 3600)
    assert LARGE in page
    assert LARGE not in english.get("/privacy/").content.decode()


def test_the_size_of_the_text_is_changed_by_pressing_not_by_visiting(english):
    assert english.get("/text-size/").status_code == 405
    assert english.post("/text-size/", {"next": "https://elsewhere.example.net/"}).url == "/"


# Health


def test_the_portal_is_well_while_the_database_answers(client, db, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.cookies == {}


def test_without_a_database_the_portal_is_not_well(client, db, caplog):
    def broken(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(broken):
        answer = client.get("/healthz")
    caplog.clear()

    assert answer.status_code == 503
