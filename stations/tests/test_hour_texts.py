"""Real-life texts, the readings that are certain, and those that are left to a person."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stations import hour_texts, hours

MONDAY = date(2026, 9, 7)  # no holiday near

SUMMER_AND_WINTER = "May 01-Sep 30 Mo-Su 07:00-19:00; Oct 01-Apr 30 Mo-Su 08:00-18:00"
READABLE = {
    "周一至周五 8:30-17:30": "Mo-Fr 08:30-17:30",
    "周一到周五8：30—17：30": "Mo-Fr 08:30-17:30",
    "周一～周五 ８：３０－１７：３０": "Mo-Fr 08:30-17:30",
    "星期一到星期日 08:00-20:00": "Mo-Su 08:00-20:00",
    "礼拜一至礼拜六 8:00~18:00": "Mo-Sa 08:00-18:00",
    "每周一至周五 9:00——17:00": "Mo-Fr 09:00-17:00",
    "周1至周5 8:30-17:30": "Mo-Fr 08:30-17:30",
    "周一至五 8:30-17:30": "Mo-Fr 08:30-17:30",
    "周日至周四 8:30-17:30": "Mo,Tu,We,Th,Su 08:30-17:30",
    "全天": "24/7",
    "24小时": "24/7",
    "24 小时": "24/7",
    "全天24小时开放": "24/7",
    "全天候": "24/7",
    "二十四小时开放": "24/7",
    "24小时营业": "24/7",
    "7×24小时": "24/7",
    "7*24小时服务": "24/7",
    "24h": "24/7",
    "全天（24小时）": "24/7",
    "每天24小时": "24/7",
    "0:00到24:00": "24/7",
    "00:00—23:59": "24/7",
    "24小时，全年无休": "24/7",
    "365天24小时": "24/7",
    "24小时（节假日照常）": "24/7",
    "周一至周日全天": "24/7",
    "周一至周五全天": "Mo-Fr 00:00-24:00",
    "08:00—20:00（节假日除外）": "Mo-Su 08:00-20:00; PH off",
    "每天 6:30～22:00": "Mo-Su 06:30-22:00",
    "每日6:30至22:00": "Mo-Su 06:30-22:00",
    "开放时间：每天8:00-20:00": "Mo-Su 08:00-20:00",
    "8:00-20:00，全年无休": "Mo-Su 08:00-20:00",
    "全年无休 8:00-20:00": "Mo-Su 08:00-20:00",
    "工作日 9:00-17:00": "Mo-Fr 09:00-17:00; PH off",
    "工作日9:00-17:00，节假日休息": "Mo-Fr 09:00-17:00; PH off",
    "工作日（周一至周五）9:00-17:00": "Mo-Fr 09:00-17:00; PH off",
    "工作日8:30-17:30，周末及节假日9:00-16:00": "Mo-Fr 08:30-17:30; Sa,Su 09:00-16:00; PH 09:00-16:00",
    "周一至周五8:30-11:30，13:30-17:00；周六9:00-12:00": "Mo-Fr 08:30-11:30,13:30-17:00; Sa 09:00-12:00",
    "周一至周五 8:30-17:30，周六、周日休息": "Mo-Fr 08:30-17:30",
    "周一至周五 8:30-17:30 周末休息": "Mo-Fr 08:30-17:30",
    "周一至周五8:30-17:30，法定节假日休息": "Mo-Fr 08:30-17:30; PH off",
    "周一至周五（法定节假日除外）8:30-17:30": "Mo-Fr 08:30-17:30; PH off",
    "周一至周五8:30-17:30（国家法定节假日除外）": "Mo-Fr 08:30-17:30; PH off",
    "8:30-17:30（周末、节假日休息）": "Mo-Su 08:30-17:30; Sa,Su off; PH off",
    "8:30-17:30（周一至周五）": "Mo-Fr 08:30-17:30",
    "8:30-17:30 周一至周五": "Mo-Fr 08:30-17:30",
    "每天8:00-20:00，周一休息": "Mo-Su 08:00-20:00; Mo off",
    "周一、三、五 8:00-12:00": "Mo,We,Fr 08:00-12:00",
    "周六日 9:00-16:30": "Sa,Su 09:00-16:30",
    "双休日9:00-16:30": "Sa,Su 09:00-16:30",
    "周六，周日 9:00-16:30": "Sa,Su 09:00-16:30",
    "上午8:30-11:30 下午1:30-5:00": "Mo-Su 08:30-11:30,13:30-17:00",
    "周一至周五 上午8:30-11:30，下午14:00-17:30": "Mo-Fr 08:30-11:30,14:00-17:30",
    "上午8:30-12:00，下午1:30-5:30（工作日）": "Mo-Fr 08:30-12:00,13:30-17:30; PH off",
    "早8点到晚8点": "Mo-Su 08:00-20:00",
    "早上7点半至晚上9点": "Mo-Su 07:30-21:00",
    "早八点到晚五点": "Mo-Su 08:00-17:00",
    "8点-20点": "Mo-Su 08:00-20:00",
    "8-20点": "Mo-Su 08:00-20:00",
    "8时30分至17时": "Mo-Su 08:30-17:00",
    "8点30分-17点30分": "Mo-Su 08:30-17:30",
    "周六八点至十二点": "Sa 08:00-12:00",
    "22:00-次日6:00": "Mo-Su 22:00-06:00",
    "18:00至次日凌晨2:00": "Mo-Su 18:00-02:00",
    "20:00到08:00": "Mo-Su 20:00-08:00",
    "晚上10点到早上6点": "Mo-Su 22:00-06:00",
    "每天8:00-0:00": "Mo-Su 08:00-24:00",
    "8:00:00-18:00:00": "Mo-Su 08:00-18:00",
    "5月1日至9月30日 7:00-19:00，10月1日至4月30日 8:00-18:00": SUMMER_AND_WINTER,
    "夏季（5月-9月）7:00-19:00；冬季（10月-次年4月）8:00-18:00": SUMMER_AND_WINTER,
    "5-9月 周一至周五7-19点，10-4月 周一至周五8-18点，节假日休息": SUMMER_AND_WINTER.replace("Mo-Su", "Mo-Fr")
    + "; PH off",
    "每天8:00-20:00，节假日9:00-17:00": "Mo-Su 08:00-20:00; PH 09:00-17:00",
    "每天8:00-20:00，节假日正常开放": "Mo-Su 08:00-20:00",
    "Mo-Fr 08:30-17:30; PH off": "Mo-Fr 08:30-17:30; PH off",
    "24/7": "24/7",
    "08:00-20:00": "08:00-20:00",
    "22:00-06:00": "22:00-06:00",
    "周六9:00-12:00": "Sa 09:00-12:00",
}

DOUBTFUL = [
    "周五9:00-17:00，周五休息",
    "每天周一至周五8:00-18:00",
    "24小时，周一至周五照常",
    "周一至周五（8:30-17:30",
    "8:00-17:30）",
    "",
    "夏季7:00-19:00 冬季8:00-18:00",
    "8-5",
    "不定时",
    "营业时间同银行网点",
    "8:00-6:00",
    "08:00-06:00",
    "9:00-21:00左右",
    "周一至周五",
    "8:30-5:30",
    "13:00-5:00",
    "8:00-8:00",
    "1:30-17:00,8:00-9:00",
    "8:30-11:30 1:30-5:00",
    "8:00-11:00",
    "8:00-次日2:00",
    "1:30-5:00",
    "周一至周五，节假日除外，8:30-17:30",
    "8:30-17:30，周六9:00-12:00",
    "每天8:00-20:00，周末9:00-18:00",
    "全年无休",
    "节假日",
    "24小时（需预约）",
    "工作日9:00-17:00，节假日照常",
    "周一至周五8:30-17:30，全年无休",
    "5月1日至9月30日 7:00-19:00",
    "2026",
    "8",
    "25:00-26:00",
    "8:60-9:00",
    "凌晨8点到晚上9点",
    "13月-4月 8:00-18:00,5月-12月 8:00-18:00",
    "8.30-17.30",
    "周一至周五 8:30-17:30（午休）",
    "8:00起",
    "9:00-17:00，周二下午闭馆",
    "全天8:00-20:00",
    "周一至周五休息，8:00-18:00",
    "视情况开放",
    "早9晚5",
    "08:00+",
    "仅工作日",
    "周一至周五不开放",
    "8小时",
    "节假日8:00-18:00",
    "上午开放",
    "=HYPERLINK(1)",
    "8:00-20:00节假日",
    "周一至周五 8:30-17:30，周六、周日",
]


@pytest.mark.parametrize(("text", "osm"), READABLE.items())
def test_what_people_write_is_read_where_it_can_mean_one_thing_only(text, osm):
    assert hour_texts.read(text) == osm
    hours.validate(osm)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_may_mean_something_else_is_left_to_a_person(text):
    assert hour_texts.read(text) is None


@pytest.mark.parametrize(
    "osm", ["Mo-Fr 08:30-17:30; PH off", "24/7", "unknown", "Mo-Fr,PH 08:00-12:00", "08:00-20:00"]
)
def test_what_is_written_in_the_openstreetmap_style_stays_as_it_is(osm):
    assert hour_texts.read(osm) == osm


DAY_NAMES = dict(zip(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"], "一二三四五六日", strict=True))
quarters = st.integers(0, 95).map(lambda n: n * 15)


@st.composite
def known_weeks(draw):
    """The same week in OSM and as people write it: some days with one or two spans each."""
    days = draw(st.lists(st.sampled_from(list(DAY_NAMES)), unique=True, min_size=1))
    week = draw(st.sampled_from(["周", "星期", "礼拜", "每周"]))
    to = draw(st.sampled_from(["-", "—", "～", "至", "到", " - "]))
    osm, said, used = [], [], []
    for day in days:
        edges = sorted(draw(st.sets(quarters, min_size=4, max_size=4)))[: draw(st.sampled_from([2, 4]))]
        used += edges
        spans = list(zip(edges[::2], edges[1::2], strict=True))
        clock, comma = (
            draw(st.sampled_from(["{:02}:{:02}", "{:02}：{:02}", "{:02}时{:02}分"])),
            draw(st.sampled_from("，,、 ")),
        )
        osm.append(
            f"{day} "
            + ",".join("{:02}:{:02}-{:02}:{:02}".format(*divmod(a, 60), *divmod(b, 60)) for a, b in spans)
        )
        times = comma.join(to.join(clock.format(*divmod(n, 60)) for n in span) for span in spans)
        said.append(f"{week}{DAY_NAMES[day]}{draw(st.sampled_from(['', ' ', '：']))}{times}")
    # 10:00–10:15 alone may be at night, which the reader rightly leaves to people.
    assume(any(not 10 * 60 <= minute < 13 * 60 for minute in used))
    return "; ".join(osm), draw(st.sampled_from(["；", "，", "\n", " "])).join(said)


@given(known_weeks())
@settings(max_examples=100, deadline=None)
def test_a_week_comes_back_however_it_is_written(known):
    osm, said = known

    found = hour_texts.read(said)

    assert found is not None
    assert hours.week(found, MONDAY) == hours.week(osm, MONDAY)


PIECES = """
周一 周五 六 至 到 - — , ， ； 、 （ ） ( ) 每天 工作日 周末 节假日 除外 休息
照常 全年无休 全天 24小时 开放
上午 下午 晚 早 次日 次年 夏季
8:00 08:30 17:30 5:00 0:00 24:00 23:59 8点 20点半 8 12 5月 5月1日 9月30日 13月
Mo-Fr PH off ; 24/7 unknown week 约 =
"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=12).map("".join))
@settings(max_examples=400, deadline=None)
def test_no_mix_of_words_breaks_the_reading_or_gives_what_is_no_opening_hours(text):
    found = hour_texts.read(text)

    if found is not None:
        hours.validate(found)
        assert len(found) <= 255


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_text_at_all_breaks_the_reading(text):
    found = hour_texts.read(text)

    if found is not None:
        hours.validate(found)
