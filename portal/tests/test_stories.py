"""The four stories, each through the pages alone, from the demo that a newcomer is given."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from icalendar import Calendar

from events.models import Booking, Booth, Message, PointsAccount, Redemption, Stock, WorkerPass
from portal import demo, tasks
from portal.models import User
from portal.tests.test_accounts import code_from
from stations.models import Kiosk, Station
from volunteers import reminders
from volunteers.models import Credential, HoursEntry, Shift, Signup
from volunteers.tests.factories import LAWYER_NUMBER, PDF


@pytest.fixture
def shimen(db):
    demo.load()
    return Station.objects.get(name=demo.SHIMEN)


def sign_in(client, email):
    answer = client.post("/accounts/login/", {"login": email, "password": "demo-portal-2026"})
    assert answer.status_code == 302


def decide(manager, path, choice):
    """One answer at the desk, which takes effect when the time to undo it is over."""
    assert manager.post(f"/admin/desk/{path}/", {"choice": choice}).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        tasks.carry_out_decisions()


def pair(client, shimen):
    """The manager makes a kiosk in the workplace and types its code on the screen at the counter."""
    sign_in(client, "manager@example.org")
    client.post("/admin/stations/kiosk/add/", {"station": shimen.pk, "label": "前台"})
    page = client.get("/admin/stations/kiosk/").content.decode()
    code = re.search(r"[2-9A-Z]{4} [2-9A-Z]{4}", page).group()
    client.post("/accounts/logout/")
    assert client.post("/kiosk/pair/", {"code": code}).url == "/kiosk/"


def test_someone_on_the_street_finds_a_station_and_the_way(client, shimen):
    home = client.get("/").content.decode()
    assert '/stations/?need=water#near"' in home

    found = client.get("/stations/?need=water").content.decode()
    assert shimen.get_absolute_url() in found

    page = client.get(shimen.get_absolute_url()).content.decode()
    assert "开放" in page and "饮水机" in page
    assert "https://uri.amap.com/marker?position=120.290000%2C28.131000" in page
    assert "https://api.map.baidu.com/marker?location=28.131000%2C120.290000" in page


def test_a_volunteer_comes_online_and_is_reminded_of_her_shift(client, shimen):
    client.post("/accounts/signup/", {"contact": "139 5781 0001", "name": "陈律师", "agree": "on"})
    client.post("/accounts/phone/verify/", {"code": code_from("+8613957810001")})
    client.post("/volunteer/profile/", {"name": "陈律师", "services": ["legal"], "home_station": shimen.pk})
    client.post(
        "/volunteer/credentials/add/?kind=lawyer",
        {
            "kind": "lawyer",
            "number": LAWYER_NUMBER,
            "issuer": "浙江省司法厅",
            "document": SimpleUploadedFile("licence.pdf", PDF, "application/pdf"),
        },
    )
    shift = Shift.objects.upcoming().filter(kind="legal", station=shimen, places__gt=0).last()
    client.post(f"/volunteer/shifts/{shift.pk}/signup/")
    assert Signup.objects.filter(shift=shift).count() == 0

    licence = Credential.objects.get(volunteer__name="陈律师")
    manager = type(client)()
    sign_in(manager, "manager@example.org")
    decide(manager, f"credential/{licence.pk}", "approve")
    client.post(f"/volunteer/shifts/{shift.pk}/signup/")

    assert shift.get_absolute_url() in client.get("/me/").content.decode()
    entry = Calendar.from_ical(client.get(f"/volunteer/shifts/{shift.pk}/calendar.ics").content)
    assert entry.walk("VEVENT")[0].decoded("dtstart") == shift.starts_at

    with time_machine.travel(shift.starts_at - timedelta(hours=23), tick=True):
        reminders.queue()

    letters = Message.objects.filter(person__phone="+8613957810001").order_by("pk")
    assert [message.key.split(":")[0] for message in letters] == ["account", "credential", "signup", "remind"]


def test_a_station_manager_decides_marks_who_came_and_points_follow(client, shimen):
    signups = Signup.objects.filter(shift__station=shimen, shift__ends_at__lt=timezone.now())
    barber = signups.get(volunteer__name="周师傅")
    sign_in(client, "manager@example.org")

    roster = client.get(f"/admin/volunteers/signup/?shift__id__exact={barber.shift_id}").content.decode()
    assert "周师傅" in roster and "林律师" in roster
    decide(client, f"hours/{barber.pk}", "came")

    assert HoursEntry.objects.get(signup=barber).minutes == 120
    assert PointsAccount.objects.get(person=barber.volunteer.person).balance == 20
    stations = client.get("/admin/stations/station/").content.decode()
    assert shimen.name in stations
    assert "安吉城市驿站" not in stations


def test_a_worker_redeems_points_and_the_manager_hands_the_reward_over(client, shimen):
    holder = WorkerPass.objects.get(number="33110001")
    stock = Stock.objects.get(station=shimen, reward__prices__points=150)
    pair(client, shimen)

    client.post("/kiosk/", {"number": "33110001"})
    client.post("/kiosk/pin/", {"pin": "1357"})
    rewards = client.get("/kiosk/rewards/").content.decode()
    assert "张**" in rewards and "680" in rewards
    confirm = client.get(f"/kiosk/rewards/{stock.reward_id}/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', confirm).group(1)
    client.post(f"/kiosk/rewards/{stock.reward_id}/", {"key": key})
    done = client.get("/kiosk/done/").content.decode()

    redemption = Redemption.objects.get()
    assert redemption.pickup_code in done.replace(" ", "")
    holder.account.refresh_from_db()
    stock.refresh_from_db()
    assert (holder.account.balance, stock.left) == (530, 29)

    sign_in(client, "manager@example.org")
    decide(client, f"redemption/{redemption.pk}", "hand_over")
    redemption.refresh_from_db()
    assert redemption.status == Redemption.Status.COLLECTED


def test_on_another_day_the_kiosk_names_the_next_redemption_day(client, shimen):
    today = timezone.localtime()
    wednesday = today + timedelta(days=(2 - today.weekday()) % 7 + 7)
    with time_machine.travel(wednesday, tick=True):
        pair(client, shimen)
        client.post("/kiosk/", {"number": "33110001"})
        client.post("/kiosk/pin/", {"pin": "1357"})

        friday = wednesday + timedelta(days=2)
        assert f"{friday.month}月{friday.day}日（星期五）" in client.get("/kiosk/rewards/").content.decode()


def test_the_demos_haircuts_can_be_booked_and_a_worker_does(client, shimen):
    booth = Booth.objects.get(kind="haircut")
    assert (booth.station, booth.chairs, len(booth.free_slots)) == (shimen, 1, 9)

    client.force_login(User.objects.get(email="newcomer@example.org"))
    assert f'href="/book/{booth.pk}/"' in client.get("/days/").content.decode()
    client.post(f"/book/{booth.pk}/", {"at": f"{booth.starts_at.timestamp():.0f}"})

    booking = Booking.objects.get()
    assert booking.code in client.get("/me/").content.decode()


def test_the_demo_loaded_twice_writes_nothing_new(shimen):
    before = {model: model.objects.count() for model in (User, Station, Shift, Signup, Kiosk, Message, Stock)}

    demo.load()

    assert {model: model.objects.count() for model in before} == before


def test_the_demo_grows_with_the_calendar(shimen):
    last = Shift.objects.order_by("starts_at").last().starts_at

    with time_machine.travel(timezone.now() + timedelta(days=30), tick=True):
        demo.load()

        assert Shift.objects.upcoming().exists()
    assert Shift.objects.order_by("starts_at").last().starts_at > last
