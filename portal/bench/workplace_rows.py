"""A province at work: people, what waits at the desk, and what has happened, as many as one asks for.

Row after row is dealt out over stations and people, so that a small province looks like a large one.
"""

from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal.bench import counter_rows
from portal.bench.writing import save, save_of_late
from portal.models import User
from stations import synthetic
from stations.models import (
    Division,
    FacilityKind,
    Fault,
    HistoryLine,
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

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Of a thousand rows in queues and history: 200 documents, 150 places on shifts, 50 things redeemed …
DOCUMENTS, SIGNUPS, FAULTS, PHOTOS, SUGGESTIONS = 200, 150, 20, 20, 10
LINES = 1000 - DOCUMENTS - SIGNUPS - counter_rows.REDEMPTIONS - FAULTS - PHOTOS - SUGGESTIONS
SEATS = 3  # taken on a shift
WAITS = 40  # one document in so many waits, as one photo in ten and two faults in ten
UNMARKED = 25  # as one place in so many on the shifts that are over
APPEALED = 50  # one confirmed place in so many


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
        self.make_faults()
        self.make_photos_and_suggestions()
        counter_rows.make(self)
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
