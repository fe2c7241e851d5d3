"""A manager's stations and kiosks in the workplace."""

import csv
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stations import datum, kiosks
from stations.models import Kiosk, OpeningException, Posting, Station
from stations.tests.factories import make_posting, make_station
from stations.tests.test_datum import as_shown_by


def test_a_new_kiosk_gets_a_code_that_pairs_a_screen(client, manager, station):
    client.force_login(manager)

    page = client.post(
        reverse("admin:stations_kiosk_add"), {"station": station.pk, "label": "前台"}, follow=True
    ).content.decode()

    code = re.search(r"[2-9A-Z]{4} [2-9A-Z]{4}", page).group()
    paired, _token = kiosks.pair(code, address="10.0.0.1")
    assert (paired.station, paired.label) == (station, "前台")


def test_a_kiosk_cannot_be_made_for_somebody_elses_station(client, manager, other_station):
    client.force_login(manager)

    client.post(reverse("admin:stations_kiosk_add"), {"station": other_station.pk, "label": "前台"})

    assert not Kiosk.objects.exists()


def test_shutting_a_kiosk_out_ends_its_pairing(client, manager, kiosk, kiosk_client):
    client.force_login(manager)

    client.post(
        reverse("admin:stations_kiosk_changelist"), {"action": "revoke", "_selected_action": [kiosk.pk]}
    )

    assert kiosk_client.get("/kiosk/").url == "/kiosk/pair/"


@pytest.fixture
def station_form(client):
    """What the browser would send back unchanged, for whoever is signed in."""

    def read(station):
        url = reverse("admin:stations_station_change", args=[station.pk])
        context = client.get(url).context
        forms = [context["adminform"].form]
        for each in context["inline_admin_formsets"]:
            forms += [each.formset.management_form, *each.formset.forms]
        values = {
            form.add_prefix(name): form.get_initial_for_field(field, name)
            for form in forms
            for name, field in form.fields.items()
        }
        values["history_mark"] = context["history_mark"]
        return url, {name: "" if value is None else value for name, value in values.items()}

    return read


def test_a_manager_changes_hours_and_facilities_but_not_what_the_county_decides(
    client, manager, station, station_form
):
    client.force_login(manager)

    _url, asked = station_form(station)

    assert {"opening_hours", "phone", "landmark", "about", "facilities-0-state"} <= asked.keys()
    assert {"code", "name", "division", "tier", "build_mode", "host", "partner", "roles"}.isdisjoint(asked)
    assert {"amap_poi_id", "baidu_uid", "map_checked_on", "is_demo"}.isdisjoint(asked)


def test_what_a_manager_may_not_change_is_still_read_there(client, manager, station):
    Station.objects.filter(pk=station.pk).update(host="石门社区", roles=["rest", "relay"])
    client.force_login(manager)

    page = client.get(reverse("admin:stations_station_change", args=[station.pk])).content.decode()

    assert "石门社区" in page
    assert ", ".join(Station(roles=["rest", "relay"]).get_roles_display()) in page


def test_a_station_is_withdrawn_and_never_deleted(client, admin, station, station_form):
    client.force_login(admin)

    assert client.post(reverse("admin:stations_station_delete", args=[station.pk])).status_code == 403

    url, values = station_form(station)
    client.post(url, {**values, "status": "withdrawn"})
    assert [each.status for each in Station.objects.all()] == ["withdrawn"]


def test_a_facility_alone_changed_makes_the_station_a_changed_one(client, manager, station, station_form):
    before = station.updated_at
    client.force_login(manager)
    url, values = station_form(station)

    answer = client.post(url, {**values, "facilities-0-state": "out_of_service"})

    assert answer.status_code == 302
    station.refresh_from_db()
    assert station.facilities.get(kind="water").state == "out_of_service"
    assert station.updated_at > before


def test_a_closure_is_entered_beside_the_hours(client, manager, station, station_form):
    client.force_login(manager)
    url, values = station_form(station)
    closure = {"starts_on": "2026-12-01", "ends_on": "2026-12-02", "times": "", "reason": "清洁"}

    client.post(
        url,
        {
            **values,
            "exceptions-TOTAL_FORMS": 1,
            **{f"exceptions-0-{name}": closure[name] for name in closure},
        },
    )

    assert [(str(e.starts_on), e.reason) for e in OpeningException.objects.all()] == [("2026-12-01", "清洁")]


