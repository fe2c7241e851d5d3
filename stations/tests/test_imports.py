import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import Workbook

from stations import datum, divisions
from stations.imports import importer, spellings, tables
from stations.models import Division, FacilityKind, Occupation, Role, Station, StationFacility
from stations.search import plain
from stations.tests.factories import make_station
from stations.tests.tables import counts, write_table

pytestmark = pytest.mark.django_db
HEADINGS = ["name", "division_code", "address", "lat", "lng"]
SHIMEN = {
    "name": "石门社区服务驿站",
    "division_code": "331121",
    "address": "瓯南街道",
    "lat": "28.1310",
    "lng": "120.2900",
}
JIAOJIANG = {
    "name": "椒江驿站",
    "division_code": "331002",
    "address": "解放路1号",
    "lat": "28.6759",
    "lng": "121.4386",
}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def table(tmp_path):
    """Writes rows (dicts) as CSV; the first row's keys are the headings."""

    def write(*rows, name="stations.csv", encoding="utf-8"):
        return write_table(tmp_path / name, rows, encoding)

    return write


def findings(report):
    return [str(finding) for finding in report.findings]


def written(context):
    return [
        q["sql"] for q in context.captured_queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")
    ]


def stored():
    return [list(model.objects.order_by("pk").values()) for model in (Division, Station, StationFacility)]


# What comes in


def test_the_nine_named_stations_come_into_an_empty_database():
    report = importer.import_file(divisions.SOURCE.parent / "named_stations.csv")

    assert counts(report) == (9, 0, 0, 0)
    assert findings(report) == []
    assert report.ignored == ["article_says", "features"]
    assert Division.objects.count() == 101
    shimen = Station.objects.get(name="石门社区服务驿站")
    assert (shimen.code, str(shimen.division), shimen.brand) == ("331121-T-0001", "丽水市青田县", "青蜂侠")
    assert (shimen.latitude, shimen.longitude, shimen.position) == (28.131, 120.29, "approximate")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_in_any_order_and_spelling_are_understood(table, encoding):
    row = {
        " 纬 度 ": "28.1310",
        "經度?": "ignored",
        "ＬＯＮ": "120.2900",
        "坐标系": "WGS-84",
        "所属县（市、区）": "丽水市青田县",
        "站点名称*": "石门驿站",
        "详细地址": "瓯南街道1号",
        "站点等级": "标杆型站点",
        "Opening Hours": "Mo-Su 08:00-20:00",
        "设施": "饮水机、Wi-Fi；厕所，换电柜;table",
        "位置精度": "大致",
        "值守方式": "无人值守",
        "演示数据": "是",
    }

    report = importer.import_file(table(row, encoding=encoding))

    assert findings(report) == []
    assert report.ignored == ["經度?"]
    station = Station.objects.get()
    assert (station.name, station.division_id, station.tier) == ("石门驿站", "331121", "benchmark")
    assert (station.position, station.access, station.is_demo) == ("approximate", "self_service", True)
    assert [f.kind for f in station.facilities.all()] == ["table", "water", "battery_swap", "toilet", "wifi"]


def test_a_workbook_comes_in_like_a_csv_file(tmp_path):
    book = Workbook()
    book.active.append(["编号", "名称", "区划代码", "地址", "纬度", "经度", "电话"])
    book.active.append(["331121-T-0007", "石门驿站", 331121, "瓯南街道", 28.131, 120.29, 57688880000])
    book.save(tmp_path / "站点.xlsx")

    report = importer.import_file(tmp_path / "站点.xlsx")

    assert counts(report) == (1, 0, 0, 0)
    station = Station.objects.get(code="331121-T-0007")
    assert (station.phone, station.latitude, station.division_id) == ("57688880000", 28.131, "331121")


@pytest.mark.parametrize(
    "text",
    [
        "331002",
        "331002001000",
        "椒江区",
        "台州市椒江区",
        "台州椒江",
        "浙江省台州市椒江区",
        "椒江",
        " 椒 江 区 ",
    ],
)
def test_a_county_is_found_by_every_usual_name(text):
    assert divisions.Gazetteer(divisions.read()).find(text).code == "331002"


