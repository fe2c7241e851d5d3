"""The manager's part of the workplace: licences, rosters, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Message, PointsAccount
from volunteers.models import Credential, HoursEntry, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer


def decide(client, credential, **answer):
    return client.post(reverse("admin:volunteers_credential_change", args=[credential.pk]), answer)


def begun(station):
    return make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3))


def test_a_manager_approves_a_licence_and_the_volunteer_is_told(client, manager, station):
    licence = make_credential(volunteer=make_volunteer(home_station=station))
    client.force_login(manager)

    response = decide(client, licence, decision="approve", reason="")

    licence.refresh_from_db()
    assert response.status_code == 302
    assert (licence.status, licence.decided_by) == (Credential.Status.APPROVED, manager)
    assert Message.objects.get().subject == "审核通过：律师执业证"


def test_declining_needs_a_reason_which_the_volunteer_reads(client, manager, station):
    licence = make_credential(volunteer=make_volunteer(home_station=station))
    client.force_login(manager)

    refused = decide(client, licence, decision="decline", reason="")
    decide(client, licence, decision="decline", reason="照片不清楚，请重新拍一张。")

    licence.refresh_from_db()
    assert "请写明原因" in refused.content.decode()
    assert licence.status == Credential.Status.DECLINED
    assert "照片不清楚，请重新拍一张。" in Message.objects.get().body


def test_what_is_decided_is_read_and_not_changed(client, manager, station):
    licence = make_credential(
        volunteer=make_volunteer(home_station=station), status=Credential.Status.APPROVED
    )
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_credential_change", args=[licence.pk]))
    response = decide(client, licence, decision="decline", reason="改主意")

    licence.refresh_from_db()
    assert "已通过" in page.content.decode()
    assert response.status_code == 403
    assert licence.status == Credential.Status.APPROVED


def test_a_manager_sees_the_licences_of_his_station_only(client, manager, station, other_station):
    mine = make_credential(volunteer=make_volunteer(home_station=station, name="本站的人"))
    theirs = make_credential(volunteer=make_volunteer(home_station=other_station, name="别站的人"))
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_credential_changelist")).content.decode()

    assert "本站的人" in page and "别站的人" not in page
    assert decide(client, theirs, decision="approve", reason="").status_code == 404
    theirs.refresh_from_db()
    assert (mine.status, theirs.status) == (Credential.Status.PENDING, Credential.Status.PENDING)


def test_marking_who_came_confirms_hours_and_points_once(client, manager, station):
    shift = begun(station)
    came, absent = make_signup(shift=shift), make_signup(shift=shift)
    client.force_login(manager)
    roster = reverse("admin:volunteers_signup_changelist")

    for _again in range(2):
        client.post(roster, {"action": "came", "_selected_action": [came.pk]})
    client.post(roster, {"action": "absent", "_selected_action": [absent.pk]})

    assert [entry.minutes for entry in HoursEntry.objects.all()] == [120]
    assert PointsAccount.objects.get(person=came.volunteer.person).balance == 20
    assert list(Signup.objects.order_by("pk").values_list("attendance", flat=True)) == ["came", "absent"]


def test_an_id_of_another_station_slipped_into_the_action_does_nothing(client, manager, other_station):
    signup = make_signup(shift=begun(other_station))
    client.force_login(manager)

    client.post(
        reverse("admin:volunteers_signup_changelist"), {"action": "came", "_selected_action": [signup.pk]}
    )

    signup.refresh_from_db()
    assert signup.attendance == Signup.Attendance.UNKNOWN
    assert not HoursEntry.objects.exists()


def test_nobody_came_to_a_shift_that_has_not_begun(client, manager, station):
    signup = make_signup(shift=make_shift(station=station))
    client.force_login(manager)

    page = client.post(
        reverse("admin:volunteers_signup_changelist"),
        {"action": "came", "_selected_action": [signup.pk]},
        follow=True,
    )

    assert "这个班次还没有开始。" in page.content.decode()
    assert not HoursEntry.objects.exists()


def test_a_shift_can_be_planned_at_ones_own_station_only(client, manager, station, other_station):
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_shift_add")).content.decode()

    assert station.name in page and other_station.name not in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"), [("credential", 9), ("shift", 11), ("signup", 11), ("volunteer", 9)]
)
def test_lists_cost_the_same_for_one_row_and_for_three(
    client, manager, station, django_assert_num_queries, rows, model, queries
):
    shift = make_shift(station=station, places=5)
    for _row in range(rows):
        volunteer = make_volunteer(home_station=station)
        make_credential(volunteer=volunteer)
        make_signup(shift=shift, volunteer=volunteer)
        make_shift(station=station)
    client.force_login(manager)

    with django_assert_num_queries(queries):
        client.get(reverse(f"admin:volunteers_{model}_changelist"))
