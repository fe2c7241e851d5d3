"""`make shots`: a place on a shift in all its states, hours, records, and what the station sees."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events.tests.factories import at_hour
from portal.tests.scene import Scene
from portal.tests.test_shots import LOOKS, SHOTS, emptied, look, picture, shoot, signed_in
from volunteers import (
    agreement_texts,
    agreements,
    appeals,
    attendance,
    calendars,
    certificates,
    checkins,
    hours,
    invitations,
    profiles,
    series,
    shifts,
    signups,
    stand_ins,
)
from volunteers.models import Appeal
from volunteers.tests.factories import (
    make_appeal,
    make_offer,
    make_series,
    make_signup,
    make_team,
)

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ON_PAPER = {"volunteering/certificate", "volunteering/agreement", "planning/roster"}
FOLDED = {
    "shift-confirmed",
    "shift-past-deadline",
    "shift-looks-for-stand-in",
    "hours",
    "certificates",
    "teams",
}


# What a volunteer sees


def shift_in_each_state(scene):
    """By what it shows the lawyer."""
    me, first, second, third = scene.lawyer, scene.first, scene.second, scene.third
    make_team(me, first, second, third, name="青蜂侠", station=scene.station)
    full, queue = scene.shift(first, second, days=7), scene.shift(first, second, days=8)
    for shift, volunteer in [(full, third), (queue, third), (queue, me)]:
        signups.sign_up(volunteer, shift)
    offered, mine, looking = (scene.shift(days=days) for days in (9, 10, 11))
    make_offer(shift=offered, volunteer=me)
    signups.sign_up(me, mine)
    signups.sign_up(me, looking)
    stand_ins.ask(me, looking)
    wanted = scene.shift(first, second, days=12)
    stand_ins.ask(second, wanted)
    late = scene.shift(starts_at=timezone.now() + 5 * HOUR)
    make_signup(shift=late, volunteer=me, signed_up_at=timezone.now() - DAY)
    called_off = scene.shift(me, days=13)
    shifts.cancel(called_off, by=scene.manager, reason="当天站点停电检修")
    return {
        "open": scene.shift(days=14, places=6, needed=3, risks="临近车行道，请穿反光背心"),
        "full": full,
        "waiting": queue,
        "offered": offered,
        "confirmed": mine,
        "looks-for-stand-in": looking,
        "stand-in-wanted": wanted,
        "past-deadline": late,
        "called-off": called_off,
        "begun": scene.shift(starts_at=timezone.now() - HOUR),
        "refused-overlap": scene.shift(starts_at=mine.starts_at + HOUR),
        "refused-agreement": scene.shift(days=15, agree_for=["danger", "large_event"]),
        "refused-document": scene.shift(days=16, kind="clinic"),
    }


def volunteer_pages(scene):
    me, states = scene.lawyer, shift_in_each_state(scene)
    asks = states["refused-agreement"]
    text = agreement_texts.text(me, asks)
    signed = agreements.sign(me, scene.shift(days=17, agree_for=["danger"]), text=text, name=me.name)
    calendars.new_address(me, by=me.person)
    team = me.teams.get()
    return {
        **{f"shift-{state}": shift.get_absolute_url() for state, shift in states.items()},
        "shifts": "/volunteer/shifts/",
        "me": "/me/",
        "welcome": "/volunteer/",
        "agree": f"/volunteer/shifts/{asks.pk}/agreement/",
        "agreement": f"/volunteer/agreements/{signed.pk}/",
        "profile": "/volunteer/profile/",
        "teams": "/volunteer/teams/",
        "sign-up-team": f"/volunteer/shifts/{states['open'].pk}/teams/{team.pk}/",
        "calendar": "/volunteer/calendar/",
        "hours-none": "/volunteer/hours/",
        "certificates-none": "/volunteer/certificates/",
    }


def missed_pages(scene):
    """Of somebody who was missed three times, has appealed, and has two certificates."""
    me, manager = scene.first, scene.manager
    came, short, *missed = [scene.over(me, days=days) for days in (9, 8, 5, 4, 3)]
    began = short.starts_at
    checkins.set_times(short, began - HOUR / 12, began + HOUR, by=manager)
    attendance.mark_came(came, by=manager)
    attendance.mark_came(short, by=manager)
    hours.correct(short, 80, by=manager, reason="出站时忘记扫码")
    for signup in missed:
        attendance.mark_absent(signup, by=manager, reason="当天没有见到您")
    said = {"about": Appeal.About.ABSENCE, "minutes": None}
    appeals.submit(me, missed[0], words="送孩子去医院，已打电话到站点请假。", **said)
    turned_down = make_appeal(signup=missed[1])
    appeals.decline(turned_down, by=manager, reason="站点没有接到请假电话")
    scene.over(me, days=1)
    days = {"since": began.date() - 30 * DAY, "until": timezone.localdate(), "by": me.person}
    good = certificates.issue(me, id_kind="id_card", id_number="11010519491231002X", **days)
    withdrawn = certificates.issue(me, **days)
    certificates.revoke(withdrawn, by=manager, reason="时长有误，请重新开具")
    return {
        "hours": "/volunteer/hours/",
        "shift-over": came.shift.get_absolute_url(),
        "appeal-absence": f"/volunteer/hours/{missed[2].pk}/appeal/",
        "appeal-hours": f"/volunteer/hours/{came.pk}/appeal/",
        "appeal-pending": f"/volunteer/hours/{missed[0].pk}/appeal/",
        "shift-refused-paused": scene.shift(days=2).get_absolute_url(),
        "certificates": "/volunteer/certificates/",
        "certificate": good.get_absolute_url(),
        "certificate-withdrawn": withdrawn.get_absolute_url(),
        "verify": "/verify/",
        "verified": f"/verify/{good.code}/",
        "verified-withdrawn": f"/verify/{withdrawn.code}/",
        "verified-unknown": "/verify/ABCD2345EFGH/",
        "teams-member": "/volunteer/teams/",
        "calendar-off": "/volunteer/calendar/",
    }


def young(scene, name, agreed=False):
    turns_18 = timezone.localdate() + 400 * DAY
    guardian = {"guardian_name": "孙丽", "guardian_phone": "13800138000"}
    somebody = scene.somebody(name, minor_until=turns_18, **guardian)
    if agreed:
        profiles.note_guardian_consent(somebody, by=scene.manager)
    return somebody


def walk_a_check_in(page, scene, folder):
    """From the station's code to the thanks, and what happens with codes that do not work."""
    shift = scene.shift(scene.second, starts_at=timezone.now() - HOUR / 6)
    codes = [checkins.new_code(shift) for _n in range(3)]
    with time_machine.travel(timezone.now() - HOUR):
        old = checkins.new_code(shift)
    steps = [("in", codes[0]), ("used", codes[0]), ("out", codes[1]), ("out-already", codes[2]), ("old", old)]
    for name, code in steps:
        picture(page, f"/volunteer/check-in/{code}/", folder, f"check-in-{name}")
        if page.locator("main form button").count():
            with page.expect_navigation():
                page.locator("main form button").click()
            shoot(page, folder / f"check-in-{name}-done.png")
    picture(page, "/me/token/", folder, "token")
    with page.expect_navigation():
        page.locator("main form button").click()
    shoot(page, folder / "token-made.png")
    picture(page, "/me/token/", folder, "token-there")