def test_an_ambiguous_county_is_asked_back(table):
    divisions.load()
    Division.objects.create(code="339999", name="椒江县", prefecture="温州市", latitude=28, longitude=120)

    report = importer.import_file(table(JIAOJIANG | {"division_code": "椒江"}))

    reason = "This may be 台州市椒江区 331002 / 温州市椒江县 339999. Please write the code."
    assert findings(report) == [f"Row 2 rejected. division_code: {reason}"]


def test_code_and_name_of_the_county_must_agree(table):
    report = importer.import_file(
        table(
            JIAOJIANG | {"division": "椒江区"},
            SHIMEN | {"division": "椒江区"},
            SHIMEN | {"division_code": "", "division": "青田县"},
        )
    )

    assert counts(report) == (2, 0, 0, 1)
    assert findings(report) == ["Row 3 rejected. division: The code beside it stands for 丽水市青田县."]


def test_the_divisions_are_loaded_once_and_the_same_each_time():
    assert divisions.load() == 101
    before = stored()

    assert divisions.load() == 101

    assert stored() == before
    assert Division.objects.get(code="331002").population == 826_100


@pytest.mark.parametrize("kind", spellings.CHOICES)
def test_every_label_on_the_site_is_understood_in_both_languages(kind):
    for language in ("zh-hans", "en"):
        with override(language):
            labels = {value: str(label) for value, label in kind.choices}
        assert {v: spellings.choices(kind).get(plain(label)) for v, label in labels.items()} == {
            value: value for value in kind.values
        }


def test_every_facility_has_its_chinese_name():
    assert set(spellings.CHOICES[FacilityKind]) == set(FacilityKind.values)


