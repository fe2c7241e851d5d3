"""The demo: the article's nine stations and enough around them for every story, on any date.

Everything goes through the verbs that the pages use, so a broken rule breaks the
demo. Loading it again adds what the passing of time has used up and nothing else.
"""

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from events import messages, passes, points, stocks
from events.models import (
    PointsEntry,
    RedemptionDay,
    RedemptionDayException,
    Reward,
    ServiceDay,
    Stock,
    WorkerPass,
)
from portal import consent, demo_hazards, demo_upkeep
from portal.demo_accounts import ACCOUNTS, PASSWORD, WORKER_CARD
from portal.models import User
from stations import divisions, organisations, postings, synthetic
from stations.imports import importer
from stations.models import Posting, Station
from stations.refusals import Refusal
from stations.views.pairing import DEMO_STATION as SHIMEN
from volunteers import agreements, credentials, profiles, rules, series, signups
from volunteers.models import CredentialKind, Series, ServiceKind, Shift, Volunteer

ALWAYS_OPEN = "“365+劳动者驿站”001号站"
NAMED_STATIONS = divisions.SOURCE.parent / "named_stations.csv"
INVENTED = Path(__file__).parent / "data" / "demo_stations.csv"
FRIDAY = RedemptionDay.FRIDAY

# name in Chinese, in English, points (domain defaults: an hour is 10), picture, how many
REWARDS = [
    ("香皂", "Soap", 50, Reward.Picture.SOAP, 40),
    ("纸巾一提", "Pack of tissues", 150, Reward.Picture.TISSUES, 30),
    ("十元餐券", "Ten-yuan meal voucher", 300, Reward.Picture.MEAL, 20),
    ("雨衣", "Rain suit", 600, Reward.Picture.RAIN, 10),
    ("骑行头盔", "Riding helmet", 1000, Reward.Picture.HELMET, 3),
]

# station, service, weekday (None: every day), from hour, hours, places, what to bring
WEEKLY_SHIFTS = [
    (SHIMEN, ServiceKind.LEGAL, FRIDAY, 14, 2, 2, "律师执业证"),
    (SHIMEN, ServiceKind.HAIRCUT, FRIDAY, 14, 3, 3, "理发工具"),
    (SHIMEN, ServiceKind.COUNSELLING, FRIDAY, 15, 2, 1, ""),
    (SHIMEN, ServiceKind.LEGAL, 1, 18, 2, 1, "律师执业证"),
    (SHIMEN, ServiceKind.HELPER, None, 11, 2, 2, ""),
    ("爱心驿家微站", ServiceKind.PHOTO, 5, 9, 3, 2, "相机"),
    ("爱心驿家微站", ServiceKind.CLINIC, 5, 9, 3, 2, "执业证"),
    (ALWAYS_OPEN, ServiceKind.LEGAL, 2, 19, 2, 2, "律师执业证"),
    ("余姚驿站（阅读区）", ServiceKind.TRAINING, 6, 14, 2, 1, ""),
    ("安吉城市驿站", ServiceKind.HELPER, 3, 9, 3, 4, ""),
]

# station, title, weekday, from hour, hours, about
WEEKLY_DAYS = [
    (SHIMEN, "周周服务日", FRIDAY, 14, 3, "免费理发、法律咨询、心理关爱，青蜂侠骑手志愿队同时活动。"),
    ("爱心驿家微站", "小哥风“上”日", 5, 9, 3, "免费理发、公益义诊、证件照拍摄。"),
    (ALWAYS_OPEN, "法律咨询夜", 2, 19, 2, "下班后来问问，律师志愿者在。"),
]