# What the station sees


def manager_pages(scene):
    """The week with its gaps, what is planned, what waits, and the records."""
    row = make_series(
        station=scene.station, role="早班", rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", places=3, needed=2
    )
    series.generate()
    gap = scene.shift(scene.second, starts_at=at_hour(10, days=8), places=4, needed=3)
    invitations.invite(gap, [scene.third], by=scene.manager)
    place = gap.signups.get()
    here = scene.shift(scene.first, starts_at=timezone.now() - HOUR / 2)
    appeal, unmarked = (
        make_appeal(signup=scene.over(scene.third, days=6, attendance="absent")),
        scene.over(scene.third, days=2),
    )
    volunteers = "/admin/volunteers"
    return {
        "roster": "/admin/roster/",
        "roster-next-week": f"/admin/roster/?week={timezone.localdate() + 7 * DAY}",
        "roster-empty": "/admin/roster/?week=2100-01-01",
        "invite": f"{volunteers}/shift/{gap.pk}/invite/",
        "invite-full": f"{volunteers}/shift/{here.pk}/invite/",
        "shifts": f"{volunteers}/shift/",
        "shift": f"{volunteers}/shift/{gap.pk}/change/",
        "code": f"{volunteers}/shift/{here.pk}/code/",
        "code-later": f"{volunteers}/shift/{gap.pk}/code/",
        "series": f"{volunteers}/series/",
        "series-add": f"{volunteers}/series/add/",
        "series-change": f"{volunteers}/series/{row.pk}/change/",
        "signups": f"{volunteers}/signup/?shift__id__exact={gap.pk}",
        "signup": f"{volunteers}/signup/{place.pk}/change/",
        "signup-take-off": f"{volunteers}/signup/{place.pk}/take-off/",
        "signup-times": f"{volunteers}/signup/{unmarked.pk}/times/",
        "desk-hours": "/admin/desk/hours/",
        "desk-hours-one": f"/admin/desk/hours/{unmarked.pk}/",
        "desk-appeals": "/admin/desk/appeal/",
        "desk-appeal": f"/admin/desk/appeal/{appeal.pk}/",
        "appeals": f"{volunteers}/appeal/",
        "appeal": f"{volunteers}/appeal/{appeal.pk}/change/",
        **records(scene),
    }