# Positions


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("２８．１３１", "１２０．２９"),
        ("28.131°", "120.29°E"),
        ("北纬28.131", " 120.29 度"),
        ("N 28.131", "120.290"),
    ],
)
def test_degrees_are_read_in_every_usual_spelling(table, latitude, longitude):
    report = importer.import_file(table(SHIMEN | {"lat": latitude, "lng": longitude}))

    assert findings(report) == []
    assert Station.objects.values_list("latitude", "longitude").get() == (28.131, 120.29)


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("120.29", "28.131", "lat: Latitude and longitude look swapped. Please exchange the two."),
        ("0", "0", "lat: 0/0 stands for “unknown”. Please fill in the position."),
        ("39.9", "116.4", "lat: The position lies outside Zhejiang. Please check it."),
        ("-28.131", "120.29", "lat: The position lies outside Zhejiang. Please check it."),
        ("28.131", "nan", "lng: “nan” is not a number of degrees such as 28.6759."),
        ("28°7′52″", "120.29", "lat: “28°7′52″” is not a number of degrees such as 28.6759."),
        ("", "120.29", "lat: This field is required."),
    ],
)
def test_an_impossible_position_is_rejected_with_a_sentence(table, latitude, longitude, reason):
    report = importer.import_file(table(SHIMEN | {"lat": latitude, "lng": longitude}, JIAOJIANG))

    assert findings(report) == [f"Row 2 rejected. {reason}"]
    assert [station.name for station in Station.objects.all()] == ["椒江驿站"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GCJ-02", "gcj02"),
        ("高德", "gcj02"),
        ("ｂｄ０９", "bd09"),
        ("百度", "bd09"),
        ("WGS 84", "wgs84"),
        ("", "wgs84"),
    ],
)
def test_positions_are_kept_in_wgs84_with_the_datum_they_came_in(table, text, kind):
    there = 28.1310, 120.2900
    if kind != "wgs84":
        there = datum.gcj02_from_wgs84(*there)
    if kind == "bd09":
        there = datum.bd09_from_gcj02(*there)
    path = table(SHIMEN | {"lat": there[0], "lng": there[1], "datum": text})

    report = importer.import_file(path)
    again = importer.import_file(path)

    assert (counts(report), counts(again)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    station = Station.objects.get()
    assert station.source_datum == kind
    assert (round(station.latitude, 6), round(station.longitude, 6)) == (28.131, 120.29)


def test_a_position_far_outside_its_county_is_imported_and_flagged(table):
    wrong = JIAOJIANG | {"lat": "28.1392", "lng": "121.2276"}

    report = importer.import_file(table(wrong, SHIMEN))

    doubt = "63 km from the middle of 椒江区, nearer to 玉环市"
    assert (counts(report), report.flagged) == ((2, 0, 0, 0), 1)
    assert findings(report) == [f"Row 2 imported, please check the position. lat: {doubt}"]
    assert Station.objects.get(name="椒江驿站").position_doubt == doubt


def test_a_doubt_goes_when_the_position_is_put_right_and_stays_away_when_a_person_cleared_it(table):
    wrong = table(JIAOJIANG | {"lat": "28.1392", "lng": "121.2276"})
    importer.import_file(wrong)
    Station.objects.update(position_doubt="")

    assert (counts(importer.import_file(wrong)), Station.objects.get().position_doubt) == ((0, 0, 1, 0), "")

    Station.objects.update(position_doubt="far away")
    importer.import_file(table(JIAOJIANG))

    assert Station.objects.get().position_doubt == ""


def test_no_county_doubts_its_own_centre_and_gross_errors_are_found():
    gazetteer = divisions.Gazetteer(divisions.read())
    counties = [d for d in gazetteer.divisions if not d.is_prefecture]

    doubted = [
        [bool(gazetteer.doubt(own, other.latitude, other.longitude)) for other in counties]
        for own in counties
    ]
    degree_off = [
        bool(gazetteer.doubt(own, own.latitude + north, own.longitude + east))
        for own in counties
        for north, east in [(1, 0), (-1, 0), (0, 1), (0, -1)]
    ]

    assert len(counties) == 90
    assert not any(doubted[n][n] for n in range(90))
    assert round(sum(map(sum, doubted)) / (90 * 89), 2) == 0.94
    assert all(degree_off)


@pytest.mark.parametrize(
    ("county", "place", "latitude", "longitude"),
    [
        ("临海市", "杜桥", 28.74, 121.51),
        ("遂昌县", "王村口", 28.32, 118.95),
        ("嵊泗县", "嵊山", 30.72, 122.82),
        ("普陀区", "六横", 29.73, 122.13),
        ("杭州市", "千岛湖", 29.61, 119.04),
        ("丽水市", "庆元", 27.62, 119.06),
    ],
)
def test_outlying_towns_and_islands_are_believed(county, place, latitude, longitude):
    gazetteer = divisions.Gazetteer(divisions.read())

    assert gazetteer.doubt(gazetteer.find(county), latitude, longitude) == ""


# Rows that cannot be used


def test_rejected_rows_say_row_column_and_every_reason_and_never_stop_the_good_ones(table):
    bad = {
        "name": "",
        "division_code": "999999",
        "status": "大概开着",
        "facilities": "饮水机、游泳池、马厩",
        "map_checked_on": "去年",
        "code": "a/b",
    }
    empty = dict.fromkeys(bad, "")

    report = importer.import_file(table(empty | JIAOJIANG, empty | SHIMEN | bad, empty | SHIMEN))

    assert counts(report) == (2, 0, 0, 1)
    assert report.read == 3
    reasons = [
        "division_code: “999999” is not a county of Zhejiang.",
        "code: A code has only letters, digits and hyphens, and is not a word such as “suggest”.",
        "name: This field is required.",
        "status: “大概开着” is not known here. Please write one of: "
        + "In use / Temporarily closed / Under renovation / Withdrawn.",
        "map_checked_on: Enter a valid date.",
        "facilities: Unknown facility: 游泳池 / 马厩.",
    ]
    assert findings(report) == ["Row 3 rejected. " + " · ".join(reasons)]


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://example.org","石门驿站")', "=1+1", "#N/A"])
def test_a_formula_is_rejected_not_calculated(tmp_path, cell):
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append([cell, *list(SHIMEN.values())[1:]])
    book.active.append(list(JIAOJIANG.values()))
    book.save(tmp_path / "a.xlsx")

    report = importer.import_file(tmp_path / "a.xlsx")

    assert counts(report) == (1, 0, 0, 1)
    assert findings(report) == [
        "Row 2 rejected. name: A formula is not calculated here. Please fill in the value itself."
    ]


def test_a_row_with_a_comma_too_many_is_rejected(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,division,lat,lng,address\n石门驿站,青田县,28.131,120.29,瓯南街道, 1号\n", "utf-8")

    assert findings(importer.import_file(path)) == [
        "Row 2 rejected. The row is longer than the headings. A text with a comma needs quotation marks."
    ]


def test_a_station_twice_in_one_file_is_taken_from_the_first_row(table):
    coded = SHIMEN | {"code": "331121-T-0001"}
    rows = [coded, coded | {"name": "另一个名字"}, SHIMEN, JIAOJIANG, JIAOJIANG | {"code": "331002-T-0009"}]

    report = importer.import_file(table(*[{"code": ""} | row for row in rows]))

    assert counts(report) == (2, 0, 0, 3)
    assert findings(report) == [
        "Row 3 rejected. code: This station stands in row 2 already.",
        "Row 4 rejected. name: This station stands in row 2 already.",
        "Row 6 rejected. code: This station stands in row 5 already.",
    ]


def test_a_row_that_was_rejected_does_not_stand_in_the_way_of_the_right_one(table):
    report = importer.import_file(table(SHIMEN | {"lat": "0", "lng": "0"}, SHIMEN))

    assert counts(report) == (1, 0, 0, 1)


def test_a_name_that_another_station_of_the_county_has_is_rejected(table):
    importer.import_file(table(SHIMEN))

    report = importer.import_file(table(SHIMEN | {"code": "331121-T-0777"}))

    assert findings(report) == [
        "Row 2 rejected. name: Station 331121-T-0001 of this county has the same name."
    ]


def test_a_station_that_someone_else_adds_meanwhile_is_rejected_kindly(table, monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 1)

    def add_the_second(done, total, report):
        if done == 1:
            make_station(name=SHIMEN["name"], division=Division.objects.get(code="331121"))

    report = importer.import_file(
        table(JIAOJIANG, SHIMEN, SHIMEN | {"name": "三号"}), progress=add_the_second
    )

    assert counts(report) == (2, 0, 0, 1)
    assert findings(report) == [
        "Row 3 rejected. name: Someone else changed this station at the same moment. Please import it again."
    ]


def test_a_clash_in_a_batch_costs_the_row_that_clashes_and_no_other(table, monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 3)
    names = ["一号", "二号", "三号", "四号", "五号", "六号"]
    importer.import_file(table(SHIMEN | {"name": "四号"}))

    def add_the_fifth(done, total, report):
        if done == 3:
            make_station(name="五号", division=Division.objects.get(code="331121"))

    rows = [SHIMEN | {"name": name, "address": "新路1号", "facilities": "饮水机"} for name in names]
    report = importer.import_file(table(*rows), progress=add_the_fifth)

    assert counts(report) == (4, 1, 0, 1)
    assert [finding.row for finding in report.findings] == [6]
    changed = Station.objects.filter(address="新路1号", facilities__kind="water")
    assert sorted(station.name for station in changed) == sorted(set(names) - {"五号"})


# Opening hours


HOURS = SHIMEN | {"opening_hours": "周一至周五 8:30-17:30"}
DOUBTFUL = SHIMEN | {"opening_hours": "看情况开门"}


def hours_kept():
    return Station.objects.values_list("opening_hours", "hours_as_written").get()


def test_hours_in_everyday_words_are_read_where_they_can_only_mean_one_thing(table):
    report = importer.import_file(table(HOURS))

    assert findings(report) == []
    assert hours_kept() == ("Mo-Fr 08:30-17:30", "周一至周五 8:30-17:30")


def test_hours_that_may_mean_anything_are_unknown_and_wait_for_a_person(table):
    path = table(DOUBTFUL, JIAOJIANG | {"opening_hours": "24/7"})

    first, again = importer.import_file(path), importer.import_file(path)

    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    assert (first.hours, again.hours) == (1, 1)
    says = "Row 2 imported, please read the opening hours. opening_hours: 看情况开门"
    assert (findings(first), findings(again)) == ([says], [says])
    station = Station.objects.get(name=SHIMEN["name"])
    assert (station.opening_hours, station.hours_as_written) == ("", "看情况开门")


@pytest.mark.parametrize("row", [HOURS, DOUBTFUL])
def test_what_a_person_made_of_the_words_stays_while_the_table_says_the_same(table, row):
    importer.import_file(table(row))
    Station.objects.update(opening_hours="Mo-Su 09:00-18:00")

    report = importer.import_file(table(row))

    assert (counts(report), report.hours) == ((0, 0, 1, 0), 0)
    assert hours_kept() == ("Mo-Su 09:00-18:00", row["opening_hours"])


def test_new_words_make_old_hours_unknown(table):
    importer.import_file(table(SHIMEN | {"opening_hours": "24/7"}))

    report = importer.import_file(table(DOUBTFUL))

    assert (counts(report), report.hours) == ((0, 1, 0, 0), 1)
    assert hours_kept() == ("", "看情况开门")


def test_an_empty_cell_clears_hours_and_words(table):
    importer.import_file(table(DOUBTFUL))

    importer.import_file(table(SHIMEN | {"opening_hours": ""}))

    assert hours_kept() == ("", "")


@pytest.mark.parametrize("text", ["", "08:00-06:00", "Mo-Su 09:00-18:00"])
def test_a_copy_of_our_own_brings_hours_and_words_as_they_are(table, text):
    path = table(SHIMEN | {"opening_hours": text, "hours_as_written": "看情况开门"})

    importer.import_file(path)

    assert hours_kept() == (text, "看情况开门")
    assert counts(importer.import_file(path)) == (0, 0, 1, 0)


# Everything else that a station has

ALL_COLUMNS = {
    "地标": "公交站旁",
    "楼层": "1楼",
    "是否临街": "是",
    "建设方式": "共建",
    "运营单位": "青田县总工会",
    "共建单位": "邮政",
    "服务对象": "快递员、外卖员、环卫工人",
    "四个站": "宣传站；接力站",
    "设计主题": "石文化",
    "高德POI": "B0FFG1234",
    "百度UID": "abc123",
    "地图核对日期": "2026年11月1日",
    "值守方式": "刷卡开门",
}


def test_every_column_has_its_chinese_heading(table):
    report = importer.import_file(table(SHIMEN | ALL_COLUMNS))

    assert (findings(report), report.ignored) == ([], [])
    station = Station.objects.get()
    assert (station.landmark, station.storey, station.is_street_facing) == ("公交站旁", "1楼", True)
    assert (station.build_mode, station.host, station.partner) == ("co_built", "青田县总工会", "邮政")
    assert station.occupations == ["sanitation", "courier", "rider"]
    assert (station.roles, station.design_theme) == (["publicity", "relay"], "石文化")
    assert (station.amap_poi_id, station.baidu_uid, station.access) == ("B0FFG1234", "abc123", "card")
    assert station.map_checked_on.isoformat() == "2026-11-01"
    assert "gongjiaozhan" in station.search


def test_words_to_search_follow_a_change(table):
    importer.import_file(table(SHIMEN))

    importer.import_file(table({"code": "331121-T-0001"} | SHIMEN | {"name": "湖滨驿站"}))

    assert "hubin" in Station.objects.get().search


@pytest.mark.parametrize(
    "text", ["2026-11-01", "2026/11/1", "2026.11.1", "２０２６-11-01", "2026-11-01 00:00:00"]
)
def test_days_are_read_in_every_usual_spelling(table, text):
    report = importer.import_file(table(SHIMEN | {"map_checked_on": text}))

    assert findings(report) == []
    assert Station.objects.get().map_checked_on.isoformat() == "2026-11-01"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("field", "kind"), [("occupations", Occupation), ("roles", Role)])
def test_several_choices_come_back_from_their_labels(table, field, kind, language):
    with override(language):
        labels = ";".join(map(str, kind.labels))

    report = importer.import_file(table(SHIMEN | {field: labels}))

    assert findings(report) == []
    assert getattr(Station.objects.get(), field) == kind.values


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("frame", ["{}（{}）", "{} ({})", "{}：{}"])
def test_facilities_come_with_their_state(table, language, frame):
    with override(language):
        states = {state.value: str(state.label) for state in StationFacility.State}
        cells = [frame.format(kind.label, states["needs_repair"]) for kind in FacilityKind]

    report = importer.import_file(table(SHIMEN | {"facilities": "；".join(cells)}))

    assert findings(report) == []
    assert list(StationFacility.objects.values_list("kind", "state")) == [
        (kind, "needs_repair") for kind in FacilityKind.values
    ]


def test_a_state_in_the_table_counts_and_its_absence_says_nothing(table):
    importer.import_file(table(SHIMEN | {"facilities": "饮水机；微波炉（待维修）"}))
    before = Station.objects.get().updated_at

    same = importer.import_file(table(SHIMEN | {"facilities": "饮水机；微波炉"}))
    other = importer.import_file(table(SHIMEN | {"facilities": "water:out_of_service; microwave:working"}))
    wrong = importer.import_file(table(SHIMEN | {"facilities": "微波炉（很旧）"}))

    assert (counts(same), counts(other)) == ((0, 0, 1, 0), (0, 1, 0, 0))
    assert set(StationFacility.objects.values_list("kind", "state")) == {
        ("water", "out_of_service"),
        ("microwave", "working"),
    }
    assert Station.objects.get().updated_at > before
    assert findings(wrong) == ["Row 2 rejected. facilities: Unknown facility: 微波炉（很旧）."]


def test_positions_may_be_in_another_datum_than_the_one_they_once_came_in(table):
    path = table(SHIMEN | {"坐标系": "高德", "经纬度坐标系": "WGS-84"})

    report = importer.import_file(path)

    assert (findings(report), report.names_datum) == ([], True)
    station = Station.objects.get()
    assert (station.latitude, station.longitude, station.source_datum) == (28.131, 120.29, "gcj02")
    assert counts(importer.import_file(path)) == (0, 0, 1, 0)


def test_a_table_that_names_no_datum_is_told_how_its_positions_were_taken(table):
    report = importer.import_file(table(SHIMEN))

    assert report.notes() == [
        "No column datum/坐标系: positions are taken as WGS-84. "
        "Those of AMap or Baidu would be off by 500 metres or more."
    ]


def test_an_apostrophe_before_a_text_that_would_be_calculated_is_not_part_of_it(table):
    importer.import_file(
        table(SHIMEN | {"phone": "'+86 578", "storey": "'-1", "about": "'=1+1", "host": "'甲"})
    )

    station = Station.objects.get()
    assert (station.phone, station.storey, station.about, station.host) == ("+86 578", "-1", "=1+1", "'甲")


def test_lines_may_be_broken_either_way(table):
    importer.import_file(table(SHIMEN))
    Station.objects.update(about="一\r\n二")

    assert counts(importer.import_file(table(SHIMEN | {"about": "一\n二"}))) == (0, 0, 1, 0)


# Files that cannot be used


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello,world\n1,2\n", "Missing: name/名称, division/县市区, lat/纬度, lng/经度, address/地址"),
        ("name,division,lat,address\n", "Missing: lng/经度"),
        ("name,place,地址,lat,lng,division\n", "The columns “place” and “地址” mean the same."),
        ("name,address,lat,lng,经 度,division\n", "The columns “lng” and “经 度” mean the same."),
    ],
)
def test_headings_that_are_missing_or_doubled_are_named_and_nothing_is_written(tmp_path, text, sentence):
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")

    with pytest.raises(tables.Unreadable) as refused:
        importer.import_file(path)

    assert str(refused.value).endswith(sentence)
    assert stored() == [[], [], []]


