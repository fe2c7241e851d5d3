"""How people write headings and choices in their tables: Chinese, English, short forms."""

from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from stations.datum import Datum
from stations.models import FacilityKind, Station
from stations.search import plain


class Answer(TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


# What is read, beside the same words in other cases, widths and punctuation (see `plain`).
HEADINGS = {
    "code": "code 编号 编码 站点编号 站点编码",
    "name": "name 名称 站点名称 驿站名称",
    "brand": "brand 品牌",
    "division_code": "division_code 区划代码 行政区划代码",
    "division": "division county 县市区 县（市、区） 区县 所属区县 所属县市区 行政区划",
    "address": "address place 地址 详细地址 站点地址",
    "latitude": "lat latitude 纬度",
    "longitude": "lng lon long longitude 经度",
    "source_datum": "datum source_datum 坐标系",
    "position": "position 位置精度",
    "opening_hours": "opening_hours hours 开放时间 服务时间",
    "status": "status 状态 站点状态",
    "access": "access 值守方式 值守情况",
    "tier": "tier 等级 站点等级 级别",
    "phone": "phone telephone 电话 联系电话",
    "about": "about 简介 站点简介",
    "facilities": "facilities facility 设施 服务设施",
    "is_demo": "is_demo demo 演示数据",
}

# Beside the value itself and its label in every language of the site.
CHOICES = {
    Answer: {"yes": "是 true 1 y", "no": "否 false 0 n"},
    Datum: {
        "wgs84": "wgs gps epsg4326 cgcs2000 天地图",
        "gcj02": "gcj 高德 高德地图 腾讯 腾讯地图 火星坐标 火星坐标系 amap",
        "bd09": "bd09ll 百度 百度地图 百度坐标 baidu",
    },
    Station.Position: {"exact": "精确 精确位置 准确", "approximate": "大致 大致位置 近似"},
    Station.Status: {
        "open": "在用 使用中 正常 开放 开放中",
        "closed": "暂停开放 暂停",
        "renovation": "改造中 改造",
        "withdrawn": "已退出 退出",
    },
    Station.Access: {"staffed": "有人值守 有人", "self_service": "无人值守 无人 自助 unstaffed"},
    Station.Tier: {
        "basic": "基本型 基本型站点",
        "benchmark": "标杆型 标杆型站点",
        "smart": "24小时智能化站点 24小时智能化 智能化",
        "micro": "微站",
    },
    FacilityKind: {
        "table": "桌椅",
        "water": "饮水机 饮用水 饮水",
        "microwave": "微波炉",
        "first_aid": "应急药箱 急救箱 药箱",
        "phone_charging": "手机充电 充电插座",
        "battery_swap": "换电柜 换电",
        "ebike_charging": "电动车充电",
        "air_conditioning": "空调",
        "heater": "取暖设备 取暖",
        "fridge": "冰箱",
        "toilet": "厕所（附近） 厕所 卫生间 公厕",
        "wifi": "无线网络 无线网 无线",
        "rain_gear": "雨具 雨伞",
        "tools": "常用工具 工具",
        "tyre_pump": "打气筒",
        "blood_pressure": "血压仪 血压计",
        "reading": "阅读区 阅读角",
        "baby_room": "母婴室",
        "wheelchair": "无障碍通道 无障碍",
        "bike_parking": "非机动车停放处 非机动车停车",
        "vending": "自动售货机 售货机",
        "call_button": "一键呼叫",
    },
}


@cache
def headings() -> dict:
    return {plain(word): field for field, words in HEADINGS.items() for word in words.split()}


@cache
def choices(kind) -> dict:
    known = {plain(word): value for value, words in CHOICES[kind].items() for word in words.split()}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {plain(str(label)): value for value, label in kind.choices}
    return known | {plain(value): value for value in kind.values}


def heading(field) -> str:
    """A field's heading in English and in Chinese, for a message: `lat/纬度`."""
    words = HEADINGS[field].split()
    return f"{words[0]}/{next(word for word in words if not word.isascii())}"
