from collections import Counter
from functools import partial
from importlib import import_module
from threading import Thread
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from events.models import Booth, Message
from events.tests.factories import at_hour
from stations.refusals import Refusal
from stations.tests.factories import make_user
from stations.tests.races import PATIENCE, at_once, everybody, many_sessions  # noqa: F401 (a fixture)
from volunteers import attendance, checks, credentials, national, shifts, signups, stand_ins, waiting_list
from volunteers.api import SignupView
from volunteers.models import Credential, HoursEntry, Shift, Signup, Volunteer
from volunteers.tests.factories import make_credential, make_hours, make_shift, make_signup, make_volunteer

guards = import_module("volunteers.migrations.0008_the_database_counts_and_refuses")

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_sessions"),
]


def codes(answers):
    """How often each answer came: the code of a refusal, or the kind of thing that it is."""
    return Counter(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


# The guards of the database, taken away for a control and put back


@pytest.fixture
def uncounted():
    """Nothing counts places, so that only the verb could."""
    execute("ALTER TABLE volunteers_signup DISABLE TRIGGER signup_counted")
    yield
    execute("ALTER TABLE volunteers_signup ENABLE TRIGGER signup_counted")


@pytest.fixture
def overlaps_allowed():
    [guard] = [statement for statement in guards.POSTGRESQL if "signup_never_overlaps" in statement]
    execute("ALTER TABLE volunteers_signup DROP CONSTRAINT signup_never_overlaps")
    yield
    Signup.objects.all().delete()
    execute(guard)


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


# Five hundred people, ten places

CROWD = 500


@pytest.fixture
def crowd(station):
    User = get_user_model()
    users = User.objects.bulk_create(User(email=f"crowd{n}@example.com", name=f"{n}") for n in range(CROWD))
    for user in users:
        user.consents.create(version=settings.PRIVACY_RULES_VERSION)
    return Volunteer.objects.bulk_create(
        Volunteer(person=user, name=user.name, home_station=station, services=["helper"]) for user in users
    )


def ask_for_place(volunteer, shift):
    request = APIRequestFactory().post("/")
    force_authenticate(request, volunteer.person)
    return SignupView.as_view()(request, pk=shift.pk)


def five_hundred_want_ten_places(crowd, shift):
    answers = at_once(*(partial(ask_for_place, volunteer, shift) for volunteer in crowd))

    assert Counter(answer.status_code for answer in answers) == {201: CROWD}
    statuses = Counter(answer.data["status"] for answer in answers)
    assert statuses == {"confirmed": 10, "waitlisted": CROWD - 10}
    told = {volunteer.pk: answer.data["position"] for volunteer, answer in zip(crowd, answers, strict=True)}
    queue = Signup.objects.waiting().filter(shift=shift).values_list("volunteer", flat=True)
    assert [told[volunteer] for volunteer in queue] == list(range(1, CROWD - 9))
    shift.refresh_from_db()
    assert (shift.taken, shift.waiting) == (10, CROWD - 10)


def a_shift_of_ten(station, week):
    return make_shift(station=station, places=10, starts_at=at_hour(9, days=7 * week))


def test_five_hundred_at_once_get_the_ten_places_and_the_others_queue(crowd, station):
    for week in range(1, 21):
        five_hundred_want_ten_places(crowd, a_shift_of_ten(station, week))


@pytest.mark.slow
def test_a_hundred_rounds_of_five_hundred(crowd, station):
    for week in range(1, 101):
        five_hundred_want_ten_places(crowd, a_shift_of_ten(station, week))


# Forty volunteers, five places


@pytest.fixture
def forty(station):
    return [make_volunteer(home_station=station) for _n in range(40)]


@pytest.fixture
def shift(station):
    return make_shift(station=station, places=5)


def taken(shift):
    """Places taken as counted, sign-ups, confirmations written."""
    shift.refresh_from_db()
    return shift.taken, Signup.objects.live().filter(shift=shift).count(), Message.objects.count()


def test_control_counting_places_before_writing_lets_all_forty_in(forty, shift, uncounted):
    has_looked = everybody(40)

    def sign_up(volunteer):
        free = shift.places - Signup.objects.holding().filter(shift=shift).count()
        has_looked()
        if free > 0:
            return make_signup(volunteer=volunteer, shift=Shift.objects.get(pk=shift.pk))

    answers = at_once(*(partial(sign_up, volunteer) for volunteer in forty))

    assert codes(answers) == {"Signup": 40}
    assert taken(shift)[1] == 40


def test_the_database_lets_five_of_the_forty_in_whatever_the_code_forgets(forty, shift):
    def sign_up(volunteer):
        return make_signup(volunteer=volunteer, shift=Shift.objects.get(pk=shift.pk))

    answers = at_once(*(partial(sign_up, volunteer) for volunteer in forty))

    assert codes(answers) == {"Signup": 5, "IntegrityError": 35}
    assert taken(shift)[:2] == (5, 5)


# One volunteer, two shifts at the same time


@pytest.fixture
def overlapping(station, other_station):
    return [
        make_shift(station=station, starts_at=at_hour(9), ends_at=at_hour(12)),
        make_shift(station=other_station, starts_at=at_hour(11), ends_at=at_hour(14)),
    ]


def test_two_overlapping_shifts_at_once_become_one(newcomer, overlapping):
    answers = at_once(*(partial(signups.sign_up, newcomer, shift) for shift in overlapping))

    assert codes(answers) == {"Signup": 1, "overlap": 1}
    assert newcomer.signups.live().count() == 1
    assert sum(shift.taken for shift in Shift.objects.all()) == 1


def take_both(newcomer, overlapping):
    """Looking, and then writing: each without a lock on the volunteer."""
    has_looked = everybody(2)

    def sign_up(shift):
        refusal = checks.why_not(newcomer, shift)
        has_looked()
        return refusal or make_signup(volunteer=newcomer, shift=shift)

    return codes(at_once(*(partial(sign_up, shift) for shift in overlapping)))


def test_control_without_lock_and_constraint_both_are_taken(newcomer, overlapping, overlaps_allowed):
    assert take_both(newcomer, overlapping) == {"Signup": 2}


def test_the_database_refuses_the_second_whatever_the_code_forgets(newcomer, overlapping):
    answers = take_both(newcomer, overlapping)

    # Who loses reads of the constraint, or of the lock where both stand before it.
    assert (answers["Signup"], answers.total()) == (1, 2)
    assert newcomer.signups.live().count() == 1


def test_a_place_is_not_given_to_who_takes_another_at_that_moment(newcomer, overlapping):
    """Promotion locks people as signing up does."""
    first, second = overlapping
    make_signup(shift=first, status=Signup.Status.WAITLISTED, volunteer=newcomer)

    at_once(partial(waiting_list.fill, first.pk), partial(signups.sign_up, newcomer, second))

    assert newcomer.signups.holding().count() == 1


def test_one_free_place_is_offered_once_by_ten_at_once(station, newcomer, volunteer):
    shift = make_shift(station=station, places=1)
    for person in (newcomer, volunteer):
        make_signup(shift=shift, status=Signup.Status.WAITLISTED, volunteer=person)

    given = at_once(*[partial(waiting_list.fill, shift.pk)] * 10)

    assert sum(given) == 1
    assert shift.signups.order_by("pk").first().status == "offered"
    assert Message.objects.filter(key__startswith="offer:").count() == 1


def test_two_who_stand_in_at_once_become_one(station, newcomer, volunteer):
    shift = make_shift(station=station, places=1)
    make_signup(shift=shift, stand_in_wanted_at=timezone.now())

    answers = at_once(*(partial(stand_ins.stand_in, person, shift) for person in (newcomer, volunteer)))

    assert codes(answers) == {"Signup": 1, "no_stand_in_wanted": 1}
    assert shift.signups.live().count() == 1


def test_a_shift_moves_while_its_people_sign_up_elsewhere(newcomer, manager, overlapping):
    """Whoever comes second is refused; never are there two places at one time."""
    first, second = overlapping
    Shift.objects.filter(pk=second.pk).update(starts_at=at_hour(13), ends_at=at_hour(15))
    signups.sign_up(newcomer, first)
    second.refresh_from_db()

    answers = at_once(
        partial(signups.sign_up, newcomer, second),
        partial(shifts.change, first, {"starts_at": at_hour(13), "ends_at": at_hour(14)}, by=manager),
    )

    assert codes(answers)["overlap"] == 1


# One place is taken while the shift is called off


def test_nobody_takes_a_place_on_a_shift_that_is_just_called_off(newcomer, shift, manager):
    cancelled, answer = while_open(
        lambda: shifts.cancel(shift, by=manager, reason="停电"), lambda: signups.sign_up(newcomer, shift)
    )

    assert (cancelled, codes([answer])) == (True, {"not_open": 1})
    assert not Signup.objects.exists()


def test_control_a_place_that_is_written_as_the_shift_was_read_stands_on_nothing(newcomer, shift, manager):
    while_open(
        lambda: shifts.cancel(shift, by=manager, reason="停电"),
        lambda: make_signup(volunteer=newcomer, shift=Shift.objects.get()),
    )

    assert Signup.objects.live().get().shift.status == "cancelled"


def test_one_volunteer_who_presses_twenty_times_has_one_place(newcomer, shift):
    answers = at_once(*[partial(signups.sign_up, newcomer, shift)] * 20)

    assert codes(answers) == {"Signup": 1, "already_signed_up": 19}
    assert taken(shift) == (1, 1, 1)


def test_a_place_given_back_twenty_times_at_once_is_free_once(newcomer, shift):
    signups.sign_up(newcomer, shift)
    make_signup(shift=shift)

    answers = at_once(*[partial(signups.cancel, newcomer, shift)] * 20)

    assert Counter(answers) == {True: 1, False: 19}
    assert taken(shift)[:2] == (1, 1)


# Two managers, one document


@pytest.fixture
def managers():
    return [make_user(), make_user()]


def test_two_managers_at_once_make_one_decision(newcomer, managers):
    document = make_credential(volunteer=newcomer)
    first, second = managers

    answers = at_once(
        partial(credentials.approve, Credential.objects.get(), by=first),
        partial(credentials.decline, Credential.objects.get(), by=second, reason="照片不清楚"),
    )

    document.refresh_from_db()
    assert codes(answers) == {"Credential": 1, "decided_before": 1}
    [winner] = [answer for answer in answers if isinstance(answer, Credential)]
    assert (document.status, document.decided_by) == (winner.status, winner.decided_by)
    letters = list(Message.objects.values_list("key", flat=True))
    assert letters == [f"credential:{document.pk}:{document.decided_at:%Y%m%dT%H%M%S%f}"]


def test_control_looking_at_the_state_before_writing_makes_two_decisions(newcomer, managers):
    make_credential(volunteer=newcomer)
    has_looked = everybody(2)

    def decide(manager):
        document = Credential.objects.get()
        has_looked()
        if document.status == Credential.Status.PENDING:
            document.status, document.decided_by = Credential.Status.APPROVED, manager
            document.save()
            return document

    answers = at_once(*(partial(decide, manager) for manager in managers))

    assert codes(answers) == {"Credential": 2}


# Two runs, one set of hours to give


def export_both_at_once(tmp_path, export):
    for _n in range(5):
        make_hours()
    files = [tmp_path / "first.csv", tmp_path / "second.csv"]
    return sorted(at_once(*(partial(export, file) for file in files)))


def test_two_exports_at_once_give_each_hour_once(station, tmp_path):
    assert export_both_at_once(tmp_path, partial(national.export, mark=True)) == [0, 5]


def test_control_marking_what_was_read_gives_hours_twice(station, tmp_path):
    has_looked = everybody(2)

    def export(file):
        entries = HoursEntry.objects.filter(synced_to_national_at=None)
        written = national.write(file, national.standing(entries))
        has_looked()
        entries.update(synced_to_national_at=timezone.now())
        return written

    assert export_both_at_once(tmp_path, export) == [5, 5]


# Two managers, one volunteer who came or did not


@pytest.fixture
def served(newcomer, station):
    """A sign-up whose shift has just begun."""
    now = timezone.now()
    return make_signup(volunteer=newcomer, shift=make_shift(station=station, starts_at=now))


def while_open(first, second):
    """Run `second` in another session while the transaction of `first` is open; what each answered."""
    answers = {}

    def run():
        try:
            answers["second"] = second()
        except Exception as problem:
            answers["second"] = problem
        finally:
            connection.close()

    other = Thread(target=run)
    with transaction.atomic():
        answers["first"] = first()
        other.start()
        wait_for_the_lock()
    other.join(PATIENCE)
    return answers["first"], answers["second"]


def wait_for_the_lock():
    """Until the other session stands in the queue for a row that this one holds."""
    waiting = (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with connections["default"].cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("the other session never came to the lock")


def test_who_came_is_not_marked_absent_a_moment_later(served, managers):
    first, second = managers
    mine, other = Signup.objects.get(), Signup.objects.get()

    came, absent = while_open(
        lambda: attendance.mark_came(mine, by=first), lambda: attendance.mark_absent(other, by=second)
    )

    served.refresh_from_db()
    assert codes([came, absent]) == {"HoursEntry": 1, "hours_confirmed": 1}
    assert (served.attendance, served.marked_by, HoursEntry.objects.count()) == ("came", first, 1)


def test_control_marking_without_looking_at_the_row_overwrites_who_came(served, managers):
    first, second = managers
    mine = Signup.objects.get()

    while_open(
        lambda: attendance.mark_came(mine, by=first),
        lambda: Signup.objects.filter(pk=mine.pk, hours=None).update(attendance="absent"),
    )

    served.refresh_from_db()
    assert (served.attendance, HoursEntry.objects.count()) == ("absent", 1)


def test_marked_twice_at_once_hours_and_points_are_written_once(served, managers):
    answers = at_once(*[partial(attendance.mark_came, served, by=manager) for manager in managers * 5])

    assert len({answer.pk for answer in answers}) == 1
    assert HoursEntry.objects.count() == 1
    assert [entry.points for entry in served.volunteer.person.points_account.entries.all()] == [20]


# Volunteers come and go at once


def test_as_many_chairs_as_volunteers_whoever_comes_first(station):
    shift = make_shift(station=station, kind="haircut", places=5)
    barbers = [make_volunteer(home_station=station, services=["haircut"]) for _n in range(5)]

    at_once(*(partial(signups.sign_up, barber, shift) for barber in barbers))
    assert Booth.objects.get().chairs == 5

    at_once(*(partial(signups.cancel, barber, shift) for barber in barbers[:3]))
    assert Booth.objects.get().chairs == 2
