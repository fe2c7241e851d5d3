"""How long a frame of the map takes in a browser on a slow phone."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from portal.tests import browser, engines

SLOW_DOWN = 4  # times; about what a cheap phone is to a desk
FRAMES = 60
FILTERS = [
    "",
    "need=water",
    "facility=water,microwave",
    "open_now=1",
    "need=meal&open_now=1",
    "occupation=rider",
    "tier=smart&unattended=1",
]
SCRIPT = (Path(__file__).parent / "frames.js").read_text()


def measure(url) -> list[float]:
    """Milliseconds of each frame on the page of the directory; none without a Chromium."""
    path = engines.chromium_path()
    if not path:
        return []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
        page = chromium.new_page()
        page.goto(url)
        page.wait_for_load_state("networkidle")
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
        return page.evaluate(SCRIPT, {"frames": FRAMES, "filters": FILTERS})
