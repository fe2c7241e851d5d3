"""Searching by characters, pinyin and initials; places that somebody types."""

import re

import pytest
from django.utils.translation import override

from stations import directory, divisions, places, search
from stations.directory import Wanted
from stations.models import Division, Station
from stations.refusals import Refusal
from stations.tests.factories import make_station

# As the counties are called by those who live there.
READINGS = """
杭州 hangzhou 上城 shangcheng 拱墅 gongshu 西湖 xihu 滨江 binjiang 萧山 xiaoshan 余杭 yuhang 富阳 fuyang
临安 linan 临平 linping 钱塘 qiantang 桐庐 tonglu 淳安 chunan 建德 jiande
宁波 ningbo 海曙 haishu 江北 jiangbei 北仑 beilun 镇海 zhenhai 鄞州 yinzhou 奉化 fenghua 象山 xiangshan
宁海 ninghai 余姚 yuyao 慈溪 cixi
温州 wenzhou 鹿城 lucheng 龙湾 longwan 瓯海 ouhai 洞头 dongtou 永嘉 yongjia 平阳 pingyang 苍南 cangnan
文成 wencheng 泰顺 taishun 瑞安 ruian 乐清 yueqing 龙港 longgang
嘉兴 jiaxing 南湖 nanhu 秀洲 xiuzhou 嘉善 jiashan 海盐 haiyan 海宁 haining 平湖 pinghu 桐乡 tongxiang
湖州 huzhou 吴兴 wuxing 南浔 nanxun 德清 deqing 长兴 changxing 安吉 anji
绍兴 shaoxing 越城 yuecheng 柯桥 keqiao 上虞 shangyu 新昌 xinchang 诸暨 zhuji 嵊州 shengzhou
金华 jinhua 婺城 wucheng 金东 jindong 武义 wuyi 浦江 pujiang 磐安 panan 兰溪 lanxi 义乌 yiwu 东阳 dongyang
永康 yongkang
衢州 quzhou 柯城 kecheng 衢江 qujiang 常山 changshan 开化 kaihua 龙游 longyou 江山 jiangshan
舟山 zhoushan 定海 dinghai 普陀 putuo 岱山 daishan 嵊泗 shengsi
台州 taizhou 椒江 jiaojiang 黄岩 huangyan 路桥 luqiao 三门 sanmen 天台 tiantai 仙居 xianju 温岭 wenling
临海 linhai 玉环 yuhuan
丽水 lishui 莲都 liandu 青田 qingtian 缙云 jinyun 遂昌 suichang 松阳 songyang 云和 yunhe 庆元 qingyuan
景宁 jingning 龙泉 longquan
"""


def names(q):
    return [found.station.name for found in directory.find(Wanted(q=q))[0:50]]


@pytest.fixture
def counties(db):
    divisions.load()
    return {division.name: division for division in Division.objects.all()}


@pytest.fixture
def shimen(counties):
    return make_station(
        name="石门社区服务驿站",
        brand="爱心驿家",
        division=counties["莲都区"],
        address="大洋路12号",
        landmark="公交站旁",
    )


# Pinyin


def test_every_county_and_prefecture_is_read_as_its_people_read_it(counties):
    expected = dict(re.findall(r"(\S+) (\w+)", READINGS))
    full = {name: search.readings(name)[1] for name in counties}

    assert len(expected) == len(counties) == 101
    for short, pinyin in expected.items():
        [name] = [name for name in counties if name.startswith(short)]
        assert full[name].startswith(pinyin), name
        assert full[name][len(pinyin) :] in ("shi", "qu", "xian", "shezuzizhixian"), name
        assert search.readings(short)[1] == pinyin


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("丽水市莲都区", "lishuishilianduqu"),
        ("浙江省台州市椒江区", "zhejiangshengtaizhoushijiaojiangqu"),
        ("长庆街道", "changqingjiedao"),
        ("长街镇", "changjiezhen"),
        ("站长", "zhanzhang"),
        ("乐成街道", "yuechengjiedao"),
        ("莘塍街道", "xinchengjiedao"),
        ("崧厦街道", "songxiajiedao"),
        ("会稽山", "kuaijishan"),
        ("朝晖街道", "zhaohuijiedao"),
        ("葭沚街道", "jiazhijiedao"),
        ("中国工商银行", "zhongguogongshangyinhang"),
    ],
)
def test_places_are_read_right_within_longer_names(text, pinyin):
    assert search.readings(text)[1] == pinyin


def test_numbers_stay_whole_in_initials():
    assert search.readings("365劳动者驿站001号站")[1:] == ["365laodongzheyizhan001haozhan", "365ldzyz001hz"]
    assert search.indexed("331002-T-0001", "", "石门") == "331002t0001 石门 shimen sm"


# Finding


