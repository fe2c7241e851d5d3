"""Who and what the verbs are measured with: many volunteers for one shift, many workers for one reward.

One hot row each, which is the worst that a Friday afternoon can do.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from events import stocks
from events.models import (
    Message,
    PointsAccount,
    PointsEntry,
    Redemption,
    RedemptionDay,
    Reward,
    Stock,
    StockMovement,
    WorkerPass,
)
from portal.models import Consent, User
from stations import kiosks
from stations.models import Kiosk, Station
from volunteers.models import ServiceKind, Shift, Signup, Volunteer

POINTS = 1000
GRANT = PointsEntry.Kind.GRANT


class World:
    def __init__(self, people):
        self.station = Station.objects.order_by("pk").first()
        self.make_volunteers(people)
        self.make_workers(people)

    # Volunteers and their shift

    def make_volunteers(self, people):
        now = timezone.now()
        self.shift = Shift.objects.create(
            station=self.station,
            kind=ServiceKind.HELPER,
            starts_at=now + timedelta(days=2),
            ends_at=now + timedelta(days=2, hours=2),
            places=people,
        )
        users = [User(email=f"bench{n}@example.com", password="!", name=f"Bench {n}") for n in range(people)]
        users = User.objects.bulk_create(users)
        version = settings.PRIVACY_RULES_VERSION
        Consent.objects.bulk_create(Consent(person=user, version=version) for user in users)
        Volunteer.objects.bulk_create(
            Volunteer(person=user, name=user.name, home_station=self.station) for user in users
        )
        self.volunteer_sessions = save_sessions(
            {
                uuid.uuid4().hex: {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
                for user in users
            }
        )

    def forget_signups(self):
        signups = Signup.objects.filter(shift=self.shift)
        Message.objects.filter(
            key__in=[f"signup:{pk}" for pk in signups.values_list("pk", flat=True)]
        ).delete()
        signups.delete()

    # Workers, their screen and what they want

    def make_workers(self, people):
        RedemptionDay.objects.get_or_create(station=self.station, weekday=timezone.localdate().weekday())
        self.reward = Reward.objects.create(name_zh="测速", name_en="Bench")
        self.reward.prices.create(points=1)
        stock = Stock.objects.create(station=self.station, reward=self.reward)
        stocks.deliver(stock, people, by=None)
        kiosk = Kiosk.objects.create(station=self.station, label="bench")
        self.kiosk = kiosks.pair(kiosks.new_code(kiosk), address="bench")[1]
        self.accounts = PointsAccount.objects.bulk_create(PointsAccount() for _n in range(people))
        PointsEntry.objects.bulk_create(
            PointsEntry(account=account, points=POINTS, kind=GRANT, counterpart="issued", key=f"bench:{n}")
            for n, account in enumerate(self.accounts)
        )
        passes = WorkerPass.objects.bulk_create(
            WorkerPass(account=account, station=self.station, number=f"9{n:07d}", nickname="Bench", pin="!")
            for n, account in enumerate(self.accounts)
        )
        self.numbers = [card.number for card in passes]
        self.worker_sessions = save_sessions(
            {uuid.uuid4().hex: {"kiosk_worker": card.number} for card in passes}
        )

    def forget_redemptions(self):
        """Given back, and on PostgreSQL deleted past the triggers: no counter has so many codes a day."""
        redeemed = Redemption.objects.filter(reward=self.reward)
        redeemed.waiting().update(status=Redemption.Status.REVERSED, settled_at=timezone.now())
        if connection.vendor == "postgresql":
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                StockMovement.objects.filter(redemption__reward=self.reward).delete()
                PointsEntry.objects.filter(station=self.station, counterpart="goods").delete()
                redeemed.delete()
        save_sessions(self.worker_sessions)


def save_sessions(sessions):
    """Write {key: content} as sessions that stand for an hour, over what was there."""
    encode, end = SessionStore().encode, timezone.now() + timedelta(hours=1)
    Session.objects.bulk_create(
        (Session(pk=key, session_data=encode(content), expire_date=end) for key, content in sessions.items()),
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["session_data", "expire_date"],
    )
    return sessions