@transaction.atomic
def load():
    """Load or top up the demo. Refuses in production."""
    if settings.PRODUCTION:
        raise Refusal("production", _("The demo is not for production: its passwords are public."))
    named = Station.objects.filter(is_demo=True).exclude(brand=synthetic.BRAND)
    if not named.exists():
        importer.import_file(NAMED_STATIONS)
        importer.import_file(INVENTED)
    stations = {station.name: station for station in named.all()}
    people = {account["email"].split("@")[0]: person(**account) for account in ACCOUNTS}
    shimen = stations[SHIMEN]
    posted(people, shimen)
    redemption(shimen, list(stations.values()), by=people["manager"])
    worker(shimen)
    rider(people["newcomer"], shimen)
    plan(stations, by=people["manager"])
    joined(people["newcomer"], shimen, ServiceKind.LEGAL)
    lawyer(people, stations)
    roster(people, shimen)
    hairdresser(shimen)
    demo_upkeep.load(stations, people["manager"])
    demo_hazards.load(shimen, people)


def person(email, name, role) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email,
            password=PASSWORD,
            name=name,
            is_superuser=email.startswith("admin"),
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        consent.give(user)
    return user


def posted(people, shimen):
    """One posting of each kind, as long as nobody has given or ended another one."""
    places = [
        ("manager", Posting.Role.MANAGER, {"station": shimen}),
        ("moderator", Posting.Role.MODERATOR, {"organisation": shimen.organisation}),
        ("auditor", Posting.Role.AUDITOR, {"organisation": organisations.province()}),
    ]
    for name, role, place in places:
        if not people[name].postings.exists():
            postings.appoint(people[name], role=role, **place, by=people["admin"])


def joined(person, station, *services) -> Volunteer:
    """The person's volunteer profile; one that is there stays as its owner left it."""
    volunteer = Volunteer.objects.filter(person=person).first()
    return volunteer or profiles.save(person, name=person.name, home_station=station, services=list(services))


def redemption(shimen, stations, *, by):
    """Fridays everywhere; at Shimen also the day of loading, so that the kiosk can be tried on any date."""
    for station in stations:
        RedemptionDay.objects.get_or_create(station=station, weekday=FRIDAY)
    today = timezone.localdate()
    if today.weekday() != FRIDAY:
        RedemptionDayException.objects.get_or_create(
            station=shimen, date=today, defaults={"is_open": True, "reason": "演示加开"}
        )
    for name_zh, name_en, price, picture, amount in REWARDS:
        reward, is_new = Reward.objects.get_or_create(
            name_zh=name_zh, defaults={"name_en": name_en, "picture": picture}
        )
        if is_new:
            reward.prices.create(points=price, starts_on=date(2026, 1, 1))
        for station in stations:
            stock, is_new = Stock.objects.get_or_create(station=station, reward=reward)
            if is_new:
                stocks.deliver(stock, amount, by=by, reason="演示：第一批")


def worker(shimen):
    number, pin = WORKER_CARD["number"], WORKER_CARD["pin"]
    holder = WorkerPass.objects.select_related("account").filter(number=number).first()
    if holder is None:
        holder = passes.issue("张师傅", pin, station=shimen, number=number)
    key = f"demo:{number}:{timezone.localdate():%Y-%m}"
    points.earn(holder.account, 680, kind=PointsEntry.Kind.GRANT, key=key, reason="演示积分")


def rider(person, shimen):
    """A card that shares the points of an account, so that its owner's phone can show it."""
    account = points.account_of(person)
    passes.of(person) or passes.issue(person.name, WORKER_CARD["pin"], station=shimen, person=person)
    key = f"demo:{person.email}:{timezone.localdate():%Y-%m}"
    points.earn(account, 200, kind=PointsEntry.Kind.GRANT, key=key, reason="演示积分")


def plan(stations, *, by):
    for name, title, weekday, hour, hours, about in WEEKLY_DAYS:
        for starts_at in coming(weekday, hour):
            ServiceDay.objects.get_or_create(
                station=stations[name],
                title=title,
                starts_at=starts_at,
                defaults={"ends_at": starts_at + timedelta(hours=hours), "about": about},
            )
    for name, kind, weekday, hour, hours, places, bring in WEEKLY_SHIFTS:
        rule = "FREQ=DAILY" if weekday is None else f"FREQ=WEEKLY;BYDAY={[*rules.DAYS][weekday]}"
        planned = {"station": stations[name], "kind": kind, "rule": rule, "starts_at": time(hour)}
        if not Series.objects.filter(**planned).exists():
            when = {"starts_on": timezone.localdate(), "minutes": 60 * hours}
            series.begin(Series(**planned, **when, places=places, bring=bring), by=by)
    series.generate()


