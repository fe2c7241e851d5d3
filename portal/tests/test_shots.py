"""`make shots`: a picture of every page of the demo, two widths, two languages, light and dark."""

import re
import shutil

import pytest
from django.conf import settings
from django.test import Client

from events.models import Booth, HazardReport
from portal import demo, desk
from portal.demo_accounts import WORKER_CARD
from portal.models import User
from stations import reach
from stations.imports import jobs
from stations.models import ExportJob, FaultReport, Posting, Station, StationPhoto
from stations.tests.factories import make_import, make_photo, make_suggestion
from volunteers.models import Shift, Volunteer
from volunteers.tests.factories import make_credential

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = settings.BASE_DIR / "var" / "shots"
LOOKS = [
    (width, language, scheme)
    for width in (390, 1280)
    for language in ("zh-CN", "en")
    for scheme in ("light", "dark")
]


def public_pages():
    station = Station.objects.get(name=demo.SHIMEN)
    shift = Shift.objects.upcoming().filter(kind="legal").first()
    return [
        "/",
        "/stations/",
        "/stations/?need=meal&open_now=1",
        "/stations/?q=无",
        "/stations/?place=石门&county=331100&facility=water",
        station.get_absolute_url(),
        Station.objects.get(code="331002-T-0001").get_absolute_url(),  # with swap cabinets
        f"{station.get_absolute_url()}report/?kind=water",
        FaultReport.objects.get(fault__kind="ebike_charging").get_absolute_url(),
        "/stations/suggest/",
        make_suggestion().get_absolute_url(),
        "/days/",
        "/rewards/",
        "/points/",
        "/volunteer/",
        "/volunteer/shifts/",
        shift.get_absolute_url(),
        "/mailbox/",
        "/privacy/",
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/api/v1/docs/",
        "/nowhere/",
    ]


def volunteer_pages():
    booth = Booth.objects.open().get(kind="haircut")
    shift = Shift.objects.upcoming().filter(kind="legal").first()
    return [
        "/volunteer/",
        "/volunteer/profile/",
        "/volunteer/credentials/add/?kind=lawyer",
        booth.get_absolute_url(),
        shift.get_absolute_url(),
        "/me/",
        "/me/points/",
        "/hazards/",
        "/hazards/report/",
        HazardReport.objects.get(state="verified").get_absolute_url(),
        "/consent/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ]


def moderator_pages():
    """The desk: queues, one item of each, what a decision on several will do; and what is looked up there."""
    reached = reach.of(User.objects.get(email="moderator@example.org"))
    shimen = Station.objects.get(name=demo.SHIMEN)
    photo = make_photo(station=shimen, state=StationPhoto.State.PENDING)
    first = {key: desk.in_order(queue, reached).first() for key, queue in desk.QUEUES.items()}
    posting = Posting.objects.filter(station=shimen).first()
    taken = Shift.objects.filter(station=shimen, service_day__isnull=False).first()
    return [
        "/admin/",
        *(f"/admin/desk/{key}/" for key in first),
        *(f"/admin/desk/{key}/{row.pk}/" for key, row in first.items() if row),
        f"/admin/desk/photo/preview/?choice=publish&ids={photo.pk},999999",
        "/admin/search/?q=石门",
        "/admin/search/?q=无此物",
        "/admin/stations/historyline/",
        f"/admin/stations/station/{shimen.pk}/history/",
        f"/admin/events/serviceday/{taken.service_day_id}/delete/",
        f"/admin/stations/organisation/{shimen.organisation_id}/change/",
        "/admin/stations/posting/",
        "/admin/stations/posting/add/",
        f"/admin/stations/posting/{posting.pk}/change/",
        "/admin/volunteers/volunteer/",
    ]


def auditor_pages():
    job = ExportJob.objects.create(
        list="volunteers.volunteer",
        ending="xlsx",
        language="zh-hans",
        made_by=User.objects.get(email="auditor@example.org"),
        rows_done=48_000,
        rows_total=120_000,
    )
    return [
        "/admin/",
        "/admin/stations/station/",
        "/admin/stations/exportjob/",
        f"/admin/stations/exportjob/{job.pk}/change/",
    ]


def manager_pages():
    waiting = make_credential(volunteer=Volunteer.objects.get(name="周师傅"), kind="medical")
    shift = Shift.objects.filter(kind="training", station__name=demo.SHIMEN).first()
    return [
        "/admin/",
        "/admin/stations/station/",
        f"/admin/stations/station/{shift.station_id}/change/",
        "/admin/volunteers/credential/",
        f"/admin/volunteers/credential/{waiting.pk}/change/",
        f"/admin/volunteers/shift/{shift.pk}/change/",
        f"/admin/volunteers/signup/?shift__id__exact={shift.pk}",
        "/admin/events/redemption/",
        f"/admin/settlement/?station={shift.station.code}",
        "/admin/stations/kiosk/add/",
        "/admin/stations/fault/",
        f"/admin/stations/fault/{FaultReport.objects.first().fault_id}/change/",
        "/admin/events/workerpass/add/",
    ]


def federation_pages():
    table = demo.NAMED_STATIONS.read_text() + "无此县站,,999999,某处,30,120,,,\n"
    looked_at = make_import(table, by=User.objects.get(email="admin@example.org"))
    jobs.run(looked_at.pk)
    return [
        "/admin/stations/importjob/",
        "/admin/stations/importjob/add/",
        f"/admin/stations/importjob/{looked_at.pk}/change/",
        "/admin/stations/sitesuggestion/",
        "/admin/stations/swapcabinet/",
        f"/admin/stations/station/{Station.objects.get(name=demo.SHIMEN).pk}/change/",
    ]


def signed_in(context, live_server, person):
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def picture(page, path, folder, name=""):
    page.goto(path)
    name = name or re.sub(r"\W+", "-", path).strip("-") or "home"
    shoot(page, folder / f"{name}.png")


def shoot(page, file):
    """The whole page as one tall window, so that what is fixed to the window's edge stays there."""
    page.wait_for_load_state("networkidle")  # the API's page draws itself from its schema
    window = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**window, "height": max(height, window["height"])})
    page.screenshot(path=file)
    page.set_viewport_size(window)