@pytest.mark.parametrize("typed_in", datum.Datum)
def test_coordinates_read_from_any_map_are_kept_in_wgs84(client, admin, station, station_form, typed_in):
    there = as_shown_by(typed_in, 28.131, 120.29)
    client.force_login(admin)
    url, values = station_form(station)

    client.post(url, {**values, "latitude": there[0], "longitude": there[1], "coordinates_from": typed_in})
    station.refresh_from_db()
    assert (station.latitude, station.longitude) == pytest.approx((28.131, 120.29), abs=1e-6)
    assert station.source_datum == typed_in

    url, values = station_form(station)
    client.post(url, {**values, "phone": "12351"})
    station.refresh_from_db()
    assert (station.latitude, station.longitude) == pytest.approx((28.131, 120.29), abs=1e-6)
    assert (station.source_datum, station.phone) == (typed_in, "12351")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=shimen", ["石门驿站"]),
        ("q=smyz", ["石门驿站"]),
        ("q=湖滨 驿", ["湖滨暖驿"]),
        ("on_map=none", ["石门驿站"]),
        ("on_map=no_baidu", ["石门驿站", "湖滨暖驿"]),
        ("hours=to_read", ["湖滨暖驿"]),
        ("hours=unknown", ["湖滨暖驿"]),
    ],
)
def test_the_list_is_searched_and_filtered_for_what_is_to_be_done(client, admin, query, found):
    make_station(code="A1", name="石门驿站")
    make_station(
        code="A2", name="湖滨暖驿", amap_poi_id="B0FFG", opening_hours="", hours_as_written="冬天早点关"
    )
    client.force_login(admin)

    page = client.get(reverse("admin:stations_station_changelist") + "?" + query)

    assert [station.name for station in page.context["cl"].result_list] == found


def test_the_table_for_the_maps_holds_what_they_lack_in_each_maps_own_datum(client, admin):
    known = make_station(name="已上图", amap_poi_id="B0FFG", baidu_uid="abc")
    new = make_station(name='=HYPERLINK("http://x")', latitude=30.25, longitude=120.17)
    client.force_login(admin)

    answer = client.post(
        reverse("admin:stations_station_changelist"),
        {"action": "table_for_maps", "_selected_action": [known.pk, new.pk]},
    )

    head, row = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    cells = dict(zip(head, row, strict=True))
    assert cells["名称"] == '\'=HYPERLINK("http://x")'
    assert (cells["WGS-84经度"], cells["WGS-84纬度"]) == ("120.170000", "30.250000")
    gcj02 = datum.gcj02_from_wgs84(30.25, 120.17)
    assert (cells["GCJ-02纬度（高德）"], cells["GCJ-02经度（高德）"]) == tuple(f"{x:.6f}" for x in gcj02)
    assert cells["地址"].startswith("杭州市拱墅区")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_manager_gets_the_table_of_her_own_stations_only(client, manager, station, other_station):
    client.force_login(manager)

    answer = client.post(
        reverse("admin:stations_station_changelist"),
        {"action": "table_for_maps", "_selected_action": [station.pk, other_station.pk]},
    )

    assert [row["名称"] for row in csv.DictReader(answer.content.decode("utf-8-sig").splitlines())] == [
        station.name
    ]


def test_hours_that_cannot_be_read_are_refused_in_words(client, admin, station):
    client.force_login(admin)
    url = reverse("admin:stations_station_change", args=[station.pk])

    page = client.post(url, {"opening_hours": "早八点到晚五点"}).content.decode()

    assert "“早八点到晚五点”不是可识别的开放时间" in page


@pytest.mark.parametrize(("days", "sees"), [(-1, False), (0, True)])
def test_a_posting_ends_with_its_last_day(client, stranger, station, days, sees):
    make_posting(stranger, station)
    today = timezone.localdate()
    Posting.objects.update(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=days))
    client.force_login(stranger)

    # The door of the workplace sends on to the sign-in, which tells whoever is signed in already.
    response = client.get(reverse("admin:stations_station_changelist"), follow=True)

    assert response.status_code == (200 if sees else 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_station_and_for_three(
    client, manager, station, django_assert_num_queries, rows
):
    for _row in range(rows - 1):
        make_posting(manager, make_station())
    client.force_login(manager)

    with django_assert_num_queries(8):
        client.get(reverse("admin:stations_station_changelist"))
