import pytest
from django.utils import timezone

from events.tests.factories import at_hour
from volunteers.models import Shift, Signup
from volunteers.tests.factories import make_shift, make_signup

LIST = "/api/v1/shifts/"


def address(shift):
    return f"/api/v1/shifts/{shift.pk}/signup/"


def test_anybody_reads_the_coming_shifts_soonest_first(client, station):
    later = make_shift(station=station, starts_at=at_hour(9, days=3))
    sooner = make_shift(
        station=station, kind="legal", starts_at=at_hour(14), places=3, taken=1, bring="律师执业证"
    )
    make_shift(station=station, status=Shift.Status.DRAFT)

    shifts = client.get(LIST).json()

    assert [shift["id"] for shift in shifts] == [sooner.pk, later.pk]
    assert shifts[0] == {
        "id": sooner.pk,
        "kind": "legal",
        "station": station.code,
        "station_name": "石门社区服务驿站",
        "starts_at": timezone.localtime(sooner.starts_at).isoformat(),
        "ends_at": timezone.localtime(sooner.ends_at).isoformat(),
        "places": 3,
        "places_left": 2,
        "required_credential": "lawyer",
        "bring": "律师执业证",
    }
    assert shifts[1]["required_credential"] is None


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_asks_the_database_once(client, station, django_assert_num_queries, how_many):
    for _number in range(how_many):
        make_shift(station=station)

    with django_assert_num_queries(1):
        shifts = client.get(LIST).json()

    assert len(shifts) == how_many


def test_a_place_is_taken_once(client, newcomer):
    shift = make_shift()
    client.force_login(newcomer.person)

    first, second = client.post(address(shift)), client.post(address(shift))

    assert (first.status_code, first.json()) == (201, {"status": "confirmed"})
    assert (second.status_code, second.json()["code"]) == (409, "already_signed_up")
    assert second.json()["detail"]
    assert Signup.objects.get().volunteer == newcomer


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "legal"}, "credential_required"),
        ({"taken": 2}, "full"),
        ({"status": Shift.Status.CANCELLED}, None),
    ],
)
def test_a_refusal_carries_its_code_and_changes_nothing(client, newcomer, values, code):
    shift = make_shift(**values)
    client.force_login(newcomer.person)

    answer = client.post(address(shift))

    assert (answer.status_code, answer.json().get("code")) == ((409, code) if code else (404, None))
    assert Signup.objects.count() == 0


def test_who_has_no_profile_is_told_so(client, stranger):
    shift = make_shift()
    client.force_login(stranger)

    answer = client.post(address(shift))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_profile")


def test_a_place_is_given_back_once(client, newcomer):
    shift = make_signup(volunteer=newcomer).shift
    client.force_login(newcomer.person)

    first, second = client.delete(address(shift)), client.delete(address(shift))

    shift.refresh_from_db()
    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()["code"]) == (409, "not_signed_up")
    assert shift.taken == 0


def test_without_signing_in_nobody_takes_or_gives_back_a_place(client, station):
    shift = make_shift(station=station)

    assert client.post(address(shift)).status_code == 403
    assert client.delete(address(shift)).status_code == 403