def records(scene):
    made = {
        "hoursentry": scene.first.hours.first(),
        "certificate": scene.first.certificates.filter(revoked_at=None).get(),
        "agreement": scene.lawyer.agreements.get(),
        "team": scene.lawyer.teams.get(),
        "invitation": scene.third.invitations.get(),
        "volunteer": young(scene, "孙小雨"),
    }
    lists = {f"{name}-list": f"/admin/volunteers/{name}/" for name in [*made, "usedcode"]}
    return lists | {name: f"/admin/volunteers/{name}/{row.pk}/change/" for name, row in made.items()}


def walk_the_kiosk(page, scene, folder):
    """From the start screen to a code."""
    page.goto("/kiosk/pair/")
    with page.expect_navigation():
        page.locator("form:has([name=demo]) button").click()
    if page.evaluate("navigator.language").startswith("en"):
        with page.expect_navigation():
            page.locator("button[value=en]").click()
    shoot(page, folder / "1-start.png")
    picture(page, "/kiosk/shifts/", folder, "2-shifts")
    with page.expect_navigation():
        page.locator("a[href*='/kiosk/shifts/']").first.click()
    shoot(page, folder / "3-code.png")


# The pictures


def print_out(page, file, scheme):
    """As wide as A4 within its margins; browsers print in light colours."""
    window = page.viewport_size
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": 680, "height": 960})
    shoot(page, file)
    page.set_viewport_size(window)
    page.emulate_media(media="screen", color_scheme=scheme)


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_every_state_has_its_picture(live_server, new_page, width, language, scheme):
    scene = Scene()
    folder = SHOTS / f"{width}-{language}-{scheme}"
    options = look(live_server, width, language, scheme)
    rounds = [
        (scene.lawyer.person, volunteer_pages(scene)),
        (scene.first.person, missed_pages(scene)),
        (
            young(scene, "王小小").person,
            {"profile-of-a-minor": "/volunteer/profile/", "teams-none": "/volunteer/teams/"},
        ),
        (young(scene, "李小小", agreed=True).person, {"profile-with-consent": "/volunteer/profile/"}),
        (scene.manager, manager_pages(scene)),
    ]
    whose, of_the_station = emptied(folder / "volunteering"), emptied(folder / "planning")
    checking_in = new_page(**options)
    signed_in(checking_in.context, live_server, scene.second.person)
    walk_a_check_in(checking_in, scene, whose)
    screen = {"width": 1080, "height": 1920} if width == 1280 else {"width": 390, "height": 844}
    walk_the_kiosk(new_page(**options | {"viewport": screen}), scene, emptied(folder / "kiosk-shifts"))
    for person, paths in rounds:
        page = new_page(**options)
        signed_in(page.context, live_server, person)
        for name, path in paths.items():
            of_hers = of_the_station if person == scene.manager else whose
            picture(page, path, of_hers, name)
            if name in FOLDED:
                page.locator("main summary").first.click()
                shoot(page, of_hers / f"{name}-unfolded.png")
            if f"{of_hers.name}/{name}" in ON_PAPER:
                print_out(page, of_hers / f"{name}-print.png", scheme)