def shift(station, kind, starts_at, hours, **details) -> Shift:
    day = series.service_day_at(station, starts_at)
    found, _new = Shift.objects.get_or_create(
        station=station,
        kind=kind,
        starts_at=starts_at,
        defaults={"ends_at": starts_at + timedelta(hours=hours), "service_day": day, **details},
    )
    return found


def coming(weekday, hour):
    """The coming times of a weekly appointment, as far ahead as series are planned."""
    days = (timezone.localdate() + timedelta(days=n) for n in range(settings.SERIES_AHEAD.days + 1))
    times = (at(day, hour) for day in days if day.weekday() == weekday)
    return [moment for moment in times if moment > timezone.now()]


def at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def lawyer(people, stations):
    """An approved lawyer with a place on a shift that is reminded of within minutes."""
    volunteer = joined(people["volunteer"], stations[SHIMEN], ServiceKind.LEGAL, ServiceKind.HELPER)
    if not volunteer.credentials.exists():
        licence = credentials.submit(
            volunteer,
            kind=CredentialKind.LAWYER,
            number="13301201510123456",
            issuer="浙江省司法厅",
            valid_to=None,
            document=picture("律师执业证 演示"),
        )
        credentials.approve(licence, by=people["manager"])
    if not volunteer.signups.upcoming().exists():
        soon = timezone.now() + timedelta(hours=24, minutes=5)
        soon -= timedelta(minutes=soon.minute % 5, seconds=soon.second, microseconds=soon.microsecond)
        signups.sign_up(volunteer, shift(stations[ALWAYS_OPEN], ServiceKind.HELPER, soon, 2, places=2))


def roster(people, shimen):
    """A shift of this morning with people on it, for the manager to mark who came."""
    open_rosters = shimen.shifts.filter(ends_at__lt=timezone.now(), signups__attendance="unknown")
    if open_rosters.exists():
        return
    barber, _new = User.objects.get_or_create(email="barber@example.org", defaults={"name": "周师傅"})
    helpers = [
        joined(barber, shimen, ServiceKind.HAIRCUT),
        Volunteer.objects.get(person=people["volunteer"]),
    ]
    begun = timezone.now() - timedelta(hours=3)
    begun -= timedelta(minutes=begun.minute, seconds=begun.second, microseconds=begun.microsecond)
    past = shift(shimen, ServiceKind.TRAINING, begun + timedelta(days=7), 2, places=4)
    for volunteer in helpers:
        place = signups.sign_up(volunteer, past)
        messages.cancel(f"signup:{place.pk}")  # it would name the wrong day
    # Nobody signs up for what is over: they sign up first, then the demo lets the time pass.
    past.starts_at, past.ends_at = begun, begun + timedelta(hours=2)
    past.save(update_fields=["starts_at", "ends_at"])


def hairdresser(shimen):
    """A place on the next shift of haircuts, so that its times can be booked."""
    person, _new = User.objects.get_or_create(email="hairdresser@example.org", defaults={"name": "吴师傅"})
    volunteer = joined(person, shimen, ServiceKind.HAIRCUT)
    if volunteer.signups.upcoming().exists():
        return
    haircuts = shimen.shifts.upcoming().filter(kind=ServiceKind.HAIRCUT)
    following = haircuts.filter(starts_at__gt=timezone.now()).first()
    if agreements.is_needed(volunteer, following):
        agreements.sign(volunteer, following, text="演示约定", name=volunteer.name)
    signups.sign_up(volunteer, following)


def picture(text) -> ContentFile:
    """A stand-in for the photo of a document, plainly marked as one."""
    image = Image.new("RGB", (640, 400), "#efe7fa")
    ImageDraw.Draw(image).text(
        (40, 180), f"DEMO {text.encode('ascii', 'ignore').decode().strip()}", fill="#3f1f66"
    )
    content = io.BytesIO()
    image.save(content, "JPEG")
    return ContentFile(content.getvalue(), name="demo.jpg")