# Again


def test_a_second_run_writes_nothing(table):
    path = table(
        SHIMEN | {"datum": "gcj02", "facilities": "饮水机、空调", "opening_hours": "24/7"},
        JIAOJIANG | {"datum": "bd09", "facilities": "", "opening_hours": ""},
    )
    importer.import_file(path)
    before = stored()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = importer.import_file(path)

    assert counts(report) == (0, 0, 2, 0)
    assert written(queries) == []
    assert stored() == before


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_rows(table):
    one = table(SHIMEN | {"facilities": "空调"}, name="one.csv")
    more = table(*[SHIMEN | {"name": f"{n}号站", "facilities": "空调"} for n in range(30)], name="more.csv")
    for path in (one, more):
        importer.import_file(path)
    seen = []

    for path in (one, more):
        with CaptureQueriesContext(connection) as queries:
            importer.import_file(path)
        seen.append(len([q for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]))

    assert seen[0] == seen[1]


def test_a_row_changes_what_it_says_and_nothing_else(table):
    importer.import_file(table(SHIMEN | {"brand": "青蜂侠", "phone": "1", "tier": "smart", "about": "a"}))
    before = Station.objects.get()

    report = importer.import_file(table(SHIMEN | {"address": "新路2号", "phone": "", "tier": ""}))

    station = Station.objects.get()
    assert counts(report) == (0, 1, 0, 0)
    assert (station.pk, station.code) == (before.pk, before.code)
    assert (station.address, station.phone) == ("新路2号", "")
    assert (station.brand, station.tier, station.about) == ("青蜂侠", "smart", "a")
    assert station.updated_at > before.updated_at


