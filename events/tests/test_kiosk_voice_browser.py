"""The kiosk read aloud, by a voice of the device alone. Chromium under test has none: it is lent some."""

import pytest
from playwright.sync_api import expect

from events.tests.kiosk_screen import (
    choose,
    confirm,
    identify,
    is_at_the_start,
    to_english,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VOICES = """(() => {
    window.said = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const speech = Object.assign(new EventTarget(), {
        getVoices: () => %s,
        speak: (words) => said.push(`${words.voice.name}: ${words.text}`),
        cancel: () => said.push("silence"),
    });
    Object.defineProperty(window, "speechSynthesis", { value: speech });
})()"""
NEAR = """[
    {name: "far", lang: "zh-CN", localService: false}, {name: "far", lang: "en-US", localService: false},
    {name: "粤", lang: "zh-HK", localService: true},
    {name: "近", lang: "zh-CN", localService: true}, {name: "near", lang: "en-GB", localService: true},
]"""
FAR = """[
    {name: "far", lang: "zh-CN", localService: false}, {name: "near", lang: "en-GB", localService: true},
]"""


@pytest.fixture
def speaking(screen):
    def make(voices=NEAR, **options):
        page = screen(**options)
        page.add_init_script(VOICES % voices)
        page.reload()
        return page

    return make


def said(page):
    """What was said on this page since it was silent last."""
    words = page.evaluate("window.said")
    return words[len(words) - words[::-1].index("silence") :] if "silence" in words else words


def test_without_a_voice_of_the_device_there_is_no_button(speaking):
    page = speaking(FAR)

    expect(page.locator("[data-voice]")).to_be_hidden()
    to_english(page)
    expect(page.locator("[data-voice]")).to_be_visible()


def test_every_screen_is_said_and_what_is_private_only_when_asked(speaking):
    page = speaking()
    button = page.locator("[data-voice]")
    assert said(page) == []

    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert said(page) == [
        "近: 您辛苦了，进来歇歇脚",
        "近: 今天是积分兑换日",
        "近: 请扫一扫您的积分卡",
        "近: 也可以扫手机上的码，或者输入卡上的号码。",
    ]
    identify(page)
    assert said(page) == ["近: 请选择要兑换的东西"]
    page.locator("[data-read]").click()
    assert said(page)[:2] == ["近: 您有100积分", "近: 香皂\n\n30积分"]
    choose(page)
    assert said(page) == ["近: 香皂", "近: 确认兑换"]
    page.locator("[data-read]").click()
    assert said(page)[-1] == "近: 需要30积分，兑换后还剩70积分"
    confirm(page)
    code = page.locator(".kiosk-code").inner_text()
    assert said(page)[0] == "近: 兑换成功，请凭此码到前台领取"
    assert not any(code in words for words in said(page))
    page.locator("[data-read]").click()
    assert said(page) == ["近: " + " ".join(code)]


def test_refusals_the_warning_and_a_dead_line_are_said(speaking):
    page = speaking()
    page.locator("[data-voice]").click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.locator(".errorlist").wait_for()
    assert "近: 卡号输错了，请再看一下卡片。" in said(page)
    page.keyboard.press("Backspace")

    identify(page)
    page.evaluate("document.querySelector('[data-warning]').showModal()")
    page.wait_for_function("window.said.some((words) => words.includes('还需要再看看吗'))")
    page.evaluate("document.querySelector('[data-warning]').close()")
    page.wait_for_function("window.said.at(-1) === 'silence'")
    page.route("**/healthz", lambda route: route.fulfill(status=404))
    expect(page.locator("[data-offline]")).to_be_visible()
    page.wait_for_function("window.said.some((words) => words.includes('网络断开了'))")


def test_the_page_s_language_has_its_own_voice(speaking):
    page = speaking()
    to_english(page)

    page.locator("[data-voice]").click()

    assert said(page)[0] == "near: Welcome. Take a rest."


def test_it_is_silent_when_turned_off_and_for_the_next_person(speaking):
    page = speaking()
    button = page.locator("[data-voice]")
    button.click()
    button.click()
    assert said(page) == []
    button.click()
    identify(page)
    expect(button).to_have_attribute("aria-pressed", "true")

    page.locator(".kiosk-back button").click()

    is_at_the_start(page)
    expect(button).to_have_attribute("aria-pressed", "false")
    assert said(page) == []


def test_the_wipe_ends_it_in_the_middle_of_a_sentence(speaking):
    page = speaking()
    page.clock.install()
    page.locator("[data-voice]").click()
    identify(page)
    held = []
    page.route("**/leave/", lambda route: held.append(route))  # the page stays as the wipe leaves it

    page.clock.fast_forward(61_000)

    expect(page.locator("main")).to_have_count(0)
    assert said(page) == []
    assert page.evaluate("document.cookie.includes('voice')") is False
    for route in held:
        route.fulfill(body="")
