"""The kiosk as eyes meet it: sizes, contrast, both languages, both themes, normal and large."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from events.tests.kiosk_screen import (
    LYING,
    PHONE,
    STANDING,
    to_english,
    walk,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Every control with its size, every line of text with its size and contrast, where they fall short.
FAULTS = r"""([least, smallest]) => {
    const shown = (part) => part.checkVisibility({ visibilityProperty: true })
        && !part.closest(".skip, .visually-hidden")
        && (part.closest("dialog") || !document.querySelector("dialog:modal"));
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) => channels(colour).slice(0, 3)
        .map((part) => part / 255)
        .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
    const ground = (part) => {
        for (let each = part; each; each = each.parentElement) {
            const colour = getComputedStyle(each).backgroundColor;
            if ((channels(colour)[3] ?? 1) === 1) return colour;
        }
        return null;
    };
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + .05) / (low + .05);
    };
    const faults = [];
    for (const part of document.querySelectorAll("button, summary, a, input:not([type=hidden])")) {
        const box = part.getBoundingClientRect();
        if (shown(part) && Math.min(box.width, box.height) < least - .5) {
            faults.push(`${part.textContent.trim()}: ${box.width} x ${box.height} px`);
        }
    }
    for (const part of document.body.querySelectorAll("*")) {
        const words = [...part.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const text = words.map((node) => node.data.trim()).join("");
        if (!text || part.matches("script, style, noscript") || !shown(part)) continue;
        const { color, fontSize } = getComputedStyle(part), found = contrast(color, ground(part));
        if (parseFloat(fontSize) < smallest) faults.push(`${text}: ${fontSize}`);
        if (found < 7) faults.push(`${text}: ${found.toFixed(1)} to 1`);
    }
    return faults;
}"""
SIZE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("viewport", "smallest"), [(STANDING, 24), (LYING, 24), (PHONE, 15)], ids=str)
def test_everything_is_large_and_clear_enough_and_within_the_screen(
    screen, viewport, smallest, language, size
):
    page = screen(viewport, reduced_motion="reduce")
    if language == "en":
        to_english(page)
    if size == "large":
        with page.expect_navigation():
            page.locator("form[action*=text-size] button").click()

    for place in walk(page):
        page.wait_for_load_state()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert (place, scheme, page.evaluate(FAULTS, [88, smallest])) == (place, scheme, [])
        width, height = page.evaluate(SIZE)
        assert (place, width) == (place, viewport["width"])
        if viewport != PHONE:
            assert (place, height) == (place, viewport["height"])
        if place in ("start", "pin"):
            keys = [key.bounding_box() for key in page.locator("[data-key]").all()]
            assert min(min(key["width"], key["height"]) for key in keys) >= 96


def test_a_screen_reader_and_weak_eyes_find_nothing_in_the_way(screen):
    page = screen(reduced_motion="reduce")
    seven_to_one = {"rules": {"color-contrast-enhanced": {"enabled": True}}}

    for place in walk(page):
        page.wait_for_load_state()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=seven_to_one).response["violations"]
            faults = [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
            assert (place, scheme, faults) == (place, scheme, [])
