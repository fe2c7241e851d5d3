"""A province at work: people, what waits at the desk, and what has happened, as many as one asks for.

Row after row is dealt out over stations and people, so that a small province looks like a large one.
"""

from datetime import timedelta
from itertools import islice

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events import stocks
from events.models import (
    HazardReport,
    PointsAccount,
    PointsDecision,
    PointsEntry,
    Redemption,
    Reward,
    Stock,
    WorkerPass,
)
from portal.models import User
from stations import synthetic
from stations.models import (
    Division,
    FacilityKind,
    Fault,
    HistoryLine,
    Kiosk,
    Posting,
    SiteSuggestion,
    Station,
    StationPhoto,
)
from volunteers.models import (
    Appeal,
    Credential,
    CredentialKind,
    HoursEntry,
    ServiceKind,
    Shift,
    Signup,
    Volunteer,
)

BATCH = 2000
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Of a thousand rows in queues and history: 200 documents, 150 places on shifts, 50 things redeemed …
DOCUMENTS, SIGNUPS, REDEMPTIONS, FAULTS, PHOTOS, SUGGESTIONS = 200, 150, 50, 20, 20, 10
LINES = 1000 - DOCUMENTS - SIGNUPS - REDEMPTIONS - FAULTS - PHOTOS - SUGGESTIONS
SEATS = 3  # taken on a shift
WAITS = 40  # one document in so many waits, as one photo in ten and two faults in ten
UNMARKED = 25  # as one place in so many on the shifts that are over
APPEALED = 50  # one confirmed place in so many
FOR_A_DAY = 25  # one redemption in so many waits at the counter
PRICE = 10


