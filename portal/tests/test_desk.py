"""The pages of the desk: what waits, one item, whole queues, many at once."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from portal import desk, tasks
from portal.models import Decision
from stations import reach
from stations.models import Posting
from stations.tests.factories import make_posting, make_report, make_user
from volunteers.models import Credential
from volunteers.tests.factories import make_credential, make_volunteer

FIRST = "/admin/"
QUEUE = "/admin/desk/credential/"


@pytest.fixture
def desk_of(client):
    """The browser of somebody who is signed in."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def mine(desk_of, manager):
    return desk_of(manager)


def make_waiting(station, *, days=0, name="陈律师", **kw):
    return make_credential(
        volunteer=make_volunteer(home_station=station, name=name),
        submitted_at=timezone.now() - timedelta(days=days, minutes=5),
        **kw,
    )


def address(row):
    return f"{QUEUE}{row.pk}/"


def names(items):
    return [str(item.row) for item in items]


# What waits


def test_the_most_overdue_comes_first_whatever_queue_it_is_in(mine, station):
    new = make_waiting(station, days=1, name="新交的")  # due in two days
    old = make_waiting(station, days=5, name="久等的")  # due two days ago
    danger = make_report(station=station, kind="danger").fault
    danger.opened_at = timezone.now() - timedelta(days=4)  # due three days ago
    danger.is_dangerous = True
    danger.save()

    items = mine.get(FIRST).context["items"]

    assert names(items) == [str(danger), str(old), str(new)]
    assert [item.is_overdue for item in items] == [True, True, False]


def test_an_age_is_said_in_words(mine, station):
    make_waiting(station, days=5)

    page = mine.get(FIRST).content.decode()

    assert page.count("已等 5 天") == 1
    assert page.count("超期 2 天") == 1
    assert page.count("石门社区服务驿站</span>") == 1


@pytest.mark.parametrize(
    ("span", "words", "english"),
    [
        (timedelta(seconds=3), "1 分钟", "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 minutes"),
        (timedelta(hours=1), "1 小时", "1 hour"),
        (timedelta(hours=23, minutes=59), "23 小时", "23 hours"),
        (timedelta(days=1), "1 天", "1 day"),
        (timedelta(days=40), "40 天", "40 days"),
    ],
)
def test_ages_in_both_languages(span, words, english):
    assert desk.in_words(span) == words
    with translation.override("en"):
        assert desk.in_words(span) == english


def test_nothing_of_others_is_on_the_desk(mine, other_station):
    make_waiting(other_station)

    response = mine.get(FIRST)

    assert response.context["items"] == []
    assert [queue.key for queue, count, _words in response.context["queues"] if count] == []
    assert response.content.decode().count("目前没有等您处理的事项") == 1


def test_an_auditor_looks_and_decides_nothing(desk_of, station):
    auditor = make_user()
    make_posting(auditor, station, role=Posting.Role.AUDITOR)
    waiting = make_waiting(station)

    client = desk_of(auditor)

    assert client.get(FIRST).context["queues"] == []
    assert client.get(QUEUE).status_code == client.get(address(waiting)).status_code == 404
    assert client.post(address(waiting), {"choice": "approve"}).status_code == 404
    assert Decision.objects.count() == 0


def test_more_than_ninety_nine_are_not_counted(mine, station, monkeypatch):
    monkeypatch.setattr(desk, "MANY", 3)
    for _n in range(4):
        make_waiting(station)

    shown = {queue.key: words for queue, _count, words in mine.get(FIRST).context["queues"]}

    assert shown["credential"] == "2+"


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_at_most_twenty_queries_however_much_waits(
    mine, station, django_assert_max_num_queries, count
):
    for n in range(count):
        make_waiting(station, days=n)

    with django_assert_max_num_queries(20):
        mine.get(FIRST)


# One item


def test_one_screen_has_all_that_is_needed(mine, station):
    waiting = make_waiting(station, name="陈律师")

    page = mine.get(address(waiting)).content.decode()

    for words in ["陈律师", "打开材料", "要看什么", "通过", "不通过", "已等 5 分钟"]:
        assert page.count(words) >= 1, words
    assert page.count("<h1") == 1


def test_a_decision_is_held_and_the_next_item_follows(mine, station, manager):
    first, second = make_waiting(station, days=2), make_waiting(station, days=1, name="下一位")

    response = mine.post(address(first), {"choice": "approve"}, follow=True)

    made = Decision.objects.get()
    assert response.redirect_chain == [(address(second), 302)]
    assert (made.object_id, made.by, made.state, made.station) == (first.pk, manager, "held", station)
    assert response.content.decode().count(reverse("admin:desk_undo", args=[made.batch])) == 1


