"""One box that finds everything in the reader's care."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.tests.factories import make_service_day, make_worker_pass
from portal import search
from stations.tests.factories import make_posting, make_report, make_station, make_user
from volunteers.tests.factories import make_credential, make_volunteer


@pytest.fixture
def look_for(client):
    """What the page finds for whoever is signed in: {group: names of the hits}."""

    def look(text):
        groups = client.get(reverse("admin:search"), {"q": text}).context["groups"]
        return {group.name: [hit.name for hit in group.hits] for group in groups}

    return look


@pytest.fixture
def near(client, manager, station):
    """A volunteer of the station, whose manager is signed in."""
    client.force_login(manager)
    person = make_user(name="周小渔", phone="+8613857197942")
    return make_volunteer(person=person, home_station=station)


@pytest.mark.parametrize("typed", ["周小", "zhouxiaoyu", "zxy", "7942", "57197942", "+86 138 5719 7942"])
def test_a_volunteer_is_found_by_name_pinyin_initials_and_the_ending_of_the_phone(near, look_for, typed):
    found = look_for(typed.replace(" ", ""))

    assert found == {"志愿者": ["周小渔"]}


@pytest.mark.parametrize("typed", ["942", "5719", "13857190"])
def test_only_four_digits_or_more_at_the_end_of_a_number_count(near, look_for, typed):
    assert look_for(typed) == {}


@pytest.mark.parametrize("typed", ["石门", "shimen", "smsqfw", "石门 驿站"])
def test_a_station_is_found_by_name_pinyin_and_initials(client, manager, station, look_for, typed):
    client.force_login(manager)

    assert look_for(typed)["站点"] == ["石门社区服务驿站"]


def test_an_exact_code_comes_first(client, admin, look_for):
    client.force_login(admin)
    make_station(code="ZJ-1", name="甲 ZJ")
    for number in range(10, 20):
        make_station(code=f"A-ZJ-{number}")
    meant = make_station(code="ZJ", name="乙")

    found = look_for("zj")

    assert list(found)[0] == "站点"
    assert found["站点"][0] == str(meant)
    assert len(found["站点"]) == search.SHOWN


def test_an_exact_card_number_comes_first(client, manager, station, look_for):
    client.force_login(manager)
    make_worker_pass(number="33010077", nickname="老赵", station=station)
    make_volunteer(person=make_user(name="钱", phone="+8613833010077"), home_station=station)

    found = look_for("33010077")

    assert found == {"积分卡": ["老赵 · 33010077"], "志愿者": ["钱"]}
    assert list(found)[0] == "积分卡"


def test_documents_days_and_faults_are_found_by_whose_they_are(client, manager, station, look_for):
    client.force_login(manager)
    volunteer = make_volunteer(person=make_user(name="孙医生"), home_station=station)
    make_credential(volunteer=volunteer)
    make_service_day(station=station, title="端午义诊")
    make_report(station=station)

    assert look_for("sunyisheng") == {"志愿者": ["孙医生"], "资质": ["律师执业证 · 孙医生"]}
    assert look_for("端午") == {"服务日": ["端午义诊 · 石门社区服务驿站"]}
    assert look_for("石门")["报修"] == ["石门社区服务驿站 · 饮水机"]


def test_nothing_of_others_is_ever_found(client, manager, station, other_station, look_for):
    client.force_login(manager)
    person = make_user(name="周小渔", phone="+8613857197942")
    stranger = make_volunteer(person=person, home_station=other_station)
    make_credential(volunteer=stranger)
    make_worker_pass(number="33010077", nickname="周小渔", station=other_station)
    make_service_day(station=other_station, title="周小渔")
    make_report(station=other_station)
    make_posting(make_user(name="周小渔"), other_station)

    assert [look_for(text) for text in ["周小渔", "7942", "33010077", "湖滨", other_station.code]] == [{}] * 5


def test_accounts_are_found_by_operators_alone(client, admin, manager, stranger, look_for):
    client.force_login(manager)
    assert look_for("路人") == {}

    client.force_login(admin)
    assert look_for("路人") == {"人员": ["路人"]}


def test_many_hits_lead_to_the_list_that_has_them_all(client, manager, station):
    client.force_login(manager)
    for number in range(search.SHOWN + 1):
        make_volunteer(person=make_user(name=f"周{number}"), home_station=station)

    (group,) = client.get(reverse("admin:search"), {"q": "周"}).context["groups"]
    listed = client.get(group.list_address).context["cl"].result_list

    assert (len(group.hits), group.has_more) == (search.SHOWN, True)
    assert len(listed) == search.SHOWN + 1


@pytest.mark.parametrize("typed", ["", "  ", "没有这个", "\0", "%", "！"])
def test_whoever_finds_nothing_reads_what_can_be_typed(client, manager, station, typed):
    client.force_login(manager)

    page = client.get(reverse("admin:search"), {"q": typed}).content.decode()

    assert "shimen" in page


def test_the_search_asks_as_often_for_many_as_for_one(client, manager, station):
    client.force_login(manager)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:search"), {"q": "周"})
        return len(queries)

    make_volunteer(person=make_user(name="周一"), home_station=station)
    make_worker_pass(nickname="周", station=station)
    one = asked()
    for name in ["周二", "周三"]:
        make_credential(volunteer=make_volunteer(person=make_user(name=name), home_station=station))
        make_worker_pass(nickname=name, station=station)

    assert asked() == one
