"""The system's Chromium as fixtures: a phone-sized `page` that tells about every problem it sees."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from portal.tests import engines

PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",  # root in a container has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
# An answer that is not 2xx is the test's business, not a fault of the page.
ANSWER = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")
FAILURES = settings.BASE_DIR / "var" / "failures"
HERE = re.compile(r"(https?://(localhost|127\.0\.0\.1)[:/]|data:|blob:|about:)")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=engines.found()["browser"], args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, request):
    """Makes pages, each in a browser context of its own; `new_page(locale="en")` and the like."""
    contexts, problems = [], []

    def make(**options):
        values = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        context = browser.new_context(**values)
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.route(lambda url: not HERE.match(url), lambda route: route.abort())
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        return page

    yield make
    if request.node.stash.get(FAILED, False):
        keep_pictures(request.node, contexts)
    for context in contexts:
        context.close()
    assert [problem for problem in problems if not ANSWER.match(problem)] == []


@pytest.fixture
def page(new_page, live_server):
    """A phone at the site's front door: `page.goto(live_server.url)`."""
    return new_page(base_url=live_server.url)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def keep_pictures(node, contexts):
    FAILURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", node.nodeid)[-120:]
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        page.screenshot(path=FAILURES / f"{name}-{number}.png", full_page=True)