def test_after_the_last_item_the_desk_follows(mine, station):
    waiting = make_waiting(station)

    response = mine.post(address(waiting), {"choice": "approve"}, follow=True)

    assert response.redirect_chain == [(FIRST, 302)]
    assert response.content.decode().count("这里已全部处理完") == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"choice": "decline"}, "请写明原因，志愿者看到后可以补正。"),
        ({"choice": "no-such"}, "请选择一项决定。"),
        ({}, "请选择一项决定。"),
        ({"choice": "approve", "own": "长" * 201}, "请控制在 200 字以内。"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(mine, station, answer, sentence):
    waiting = make_waiting(station)

    response = mine.post(address(waiting), {"own": "", **answer})

    page = response.content.decode()
    assert (response.status_code, page.count(sentence)) == (422, 1)
    assert page.count(f">{answer.get('own', '')}</textarea>") == 1
    assert Decision.objects.count() == 0


def test_an_offered_sentence_and_own_words_make_the_reason(mine, station):
    waiting = make_waiting(station)

    mine.post(address(waiting), {"choice": "decline", "offered": "decline-0", "own": "左上角。"})

    assert Decision.objects.get().reason == "照片不清楚，请在白天重新拍摄，拍全四个角。 左上角。"


def test_an_offered_sentence_goes_out_in_chinese_whatever_the_reader_of_the_desk_reads(mine, station):
    waiting = make_waiting(station)
    mine.cookies["django_language"] = "en"
    page = mine.get(address(waiting)).content.decode()
    assert page.count('value="decline-0"> The photo is blurred.') == 1

    mine.post(address(waiting), {"choice": "decline", "offered": "decline-0"})

    assert Decision.objects.get().reason == "照片不清楚，请在白天重新拍摄，拍全四个角。"


def test_a_sentence_for_another_decision_is_not_sent(mine, station):
    waiting = make_waiting(station)

    response = mine.post(address(waiting), {"choice": "approve", "offered": "decline-0"})

    assert response.status_code == 422
    assert response.content.decode().count("您选的这句话是用于“不通过”的。") == 1
    assert Decision.objects.count() == 0


def test_an_item_out_of_reach_does_not_exist(mine, other_station):
    strange = make_waiting(other_station)

    answers = [mine.get(address(strange)), mine.post(address(strange), {"choice": "approve"})]
    answers += [mine.get(f"{QUEUE}999999/"), mine.get("/admin/desk/no-such/"), mine.get(f"{QUEUE}{10**30}/")]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert Decision.objects.count() == 0


def test_a_second_tab_is_told_who_and_when(mine, station):
    waiting = make_waiting(station)

    with time_machine.travel(timezone.now(), tick=False):
        mine.post(address(waiting), {"choice": "approve"})
        response = mine.post(address(waiting), {"choice": "decline", "own": "看不清"})
        moment = f"{timezone.localtime():%Y-%m-%d %H:%M}"

    assert response.status_code == 409
    assert response.content.decode().count(f"王站长已于 {moment} 处理。") == 1
    assert list(Decision.objects.values_list("choice", flat=True)) == ["approve"]


def test_what_was_decided_elsewhere_leads_to_the_next(mine, station):
    gone, following = make_waiting(station), make_waiting(station, name="下一位")
    Credential.objects.filter(pk=gone.pk).update(status=Credential.Status.DECLINED, decided_at=timezone.now())

    response = mine.get(address(gone))

    assert response.status_code == 200
    assert response.content.decode().count("这一项已不在等待。") == 1
    assert response.context["next"] == following


def test_the_order_goes_round_and_back(station, manager):
    rows = [make_waiting(station, days=days) for days in (3, 2, 1)]
    queue, reached = desk.QUEUES["credential"], reach.of(manager)

    following = [desk.after(queue, reached, row) for row in rows]
    earlier = [desk.before(queue, reached, row) for row in rows]

    assert following == [rows[1], rows[2], rows[0]]
    assert earlier == [None, rows[0], rows[1]]


@pytest.mark.parametrize("count", [1, 3])
def test_an_item_costs_the_same_however_many_wait(mine, station, django_assert_num_queries, count):
    waiting = make_waiting(station, days=9)
    for n in range(count):
        make_waiting(station, days=n)

    with django_assert_num_queries(16):
        mine.get(address(waiting))


# Back again


def test_undo_leads_back_to_the_item(mine, station):
    waiting = make_waiting(station)
    mine.post(address(waiting), {"choice": "approve"})
    batch = Decision.objects.get().batch

    response = mine.post(reverse("admin:desk_undo", args=[batch]), follow=True)

    assert response.redirect_chain == [(address(waiting), 302)]
    assert response.content.decode().count("已撤销，1 项继续等待。") == 1


def test_undo_comes_too_late_after_ten_seconds(mine, station):
    waiting = make_waiting(station)
    mine.post(address(waiting), {"choice": "approve"})
    batch = Decision.objects.get().batch

    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        response = mine.post(reverse("admin:desk_undo", args=[batch]), follow=True)

    assert response.content.decode().count("十秒已过，决定已生效。") == 1


def test_somebody_elses_decision_does_not_exist_for_undo(client, desk_of, station, manager, admin):
    waiting = make_waiting(station)
    desk_of(manager).post(address(waiting), {"choice": "approve"})
    undo = reverse("admin:desk_undo", args=[Decision.objects.get().batch])

    client = desk_of(admin)

    assert (client.post(undo).status_code, client.get(undo).status_code) == (404, 405)
    assert Decision.objects.get().state == "held"


def test_what_came_to_nothing_is_on_the_desk_for_a_day(mine, station):
    waiting = make_waiting(station)
    mine.post(address(waiting), {"choice": "approve"})
    Credential.objects.filter(pk=waiting.pk).update(
        status=Credential.Status.DECLINED, decided_at=timezone.now()
    )

    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        tasks.carry_out_decisions()
        page = mine.get(FIRST).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=11)):
        a_day_later = mine.get(FIRST).content.decode()

    assert page.count(Decision.objects.get().outcome) == 1
    assert (page.count("未能生效"), a_day_later.count("未能生效")) == (1, 0)