def walk_the_kiosk(page, folder):
    """From pairing to the pick-up code; in English from the second screen on, where English is asked for."""

    def shot(name):
        shoot(page, folder / f"{name}.png")

    english = page.evaluate("navigator.language").startswith("en")
    page.goto("/kiosk/pair/")
    shot("1-pair")
    with page.expect_navigation():
        page.locator("form:has([name=demo]) button").click()
    if english:
        with page.expect_navigation():
            page.locator("button[value=en]").click()
    shot("2-start")
    page.locator("[name=number]").fill(WORKER_CARD["number"])
    page.locator("[name=number]").press("Enter")
    page.locator("[name=pin]").wait_for()
    shot("3-pin")
    page.locator("[name=pin]").fill(WORKER_CARD["pin"])
    page.locator("[name=pin]").press("Enter")
    page.wait_for_url("**/kiosk/rewards/")
    shot("4-rewards")
    book_at_the_kiosk(page, shot)
    page.locator("a[href*='/kiosk/rewards/']").first.click()
    page.wait_for_url("**/kiosk/rewards/*/")
    shot("5-confirm")
    page.locator("main form button").last.click()
    page.wait_for_url("**/kiosk/done/")
    shot("6-done")


def book_at_the_kiosk(page, shot):
    """A time for a haircut, as far as its confirmation, and back to the rewards."""
    page.locator("a[href='/kiosk/bookings/']").click()
    page.wait_for_url("**/kiosk/bookings/")
    shot("4-booths")
    page.locator("a[href*='/kiosk/bookings/']").first.click()
    page.locator(".kiosk-times").wait_for()
    shot("4-times")
    page.locator(".kiosk-times a").first.click()
    page.wait_for_url("**/kiosk/bookings/*/*/")
    shot("4-book")
    page.goto("/kiosk/rewards/")


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_every_page_has_its_picture(live_server, new_page, width, language, scheme):
    demo.load()
    rounds = [
        ("", public_pages()),
        ("volunteer@example.org", volunteer_pages()),
        ("newcomer@example.org", ["/volunteer/", "/volunteer/profile/", "/me/", "/me/card/", "/admin/"]),
        ("moderator@example.org", moderator_pages()),
        ("auditor@example.org", auditor_pages()),
        ("manager@example.org", manager_pages()),
        ("admin@example.org", federation_pages()),
    ]
    folder = SHOTS / f"{width}-{language}-{scheme}"
    screen = {"width": 1080, "height": 1920} if width == 1280 else {"width": 390, "height": 844}
    kiosk = new_page(base_url=live_server.url, viewport=screen, locale=language, color_scheme=scheme)

    walk_the_kiosk(kiosk, emptied(folder / "kiosk"))
    for email, paths in rounds:
        page = new_page(**look(live_server, width, language, scheme))
        if email:
            signed_in(page.context, live_server, User.objects.get(email=email))
        whose = emptied(folder / (email.split("@")[0] or "nobody"))
        for path in paths:
            picture(page, path, whose)

    assert len(list(folder.rglob("*.png"))) >= sum(len(paths) for _email, paths in rounds)


def look(live_server, width, language, scheme):
    return {
        "base_url": live_server.url,
        "viewport": {"width": width, "height": 844 if width == 390 else 900},
        "locale": language,
        "color_scheme": scheme,
    }


def emptied(folder):
    """Ids differ from run to run, and so do names."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
