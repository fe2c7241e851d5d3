"""The manager's part of the workplace: licences, rosters, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Message, PointsAccount
from volunteers import attendance, credentials
from volunteers.models import HoursEntry, Signup
from volunteers.tests.factories import make_credential, make_shift, make_signup, make_volunteer


def begun(station):
    return make_shift(station=station, starts_at=timezone.now() - timedelta(hours=3))


def page_of(client, row):
    return client.get(reverse(f"admin:volunteers_{row._meta.model_name}_change", args=[row.pk]))


def test_a_licence_is_read_in_the_list_and_decided_at_the_desk(client, manager, station):
    licence = make_credential(volunteer=make_volunteer(home_station=station))
    client.force_login(manager)
    desk = f"/admin/desk/credential/{licence.pk}/"

    waiting = page_of(client, licence).content.decode()
    posted = client.post(reverse("admin:volunteers_credential_change", args=[licence.pk]), {"reason": "好"})
    credentials.approve(licence, by=manager)
    decided = page_of(client, licence).content.decode()

    assert (desk in waiting, desk in decided, posted.status_code) == (True, False, 403)
    assert licence.number not in waiting
    assert "已通过" in decided


def test_a_manager_sees_the_licences_of_his_station_only(client, manager, station, other_station):
    mine = make_credential(volunteer=make_volunteer(home_station=station, name="本站的人"))
    theirs = make_credential(volunteer=make_volunteer(home_station=other_station, name="别站的人"))
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_credential_changelist")).content.decode()

    assert "本站的人" in page and "别站的人" not in page
    assert (page_of(client, mine).status_code, page_of(client, theirs).status_code) == (200, 404)


def act(client, action, *signups):
    chosen = [signup.pk for signup in signups]
    roster = reverse("admin:volunteers_signup_changelist")
    return client.post(roster, {"action": action, "_selected_action": chosen})


@pytest.mark.parametrize("action", ["came", "absent"])
def test_marking_from_the_roster_leads_to_the_preview(client, manager, station, action):
    signup = make_signup(shift=begun(station))
    client.force_login(manager)

    answer = act(client, action, signup)

    assert answer.url == f"/admin/desk/hours/preview/?choice={action}&ids={signup.pk}"
    assert client.get(answer.url).status_code == 200
    signup.refresh_from_db()
    assert signup.attendance == Signup.Attendance.UNKNOWN


def test_who_was_marked_absent_by_mistake_gets_hours_and_points_once(client, manager, station):
    shift = begun(station)
    absent, unmarked = make_signup(shift=shift), make_signup(shift=shift)
    attendance.mark_absent(absent, by=manager)
    client.force_login(manager)

    for _again in range(2):
        act(client, "came_after_all", absent, unmarked)

    assert [entry.minutes for entry in HoursEntry.objects.all()] == [120]
    assert PointsAccount.objects.get(person=absent.volunteer.person).balance == 20
    assert list(Signup.objects.order_by("pk").values_list("attendance", flat=True)) == ["came", "unknown"]


@pytest.mark.parametrize("action", ["came", "came_after_all"])
def test_an_id_of_another_station_slipped_into_the_action_does_nothing(
    client, manager, other_station, action
):
    signup = make_signup(shift=begun(other_station), attendance=Signup.Attendance.ABSENT)
    client.force_login(manager)

    answer = act(client, action, signup)

    signup.refresh_from_db()
    assert str(signup.pk) not in answer.url.partition("ids=")[2]
    assert signup.attendance == Signup.Attendance.ABSENT
    assert not HoursEntry.objects.exists()


def test_a_sign_up_shows_the_way_to_the_desk_only_while_it_waits(client, manager, station):
    over, to_come = make_signup(shift=begun(station)), make_signup(shift=make_shift(station=station))
    client.force_login(manager)

    pages = [page_of(client, signup).content.decode() for signup in (over, to_come)]

    assert ["/admin/desk/hours/" in page for page in pages] == [True, False]


def test_a_shift_can_be_planned_at_ones_own_station_only(client, manager, station, other_station):
    client.force_login(manager)

    page = client.get(reverse("admin:volunteers_shift_add")).content.decode()

    assert station.name in page and other_station.name not in page


# Planning


def form_of(client, shift):
    """What the form holds as it is opened."""
    form = client.get(reverse("admin:volunteers_shift_change", args=[shift.pk])).context["adminform"].form
    moment = timezone.localtime
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    for name in ("starts_at", "ends_at"):
        del values[name]
        at = moment(getattr(shift, name))
        values |= {f"{name}_0": f"{at:%Y-%m-%d}", f"{name}_1": f"{at:%H:%M:%S}"}
    mark = client.get(reverse("admin:volunteers_shift_change", args=[shift.pk])).context["history_mark"]
    management = {f"signups-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {**values, **management, "history_mark": mark}


def save(client, shift, **changes):
    address = reverse("admin:volunteers_shift_change", args=[shift.pk])
    return client.post(address, {**form_of(client, shift), **changes}, follow=True)


def test_who_signed_up_is_told_when_the_form_moves_the_shift(client, manager, station):
    signup = make_signup(shift=make_shift(station=station))
    client.force_login(manager)

    save(client, signup.shift, ends_at_1="17:30:00", change_reason="延长")

    signup.refresh_from_db()
    assert f"{timezone.localtime(signup.ends_at):%H:%M}" == "17:30"
    assert Message.objects.get(key=f"moved:{signup.pk}:1").person == signup.volunteer.person


def test_the_form_cancels_with_a_reason_only(client, manager, station):
    signup = make_signup(shift=make_shift(station=station))
    client.force_login(manager)

    refused = save(client, signup.shift, status="cancelled")
    save(client, signup.shift, status="cancelled", change_reason="台风")

    signup.refresh_from_db()
    assert "请写明原因" in refused.content.decode() or "Please say why" in refused.content.decode()
    assert (signup.status, signup.shift.__class__.objects.get().status) == ("called_off", "cancelled")


def test_places_below_those_taken_are_refused_with_a_sentence(client, manager, station):
    shift = make_shift(station=station)
    for _n in range(2):
        make_signup(shift=shift)
    client.force_login(manager)

    save(client, shift, places=1)

    shift.refresh_from_db()
    assert (shift.places, shift.taken) == (2, 2)


def test_somebody_is_taken_off_after_the_deadline_with_a_reason(client, manager, station):
    shift = make_shift(station=station, starts_at=timezone.now() + timedelta(hours=3))
    signup = make_signup(shift=shift)
    client.force_login(manager)
    address = reverse("admin:volunteers_signup_take_off", args=[signup.pk])

    unsaid = client.post(address, {"reason": ""})
    client.post(address, {"reason": "电话请假"})

    signup.refresh_from_db()
    assert (unsaid.status_code, signup.status) == (422, "removed")
    assert "电话请假" in Message.objects.get(key=f"removed:{signup.pk}").body


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"), [("credential", 11), ("shift", 11), ("signup", 11), ("volunteer", 11)]
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