# Many at once


def ticked(*rows, **kw):
    return {"ids": [row.pk for row in rows], "choice": "approve", **kw}


def test_a_queue_shows_the_oldest_first_by_fifty(mine, station, monkeypatch):
    rows = [make_waiting(station, days=days) for days in (3, 2, 1)]
    monkeypatch.setattr("portal.desk_views.PAGE", 2)

    pages = [mine.get(f"{QUEUE}?page={n}") for n in ("1", "2", "3", "x", "0", "99999999")]

    assert [[item.row for item in page.context["items"]] for page in pages] == [
        rows[:2],
        rows[2:],
        [],
        rows[:2],
        rows[:2],
        [],
    ]
    assert [page.context["has_more"] for page in pages[:2]] == [True, False]


def test_a_preview_changes_nothing_and_says_what_will_happen(mine, station):
    good = make_waiting(station)
    expired = make_waiting(station, valid_to=timezone.localdate() - timedelta(days=1))

    response = mine.post(f"{QUEUE}preview/", ticked(good, expired))

    found, page = response.context["found"], response.content.decode()
    assert (found.rows, [name for name, _why in found.refused]) == ([good], [str(expired)])
    assert page.count("以下 1 项将会这样处理") == 1
    assert page.count("这份证件已过期，请选“不通过”并说明。") == 1
    assert Decision.objects.count() == 0


def test_a_list_of_the_workplace_leads_to_the_preview(mine, station):
    rows = [make_waiting(station), make_waiting(station)]

    response = mine.get(f"{QUEUE}preview/?ids={rows[0].pk},{rows[1].pk}&choice=approve")

    assert response.context["found"].rows == rows


def test_many_are_held_together_and_undone_together(mine, station):
    rows = [make_waiting(station, name=f"第{n}位") for n in range(3)]

    response = mine.post(f"{QUEUE}decide/", ticked(*rows), follow=True)
    [batch] = set(Decision.objects.values_list("batch", flat=True))
    undone = mine.post(reverse("admin:desk_undo", args=[batch]), follow=True)

    assert [(late.count, late.choice) for late in response.context["of_late"]["held"]] == [(3, "通过")]
    assert undone.redirect_chain == [(QUEUE, 302)]
    assert undone.content.decode().count("已撤销，3 项继续等待。") == 1


def test_ids_out_of_reach_change_nothing_and_say_nothing(mine, station, other_station):
    here, strange = make_waiting(station), make_waiting(other_station, name="别处的人")

    response = mine.post(f"{QUEUE}decide/", ticked(here, strange), follow=True)

    assert list(Decision.objects.values_list("object_id", flat=True)) == [here.pk]
    page = response.content.decode()
    assert page.count("别处的人") == 0
    assert page.count(f"编号 {strange.pk}: 这一项已不在等待。") == 1


@pytest.mark.parametrize("where", ["preview", "decide"])
def test_ten_thousand_at_once_are_refused_in_a_sentence(mine, station, where):
    response = mine.post(f"{QUEUE}{where}/", {"ids": [str(n) for n in range(1, 10_001)], "choice": "approve"})

    assert response.status_code == 422
    assert response.content.decode().count("您选了 10000 项，一次最多可处理 500 项。") == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ids=1,x&choice=approve", "这个链接不完整，请从列表重新选择。"),
        ("ids=²&choice=approve", "这个链接不完整，请从列表重新选择。"),
        (f"ids={10**30}&choice=approve", "这个链接不完整，请从列表重新选择。"),
        ("ids=&choice=approve", "请先勾选要处理的事项。"),
        ("ids=1&choice=no-such", "请选择一项决定。"),
        ("", "请选择一项决定。"),
    ],
)
def test_an_address_that_makes_no_sense_is_told_kindly(mine, query, sentence):
    response = mine.get(f"{QUEUE}preview/?{query}")

    assert (response.status_code, response.content.decode().count(sentence)) == (422, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_queue_costs_the_same_however_many_wait(mine, station, django_assert_num_queries, count):
    for n in range(count):
        make_waiting(station, days=n)

    with django_assert_num_queries(8):
        mine.get(QUEUE)


def test_the_desk_speaks_english(mine, station, manager):
    waiting = make_waiting(station, days=5)
    mine.cookies["django_language"] = "en"

    page = mine.get(FIRST).content.decode()
    item = mine.get(address(waiting)).content.decode()

    assert (page.count("Waiting 5 days"), page.count("overdue by 2 days")) == (1, 1)
    assert item.count("Reason – the person concerned reads it") == 1
