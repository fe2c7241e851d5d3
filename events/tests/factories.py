from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from events import bookings, hazards, passes, points, redemptions, stocks
from events.models import (
    Booking,
    Booth,
    PointsEntry,
    RedemptionDay,
    RedemptionDayException,
    Reward,
    ServiceDay,
    Stock,
)
from stations.tests.factories import make_kiosk, make_picture, make_station, make_user, numbers

PIN = "1357"


def at_hour(hour, *, days=1):
    """So many days from today, at a full hour in Shanghai."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def make_service_day(**kw):
    """A published service day tomorrow from 9 to 12."""
    kw.setdefault("starts_at", at_hour(9))
    kw.setdefault("ends_at", kw["starts_at"] + timedelta(hours=3))
    station = kw.pop("station", None) or make_station()
    return ServiceDay.objects.create(**{"station": station, "title": f"周周服务日{next(numbers)}", **kw})


def make_redemption_day(**kw):
    """The weekday on which a station redeems points: today's, unless said."""
    kw.setdefault("weekday", timezone.localdate().weekday())
    station = kw.pop("station", None) or make_station()
    return RedemptionDay.objects.create(station=station, **kw)


def make_redemption_exception(**kw):
    kw.setdefault("date", timezone.localdate())
    station = kw.pop("station", None) or make_station()
    return RedemptionDayException.objects.create(
        **{"station": station, "is_open": False, "reason": "盘点", **kw}
    )


def make_worker_pass(**kw):
    """A card with PIN 1357 and 100 points (`points=` other)."""
    worth = kw.pop("points", 100)
    kw.setdefault("station", None)
    kw["station"] = kw["station"] or make_station()
    worker_pass = passes.issue(kw.pop("nickname", "张师傅"), kw.pop("pin", PIN), **kw)
    if worth:
        make_points(worker_pass.account, worth)
    return worker_pass


@transaction.atomic
def make_points(account, worth, **kw):
    """Points granted to an account, through the ledger."""
    number = next(numbers)
    entry = points.earn(
        account, worth, **{"kind": PointsEntry.Kind.GRANT, "key": f"test:{number}", "reason": "测试", **kw}
    )
    account.refresh_from_db()
    return entry


def make_reward(**kw):
    """Something that costs 30 `points`. With `station=`, that station has `left` (5) of it."""
    number = next(numbers)
    station, left, worth = kw.pop("station", None), kw.pop("left", 5), kw.pop("points", 30)
    reward = Reward.objects.create(**{"name_zh": f"毛巾{number}", "name_en": f"Towel {number}", **kw})
    reward.prices.create(points=worth, starts_on=date(2020, 1, 1))
    if station:
        stock = Stock.objects.create(station=station, reward=reward)
        if left:
            stocks.deliver(stock, left, by=None)
    return reward


def make_redemption(**kw):
    """A reward redeemed at a kiosk today, through the verb; makes whatever is not given."""
    kiosk = kw.pop("kiosk", None) or make_kiosk()
    RedemptionDay.objects.get_or_create(station=kiosk.station, weekday=timezone.localdate().weekday())
    reward = kw.pop("reward", None) or make_reward(station=kiosk.station)
    worker_pass = kw.pop("worker_pass", None) or make_worker_pass(station=kiosk.station)
    key = kw.pop("key", f"test:{next(numbers)}")
    return redeem(worker_pass.account, reward, kiosk=kiosk, key=key)


def redeem(account, reward, *, kiosk, key):
    """As a kiosk does it; the redemption."""
    said = {"station": kiosk.station, "kiosk": kiosk, "key": key}
    return redemptions.redeem(account, reward.pk, **said)[0]


def make_hazard(**kw):
    """A hole in the road in front of `station`, reported by somebody and waiting; `point=` elsewhere."""
    station = kw.pop("station", None) or make_station()
    values = {
        "category": "road",
        "photo": make_picture(),
        "point": (station.latitude, station.longitude),
        "place": "石祥路口",
        "address": f"hazard-{next(numbers)}",
        **kw,
    }
    return hazards.report(values.pop("person", None) or make_user(), **values)


def make_booth(**kw):
    """Haircuts tomorrow from 14 to 15, twenty minutes each, one chair; through the verb."""
    number = next(numbers)
    starts_at = kw.pop("starts_at", None) or at_hour(14)
    values = {"kind": Booth.Kind.HAIRCUT, "slot_minutes": 20, "chairs": 1, "starts_at": starts_at, **kw}
    values.setdefault("station", None)
    values["station"] = values["station"] or make_station()
    values.setdefault("ends_at", starts_at + timedelta(hours=1))
    source = values.pop("source", f"test:{number}")
    bookings.open_booth(source, **values)
    return Booth.objects.get(source=source)


def make_booking(**kw) -> Booking:
    """The first slot of a booth (`starts_at=` another) for a card, through the verb."""
    booth = kw.pop("booth", None) or make_booth(station=kw.pop("station", None))
    account = kw.pop("account", None) or make_worker_pass(station=booth.station).account
    return bookings.book(account, booth, kw.pop("starts_at", booth.starts_at))