@pytest.mark.parametrize(
    "q",
    [
        "石门",
        "shimen",
        "SHI MEN",
        "smsq",
        "smsqfwyz",
        "ｓｍｓｑ",
        "石门 驿站",
        "驿站 石门",
        "莲都",
        "liandu",
        "ldq",
        "lishui",
        "lianduqu shimen",
        "大洋路12号",
        "大洋路 12号",
        "dayanglu12",
        "大洋路１２号",
        "爱心驿家",
        "axyj",
        "公交站",
        "t-00077",
        "!!",
        "",
    ],
)
def test_every_word_is_found_somewhere_in_any_spelling(shimen, q):
    Station.objects.update(code="T-00077")
    shimen.refresh_from_db()
    shimen.save()

    assert names(q) == ["石门社区服务驿站"]


@pytest.mark.parametrize("q", ["石门 不存在", "hangzhou", "shimeng", "石%站", "石_社区", "石 % 不"])
def test_what_is_not_there_is_not_found_and_wildcards_mean_nothing(shimen, q):
    assert names(q) == []


def test_a_station_is_found_by_its_new_name_at_once(shimen):
    shimen.name = "台州湾驿站"
    shimen.save()

    assert names("tzw") == names("taizhouwan") == ["台州湾驿站"]
    assert names("石门") == []


# Places


@pytest.mark.parametrize("text", ["28.5,120.1", " 28.5 , 120.1 "])
def test_coordinates_are_a_place(counties, text):
    place = places.locate(text)

    assert place.point == (28.5, 120.1)


@pytest.mark.parametrize(
    "text",
    ["椒江", "椒江区", "台州市椒江区", "台州 椒江", "浙江省台州市椒江区", "331002", "３３１００２"],
)
def test_a_county_in_any_spelling_is_its_middle(counties, text):
    jiaojiang = counties["椒江区"]

    assert places.locate(text) == places.Place(jiaojiang.latitude, jiaojiang.longitude, "台州市椒江区")


def test_a_prefecture_is_its_middle_too(counties):
    assert places.locate("丽水").name == "丽水市"


@pytest.mark.parametrize("text", ["", "  ", "\0"])
def test_nothing_typed_is_no_place(counties, text):
    assert places.locate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "大洋路12号",
        "大洋路 12 号",
        "大洋路99号",
        "石门社区",
        "smsq",
        "莲都区大洋路",
        "丽水市莲都区大洋路3号2楼",
        "浙江省丽水市莲都区 大洋路",
    ],
)
def test_an_address_is_the_place_of_the_station_there(shimen, text):
    place = places.locate(text)

    assert place == places.Place(shimen.latitude, shimen.longitude, "丽水市莲都区大洋路12号")


def test_a_station_of_that_name_comes_before_one_in_a_street_of_that_name(shimen, counties):
    make_station(name="大洋路驿站", division=counties["莲都区"], address="中山街很长很长的地址1号")

    assert places.locate("大洋路").name == "丽水市莲都区中山街很长很长的地址1号"


def test_an_unknown_street_of_a_known_county_is_the_middle_of_the_county(shimen, counties):
    assert places.locate("椒江区不知道路5号").name == "台州市椒江区"
    assert places.locate("椒江区大洋路").name == "台州市椒江区"


def test_a_withdrawn_station_is_no_place(shimen):
    Station.objects.update(status=Station.Status.WITHDRAWN)

    with pytest.raises(Refusal), override("en"):
        places.locate("石门社区")


def test_a_place_that_is_not_known_says_what_to_try(shimen):
    with pytest.raises(Refusal) as refusal, override("en"):
        places.locate("月球背面")

    assert str(refusal.value) == "“月球背面” was not found. Try a county, a street, or the name of a station."


def test_a_name_that_two_places_share_is_not_guessed(counties):
    Division.objects.create(
        code="339999", name="普陀区", prefecture="杭州市", latitude=30, longitude=120, population=1
    )

    with pytest.raises(Refusal) as refusal:
        places.locate("普陀")

    assert refusal.value.code == "ambiguous"
    assert "舟山市普陀区 330922" not in str(refusal.value)
    assert "舟山市普陀区 330903" in str(refusal.value)


# Choosing and labelling


def test_counties_with_stations_stand_under_their_prefecture_which_comes_first(shimen, counties):
    make_station(name="已退出", division=counties["椒江区"], status=Station.Status.WITHDRAWN)

    groups = [(name, [each.name for each in group]) for name, group in places.by_prefecture()]

    assert groups == [("丽水市", ["丽水市", "莲都区"])]


def test_every_division_has_a_label(counties):
    labels = places.labels()

    assert len(labels) == 101
    assert [label[2:] for label in labels[:2]] == [["杭州市", True], ["上城区", False]]