def test_a_station_is_known_by_its_code_even_under_a_new_name(table):
    importer.import_file(table(SHIMEN))

    report = importer.import_file(
        table({"code": "331121-T-0001"} | SHIMEN | {"name": "新名字"}, {"code": ""} | SHIMEN)
    )

    assert counts(report) == (1, 1, 0, 0)
    assert list(Station.objects.values_list("code", "name")) == [
        ("331121-T-0001", "新名字"),
        ("331121-T-0002", "石门社区服务驿站"),
    ]


def test_new_codes_follow_the_highest_of_the_county_and_leave_those_in_the_file(table):
    divisions.load()
    make_station(code="331121-T-0041", division=Division.objects.get(code="331121"))
    rows = [SHIMEN, SHIMEN | {"name": "二号", "code": "331121-T-0042"}, JIAOJIANG]

    importer.import_file(table(*[{"code": ""} | row for row in rows]))

    codes = dict(Station.objects.values_list("name", "code"))
    assert codes["石门社区服务驿站"] == "331121-T-0043"
    assert codes["椒江驿站"] == "331002-T-0001"


def test_facilities_become_those_of_the_row_and_the_ones_that_stay_keep_their_state(table):
    importer.import_file(table(SHIMEN | {"facilities": "饮水机、空调"}))
    StationFacility.objects.filter(kind="water").update(state="needs_repair")
    before = Station.objects.get().updated_at

    report = importer.import_file(table(SHIMEN | {"facilities": "water; toilet"}))

    assert counts(report) == (0, 1, 0, 0)
    kinds = list(StationFacility.objects.values_list("kind", "state"))
    assert kinds == [("water", "needs_repair"), ("toilet", "working")]
    assert Station.objects.get().updated_at > before


