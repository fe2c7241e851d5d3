"""Story 4 at the screen, read in English: the words are the program's own."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from events import redemptions
from events.models import Redemption, Stock
from events.tests.factories import PIN, make_redemption_day, make_reward, make_worker_pass
from stations import hours, kiosks
from stations.tests.factories import make_user

FRIDAY = datetime(2026, 11, 27, 14, 0, tzinfo=hours.SHANGHAI)


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def screen(clock, kiosk_client, station):
    """The screen at `station`, switched to English, on a Friday that is a redemption day."""
    make_redemption_day(station=station)
    kiosk_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return kiosk_client


@pytest.fixture
def soap(station):
    return make_reward(station=station, name_zh="香皂", name_en="Soap", points=30)


def identify(screen, number="33010001", pin=PIN):
    screen.post("/kiosk/", {"number": number})
    return screen.post("/kiosk/pin/", {"pin": pin})


def text_of(response):
    """What can be read on a page, in one line."""
    html = re.sub(r"(?s)<(head|dialog|noscript).*?</\1>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def key_of(response):
    return re.search(r'name="key" value="([^"]+)"', response.content.decode()).group(1)


def url_of(reward):
    return f"/kiosk/rewards/{reward.pk}/"


def redeem(screen, reward):
    return screen.post(url_of(reward), {"key": key_of(screen.get(url_of(reward)))})


# The way through


def test_a_worker_turns_points_into_a_pick_up_code(screen, worker, soap, kiosk):
    start = screen.get("/kiosk/")
    assert "Please scan your points card" in text_of(start)
    assert "石门社区服务驿站" in text_of(start)

    assert screen.post("/kiosk/", {"number": "33010001"}).url == "/kiosk/pin/"
    assert "Enter your 4-digit PIN" in text_of(screen.get("/kiosk/pin/"))
    assert screen.post("/kiosk/pin/", {"pin": PIN}).url == "/kiosk/rewards/"
    rewards = text_of(screen.get("/kiosk/rewards/"))
    assert "张** You have 100 points" in rewards
    assert "Soap 30 points Choose Soap" in rewards

    confirm = screen.get(url_of(soap))
    assert "This costs 30 points. You will have 70 left." in text_of(confirm)
    assert screen.post(url_of(soap), {"key": key_of(confirm)}).url == "/kiosk/done/"

    redemption = Redemption.objects.get()
    worker.account.refresh_from_db()
    assert (redemption.kiosk, redemption.reward, worker.account.balance) == (kiosk, soap, 70)
    assert Stock.objects.get(reward=soap).left == 4
    assert f"show this code. {redemption.pickup_code} Soap" in text_of(screen.get("/kiosk/done/"))


def test_the_screen_speaks_chinese_unless_asked(kiosk_client):
    assert '<html lang="zh-hans">' in kiosk_client.get("/kiosk/").content.decode()

    foreign = {"headers": {"Accept-Language": "en"}}
    assert '<html lang="zh-hans">' in kiosk_client.get("/kiosk/", follow=True, **foreign).content.decode()


def test_every_screen_can_switch_language_and_text_size_and_ask_for_help(screen, worker, soap):
    pages = [screen.get("/kiosk/")]
    screen.post("/kiosk/", {"number": "33010001"})
    pages += [screen.get("/kiosk/pin/")]
    screen.post("/kiosk/pin/", {"pin": PIN})
    pages += [screen.get("/kiosk/rewards/"), screen.get("/kiosk/points/"), screen.get(url_of(soap))]
    redeem(screen, soap)
    pages += [screen.get("/kiosk/done/")]

    for page in pages:
        assert page.status_code == 200
        assert "Larger text 中文 Read aloud Ask for help Please talk to the staff at the counter." in text_of(
            page
        )
        assert page.content.decode().count("<h1") == 1
        assert page.headers["Cache-Control"] == "no-store"


class Addresses(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        if tag in ("a", "form"):
            self.found |= {value for name, value in attrs if name in ("href", "action")}


def test_no_page_of_the_kiosk_links_out(screen, worker, soap):
    pages = [screen.get("/kiosk/"), screen.post("/kiosk/", {"number": "1"}), screen.get("/kiosk/pair/")]
    screen.post("/kiosk/", {"number": "33010001"})
    pages += [screen.get("/kiosk/pin/"), screen.post("/kiosk/pin/", {"pin": "0000"})]
    screen.post("/kiosk/pin/", {"pin": PIN})
    pages += [screen.get("/kiosk/rewards/"), screen.get("/kiosk/points/"), screen.get(url_of(soap))]
    redeem(screen, soap)
    pages += [screen.get("/kiosk/done/"), screen.get("/kiosk/shifts/")]

    addresses = Addresses()
    for page in pages:
        addresses.feed(page.content.decode())
    assert addresses.found == {
        "#content",
        "/kiosk/bookings/",
        "/kiosk/points/",
        "/text-size/",
        "/i18n/setlang/",
        "/kiosk/leave/",
        "/kiosk/rewards/",
        "/kiosk/shifts/",
        url_of(soap),
    }


# Refusals, each with its way out


def test_an_unknown_card_is_told_on_the_spot(screen, worker):
    response = screen.post("/kiosk/", {"number": "99999999"})

    assert response.status_code == 422
    assert "We cannot read this card. Please ask the staff." in text_of(response)


def test_nothing_typed_is_told_on_the_spot(screen, worker):
    assert "Please scan the card, or type its number." in text_of(screen.post("/kiosk/", {"number": ""}))

    screen.post("/kiosk/", {"number": "33010001"})
    assert "Please type your PIN." in text_of(screen.post("/kiosk/pin/", {"pin": ""}))


def test_a_wrong_pin_says_how_many_tries_are_left_and_the_fifth_locks_the_card(screen, worker):
    answers = [identify(screen, pin="0000") for _n in range(5)]

    assert [answer.status_code for answer in answers] == [422] * 5
    for left, answer in zip((4, 3, 2, 1), answers, strict=False):
        assert f"The PIN is not right. {left} tries left." in text_of(answer)
    assert "This card is locked Five wrong PINs." in text_of(answers[-1])
    assert "locked until 14:15" in text_of(answers[-1])
    assert 'name="pin"' not in answers[-1].content.decode()
    assert "This card is locked" in text_of(identify(screen))


def test_on_another_day_every_screen_names_the_next_redemption_day(screen, worker, soap, clock):
    clock.shift(timedelta(days=4))
    sentence = "Today is not redemption day. Next one: Friday, 4 December."

    assert sentence in text_of(screen.get("/kiosk/"))
    identify(screen)
    rewards = screen.get("/kiosk/rewards/")
    assert sentence in text_of(rewards)
    assert "Soap 30 points" in text_of(rewards)
    assert url_of(soap) not in rewards.content.decode()
    assert sentence in text_of(screen.get(url_of(soap)))


def test_on_the_day_the_start_says_so(screen):
    assert "Today is redemption day." in text_of(screen.get("/kiosk/"))


def test_what_cannot_be_had_says_why(screen, worker, soap, station):
    make_reward(station=station, name_en="Helmet", points=120)
    make_reward(station=station, name_en="Tissues", points=20, left=0)
    identify(screen)

    rewards = text_of(screen.get("/kiosk/rewards/"))

    assert "Soap 30 points Choose Soap" in rewards
    assert "Helmet 120 points Sorry, not enough points. You need 20 more." in rewards
    assert "Tissues 20 points Sorry, this is all gone for today." in rewards


def test_a_refused_order_shows_why_and_a_way_back(screen, worker, soap):
    identify(screen)
    confirm = screen.get(url_of(soap))
    Stock.objects.update(left=0)

    response = screen.post(url_of(soap), {"key": key_of(confirm)})

    assert response.status_code == 422
    assert "Soap Sorry, this is all gone for today. See the other rewards" in text_of(response)
    assert "Confirm" not in text_of(response)
    worker.account.refresh_from_db()
    assert (worker.account.balance, Redemption.objects.count()) == (100, 0)


def test_an_order_without_a_proper_key_is_refused(screen, worker, soap):
    identify(screen)

    response = screen.post(url_of(soap), {"key": "x" * 70})

    assert response.status_code == 422
    assert "This page was out of date. Please choose again." in text_of(response)
    assert Redemption.objects.count() == 0


def test_a_second_reward_on_one_day_is_not_offered(screen, worker, soap):
    identify(screen)
    redeem(screen, soap)
    identify(screen)

    rewards = screen.get("/kiosk/rewards/")

    assert "You have already redeemed today." in text_of(rewards)
    assert url_of(soap) not in rewards.content.decode()


def test_a_reward_of_another_station_or_off_offer_leads_back_to_the_choice(
    screen, worker, soap, other_station
):
    elsewhere = make_reward(station=other_station)
    soap.is_active = False
    soap.save()
    identify(screen)

    assert screen.get(url_of(elsewhere)).url == "/kiosk/rewards/"
    assert screen.get(url_of(soap)).url == "/kiosk/rewards/"
    assert "There is nothing to redeem at this station" in text_of(screen.get("/kiosk/rewards/"))


def test_at_most_six_rewards_and_what_is_there_before_what_is_gone(screen, worker, station):
    gone = make_reward(station=station, name_en="Umbrella", points=1, left=0)
    for number in range(6):
        make_reward(station=station, name_en=f"Thing{number}", points=10 + number)
    identify(screen)

    rewards = screen.get("/kiosk/rewards/")

    shown = re.findall(r"Choose (Thing\d)", text_of(rewards))
    assert shown == [f"Thing{number}" for number in range(6)]
    assert gone.name_en not in text_of(rewards)


def test_the_same_form_sent_twice_is_one_redemption_with_one_code(screen, worker, soap):
    identify(screen)
    form = {"key": key_of(screen.get(url_of(soap)))}

    answers = [screen.post(url_of(soap), form) for _n in range(2)]

    assert [answer.url for answer in answers] == ["/kiosk/done/"] * 2
    redemption = Redemption.objects.get()
    assert redemption.pickup_code in text_of(screen.get("/kiosk/done/"))
    worker.account.refresh_from_db()
    assert worker.account.balance == 70


@pytest.mark.parametrize("rewards", [1, 3])
def test_the_rewards_cost_the_same_queries_however_many(
    rewards, screen, worker, station, django_assert_num_queries
):
    for number in range(rewards):
        make_reward(station=station, points=90 + 10 * number, left=number)
    identify(screen)

    # kiosk, session, card, days, exceptions, today, had, in quarantine, on offer; the session again (3)
    with django_assert_num_queries(12):
        screen.get("/kiosk/rewards/")


# The person behind the screen


def test_the_session_knows_the_card_and_nothing_else(screen, worker):
    identify(screen)

    assert dict(screen.session.items()) == {"kiosk_worker": worker.number, "_session_expiry": 60}


def test_the_session_begins_anew_with_the_pin_and_signs_everybody_out(screen, worker):
    screen.force_login(make_user())
    screen.post("/kiosk/", {"number": "33010001"})
    before = screen.session.session_key
    assert "_auth_user_id" not in screen.session

    screen.post("/kiosk/pin/", {"pin": PIN})

    assert screen.session.session_key != before
    assert Session.objects.count() == 1


def test_after_the_order_the_session_forgets_the_worker(screen, worker, soap):
    identify(screen)
    redeem(screen, soap)

    assert "kiosk_worker" not in screen.session
    assert "张" not in text_of(screen.get("/kiosk/done/"))
    assert screen.get("/kiosk/rewards/").url == "/kiosk/"


@pytest.mark.parametrize("path", ["/kiosk/rewards/", "/kiosk/done/", "/kiosk/pin/"])
def test_without_a_card_every_screen_leads_to_the_start(screen, path):
    assert screen.get(path).url == "/kiosk/"


def test_a_minute_without_action_ends_in_nothing_personal(screen, worker, soap, clock):
    identify(screen)
    clock.shift(timedelta(seconds=59))
    assert screen.get("/kiosk/rewards/").status_code == 200
    clock.shift(timedelta(seconds=61))

    response = screen.get("/kiosk/rewards/", follow=True)

    assert response.redirect_chain == [("/kiosk/", 302)]
    assert ("张" in text_of(response), "100" in text_of(response)) == (False, False)
    assert screen.get(url_of(soap)).url == "/kiosk/"
    assert screen.post(url_of(soap), {"key": "b9d1a1a0-0000-4000-8000-000000000000"}).url == "/kiosk/"
    assert Redemption.objects.count() == 0


def test_a_minute_without_action_also_ends_a_card_without_pin(screen, worker, clock):
    screen.post("/kiosk/", {"number": "33010001"})
    clock.shift(timedelta(seconds=61))

    assert screen.post("/kiosk/pin/", {"pin": PIN}).url == "/kiosk/"


def test_leaving_wipes_the_session_and_the_next_one_finds_chinese_in_normal_size(screen, worker):
    screen.cookies["large"] = "1"
    identify(screen)

    response = screen.post("/kiosk/leave/", follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/kiosk/", 302)]
    assert '<html lang="zh-hans">' in page
    assert Session.objects.count() == 0
    assert screen.get("/kiosk/rewards/").url == "/kiosk/"


def test_the_start_is_nobodys(screen, worker):
    identify(screen)

    screen.get("/kiosk/")

    assert screen.get("/kiosk/rewards/").url == "/kiosk/"


def test_without_scripts_the_pages_refresh_themselves_away(screen, worker, soap):
    identify(screen)
    refresh = '<noscript><meta http-equiv="refresh" content="{};url=/kiosk/leave/"></noscript>'
    assert refresh.format(60) in screen.get("/kiosk/rewards/").content.decode()
    redeem(screen, soap)
    assert refresh.format(20) in screen.get("/kiosk/done/").content.decode()

    assert screen.get("/kiosk/leave/").url == "/kiosk/"
    assert screen.get("/kiosk/done/").url == "/kiosk/"


def test_a_withdrawn_card_ends_at_once(screen, worker):
    identify(screen)
    worker.is_active = False
    worker.save()

    assert screen.get("/kiosk/rewards/").url == "/kiosk/"


def test_a_revoked_kiosk_is_sent_to_the_pairing_page(screen, kiosk, worker):
    identify(screen)
    kiosks.revoke(kiosk)

    for path in ("/kiosk/", "/kiosk/pin/", "/kiosk/rewards/", "/kiosk/done/"):
        assert screen.get(path).url == "/kiosk/pair/"
    assert screen.post("/kiosk/leave/").url == "/kiosk/pair/"


def test_a_worker_of_another_station_redeems_here_too(screen, soap, other_station):
    guest = make_worker_pass(number="33010002", station=other_station)
    identify(screen, "33010002")

    redeem(screen, soap)

    assert Redemption.objects.get().account == guest.account


def test_the_code_of_a_reversed_order_is_not_today_s_limit(screen, worker, soap):
    identify(screen)
    redeem(screen, soap)
    redemptions.reverse(Redemption.objects.get())
    identify(screen)

    assert "Choose Soap" in text_of(screen.get("/kiosk/rewards/"))
    assert Redemption.objects.get().date == timezone.localdate()