def fill(stations, people, rows):
    """Stations, volunteers (`people`), and rows in queues and history, with the ledgers beside them."""
    call_command("migrate", verbosity=0)
    synthetic.make(stations)
    call_command("prepare", verbosity=0)
    Province(people, rows).fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Province:
    def __init__(self, people, rows):
        self.now, self.rows = timezone.now(), rows
        self.places = list(
            Station.objects.order_by("pk").only("pk", "name", "organisation", "latitude", "longitude")
        )
        self.people = save(
            User(email=f"v{n}@example.com", password="!", name=f"志愿者{n}") for n in range(people)
        )

    def fill(self):
        self.make_volunteers()
        self.make_credentials()
        self.make_shifts()
        self.make_redemptions()
        self.make_faults()
        self.make_photos_and_suggestions()
        self.make_hazards_and_proposals()
        self.make_history()

    def each(self, share):
        return range(self.rows * share // 1000)

    def place(self, number):
        return self.places[number % len(self.places)].pk

    def person(self, number):
        return self.people[number % len(self.people)]

    def ago(self, number, days, *, least=0):
        """A moment within so many days, the same for a number in every run."""
        return self.now - least * DAY - number * 7919 % (days * 24 * 60) * timedelta(minutes=1)

    # People

    def make_volunteers(self):
        self.volunteers = save(
            Volunteer(
                person_id=person,
                number=f"{n:010d}",  # of so many random ones two would be alike
                name=f"志愿者{n}",
                home_station_id=self.place(n),
                joined_at=self.ago(n, 700),
            )
            for n, person in enumerate(self.people)
        )
        managers = zip(self.places, self.people, strict=False)
        save(Posting(person_id=person, station_id=place.pk) for place, person in managers)

    def make_credentials(self):
        """One of a volunteer waits at most; a person who decided is named on the others."""
        kinds, states = CredentialKind.values, Credential.Status
        save(
            Credential(
                volunteer_id=self.volunteers[n % len(self.volunteers)],
                kind=kinds[n // len(self.volunteers) % len(kinds)],
                number=f"3300{n:08}",
                issuer="浙江省司法厅",
                document="credentials/bench.jpg",
                status=states.PENDING if waits else states.DECLINED if n % 10 == 1 else states.APPROVED,
                submitted_at=self.ago(n, 12) if waits else self.ago(n, 700, least=12),
                decided_by_id=None if waits else self.person(n),
            )
            for n in self.each(DOCUMENTS)
            for waits in [n % WAITS == 0]
        )

    # Shifts

    def make_shifts(self):
        number = len(self.each(SIGNUPS)) // SEATS
        shifts = save(self.shift(n) for n in range(number))
        came, unknown = Signup.Attendance.CAME, Signup.Attendance.UNKNOWN
        places = [(n, shift, n * SEATS + seat) for n, shift in enumerate(shifts) for seat in range(SEATS)]
        signups = save(
            Signup(
                shift_id=shift,
                volunteer_id=self.volunteers[seat % len(self.volunteers)],
                starts_at=self.begin(n),
                ends_at=self.begin(n) + 2 * HOUR,
                signed_up_at=self.begin(n) - 5 * DAY,
                attendance=came if self.has_come(n, seat) else unknown,
            )
            for n, shift, seat in places
        )
        given = [(*of, pk) for of, pk in zip(places, signups, strict=True) if self.has_come(of[0], of[2])]
        save(
            HoursEntry(
                volunteer_id=self.volunteers[seat % len(self.volunteers)],
                signup_id=signup,
                minutes=120,
                confirmed_by_id=self.person(n),
                confirmed_at=self.begin(n) + 3 * HOUR,
            )
            for n, _shift, seat, signup in given
        )
        save(
            Appeal(
                signup_id=signup,
                about=Appeal.About.HOURS,
                minutes=150,
                words="测速",
                submitted_at=self.ago(n, 12),
            )
            for n, _shift, seat, signup in given
            if seat % APPEALED == 1
        )

    def shift(self, n):
        begin = self.begin(n)
        return Shift(
            station_id=self.place(n),
            kind=ServiceKind.values[n % len(ServiceKind.values)],
            starts_at=begin,
            ends_at=begin + 2 * HOUR,
            places=SEATS + 1,
            served=None if begin > self.now else n % 30,
        )

    def begin(self, n):
        """The first shift of every station is to come, the others are weeks apart."""
        return self.now + 5 * DAY - n // len(self.places) * 9 * DAY - n % 9 * HOUR

    def has_come(self, n, seat):
        return self.begin(n) < self.now - 3 * HOUR and seat % UNMARKED != 0

    # The counter

    def make_redemptions(self):
        reward = Reward.objects.create(name_zh="测速", name_en="Bench")
        reward.prices.create(points=PRICE)
        save(Stock(station_id=place.pk, reward=reward) for place in self.places)
        for stock in Stock.objects.filter(reward=reward):
            stocks.deliver(stock, len(self.each(REDEMPTIONS)), by=None)
        kiosks = save(Kiosk(station_id=place.pk, label="bench") for place in self.places)
        accounts = save(PointsAccount() for _n in range(len(self.each(REDEMPTIONS)) // 2))
        save(self.entry(n, accounts) for n in self.each(REDEMPTIONS))
        save(
            WorkerPass(
                account_id=account, station_id=self.place(n), number=f"{n:08}", nickname="师傅", pin="!"
            )
            for n, account in enumerate(accounts)
        )
        states = Redemption.Status
        save(
            Redemption(
                account_id=accounts[n % len(accounts)],
                station_id=self.place(n),
                kiosk_id=kiosks[n % len(kiosks)],
                reward=reward,
                points=PRICE,
                date=timezone.localdate(at),
                pickup_code=f"{n % 1_000_000:06}",
                key=f"bench{n}",
                status=states.WAITING if waits else states.COLLECTED,
                created_at=at,
            )
            for n in self.each(REDEMPTIONS)
            for waits in [n % FOR_A_DAY == 0]
            for at in [self.redeemed_at(n, len(accounts), waits)]
        )

    def redeemed_at(self, n, accounts, waits):
        """Who comes twice comes on two days: today, where it still waits."""
        if waits:
            return self.now - (1 if n < accounts else 1441 + n % 60) * timedelta(minutes=1)
        return self.now - (3 + n % 50 + (60 if n >= accounts else 0)) * DAY

    def entry(self, n, accounts):
        """What was earned before it is redeemed, which writes its own."""
        return PointsEntry(
            account_id=accounts[n % len(accounts)],
            counterpart=PointsEntry.Counterpart.ISSUED,
            kind=PointsEntry.Kind.GRANT,
            points=2 * PRICE,
            key=f"bench:{n}",
            reason="测速",
            created_at=self.ago(n, 90),
            station_id=self.place(n),
        )

    # Stations

    def make_faults(self):
        """Two in ten are open, at most one of a kind at a station."""
        kinds, states = FacilityKind.values, Fault.State
        faults = [
            Fault(
                station_id=self.place(n),
                kind=kinds[n // len(self.places) % len(kinds)],
                state=states.TO_DO if n % 10 == 0 else states.IN_PROGRESS if n % 10 == 1 else states.FIXED,
                is_dangerous=n % 50 == 0,
            )
            for n in self.each(FAULTS)
        ]
        save_of_late(faults, "opened_at", [self.ago(n, 12 if n % 10 < 2 else 700) for n in self.each(FAULTS)])

    def make_photos_and_suggestions(self):
        states = StationPhoto.State
        save(
            StationPhoto(
                station_id=self.place(n),
                image="stations/bench.jpg",
                alt=f"第{n}张",
                state=states.PENDING if n % 10 == 0 else states.PUBLISHED,
                submitted_at=self.ago(n, 12),
                submitted_by_id=self.person(n),
            )
            for n in self.each(PHOTOS)
        )
        counties = list(Division.objects.exclude(code__endswith="00").order_by("code"))
        states = SiteSuggestion.State
        suggestions = [
            SiteSuggestion(
                division=counties[n % len(counties)],
                place=f"解放路{n}号",
                why="骑手很多",
                state=states.PENDING if n % 10 == 0 else states.DECLINED,
            )
            for n in self.each(SUGGESTIONS)
        ]
        save_of_late(suggestions, "created_at", [self.ago(n, 30) for n in self.each(SUGGESTIONS)])

    def make_hazards_and_proposals(self):
        """As many as there are suggestions, all waiting."""
        save(
            HazardReport(
                person_id=self.person(n),
                category="road",
                photo="hazards/bench.jpg",
                latitude=self.places[n % len(self.places)].latitude,
                longitude=self.places[n % len(self.places)].longitude,
                station_id=self.place(n),
                created_at=self.ago(n, 12),
            )
            for n in self.each(SUGGESTIONS)
        )
        cards = WorkerPass.objects.order_by("pk")[: len(self.each(SUGGESTIONS))]
        save(
            PointsDecision(
                account_id=card.account_id,
                station_id=card.station_id,
                kind="grant",
                points=60,
                decision=f"测速{card.pk}",
                proposed_by_id=self.person(card.pk),
                proposed_at=self.ago(card.pk, 12),
            )
            for card in cards
        )

    def make_history(self):
        places, actions = self.places, HistoryLine.Action
        save(
            HistoryLine(
                at=self.ago(n, 700),
                person_id=self.person(n // 3),
                action=actions.CHANGED,
                model="stations.station",
                object_id=place.pk,
                name=place.name,
                station_id=place.pk,
                organisation_id=place.organisation_id,
                changes=[["phone", "12350", "12351"]],
            )
            for n in self.each(LINES)
            for place in [places[n % len(places)]]
        )


def save(rows) -> list[int]:
    """The numbers of the rows, which are let go batch by batch."""
    rows, numbers = iter(rows), []
    while some := list(islice(rows, BATCH)):
        numbers += [row.pk for row in type(some[0]).objects.bulk_create(some)]
    return numbers


def save_of_late(rows, name, moments):
    """Rows that note by themselves when they are made are told otherwise afterwards."""
    save(rows)
    for row, moment in zip(rows, moments, strict=True):
        setattr(row, name, moment)
    type(rows[0]).objects.bulk_update(rows, [name], batch_size=500)
