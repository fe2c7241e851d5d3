"""A table from the desk into the directory, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from stations.imports import jobs
from stations.models import ImportJob, Station

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TABLE = "名称,县市区,地址,纬度,经度\n石门驿站,青田县,瓯南街道,28.131,120.29\n零号,青田县,瓯南街道,0,0\n"


@pytest.fixture
def desk(new_page, live_server, admin):
    def make(**options):
        page = new_page(base_url=live_server.url, locale="en", **options)
        client = Client()
        client.force_login(admin)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
        return page

    return make


def upload(page):
    page.goto("/admin/stations/importjob/add/")
    page.get_by_label("File").set_input_files(
        {"name": "站点.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_role("button", name="Save", exact=True).click()


def run_worker():
    jobs.run(ImportJob.objects.get().pk)


def problems(page):
    violations = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_follows_the_worker_from_the_look_to_the_rejected_rows(desk, viewport):
    page = desk(viewport=viewport)
    upload(page)
    expect(page.get_by_text("Being checked")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()

    run_worker()
    expect(page.get_by_text("Created: 1")).to_be_visible()
    assert (Station.objects.count(), problems(page)) == (0, [])
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Being imported")).to_be_visible()
    run_worker()
    rejected = page.get_by_role("link", name="Rejected rows with their reasons (.xlsx)")
    with page.expect_download() as download:
        rejected.click()

    assert download.value.suggested_filename.endswith(".xlsx")
    assert Station.objects.get().name == "石门驿站"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_the_page_refreshes_itself(desk):
    page = desk(java_script_enabled=False)
    upload(page)
    expect(page.get_by_text("Being checked")).to_be_visible()

    run_worker()

    expect(page.get_by_role("button", name="Import now")).to_be_visible()