def test_a_file_without_facilities_leaves_them_alone(table):
    importer.import_file(table(SHIMEN | {"facilities": "饮水机"}))

    report = importer.import_file(table(SHIMEN))

    assert counts(report) == (0, 0, 1, 0)
    assert StationFacility.objects.count() == 1


# The command


@pytest.mark.parametrize("batch", [1, 500])
def test_a_dry_run_says_the_same_and_writes_nothing(table, capsys, monkeypatch, batch):
    monkeypatch.setattr(importer, "BATCH", batch)
    importer.import_file(table(JIAOJIANG | {"code": "331002-T-0001"}))
    before = stored()
    rows = [
        JIAOJIANG | {"code": "331002-T-0001", "name": "新名字"},
        JIAOJIANG | {"lat": "28.1392", "lng": "121.2276"},
        SHIMEN,
        SHIMEN | {"code": "331121-T-0001"},
        SHIMEN | {"name": "零", "lat": "0", "lng": "0"},
    ]
    path = table(*[{"code": ""} | row for row in rows])

    with pytest.raises(CommandError) as trial:
        call_command("import_stations", path, "--dry-run")
    said = capsys.readouterr()
    assert stored() == before
    with pytest.raises(CommandError) as real:
        call_command("import_stations", path)

    assert (trial.value.returncode, real.value.returncode) == (1, 1)
    assert said.out == capsys.readouterr().out
    assert said.out.splitlines()[-7:] == [
        "Rows read: 5",
        "Created: 2",
        "Updated: 1",
        "Unchanged: 0",
        "Rejected: 2",
        "Positions to check: 1",
        "Opening hours to read: 0",
    ]
    assert "This was a trial: nothing was written." in said.err


def test_a_dry_run_works_on_a_database_without_divisions(table):
    report = importer.import_file(table(SHIMEN, JIAOJIANG), dry_run=True)

    assert counts(report) == (2, 0, 0, 0)
    assert stored() == [[], [], []]


def test_the_exit_status_tells_a_clean_run_from_rejected_rows_and_an_unreadable_file(table, tmp_path, capsys):
    photo = tmp_path / "photo.xlsx"
    photo.write_bytes(bytes.fromhex("FFD8FFE000104A464946"))

    call_command("import_stations", table(SHIMEN))
    with pytest.raises(CommandError) as rejected:
        call_command("import_stations", table(SHIMEN | {"lat": "x"}))
    with pytest.raises(CommandError) as unreadable:
        call_command("import_stations", photo)

    assert (rejected.value.returncode, unreadable.value.returncode) == (1, 2)
    assert str(unreadable.value) == "This is not an Excel workbook, although its name ends in .xlsx."
