"""How people write headings and choices in their tables: Chinese, English, short forms."""

from functools import cache, lru_cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from stations.datum import Datum
from stations.models import FacilityKind, Occupation, Role, Station, StationFacility
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
    "landmark": "landmark 地标 参照物 附近标志",
    "storey": "storey floor 楼层 所在楼层",
    "is_street_facing": "is_street_facing street_facing 临街 是否临街 沿街 是否沿街",
    "latitude": "lat latitude 纬度",
    "longitude": "lng lon long longitude 经度",
    # In which datum this table's numbers are, where that is not the datum they once came in.
    "coordinates_in": "coordinates_in 经纬度坐标系 本表坐标系",
    "source_datum": "datum source_datum 坐标系 来源坐标系",
    "position": "position 位置精度",
    "opening_hours": "opening_hours hours 开放时间 服务时间",
    "hours_as_written": "hours_as_written 开放时间原文 服务时间原文",
    "status": "status 状态 站点状态",
    "access": "access 值守方式 值守情况",
    "tier": "tier 等级 站点等级 级别",
    "build_mode": "build_mode 建设方式 建设模式",
    "host": "host run_by 运营单位 建设单位 管理单位",
    "partner": "partner 共建单位 合作单位",
    "occupations": "occupations occupation 服务对象 主要服务人群 服务人群",
    "roles": "roles role 四个站 站点功能",
    "design_theme": "design_theme theme 设计主题 特色主题",
    "amap_poi_id": "amap_poi_id amap_id 高德poi 高德编号",
    "baidu_uid": "baidu_uid 百度uid 百度编号",
    "map_checked_on": "map_checked_on 地图核对日期 上图核对日期",
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
    Station.Access: {
        "staffed": "有人值守 有人",
        "self_service": "无人值守 无人 自助 unstaffed",
        "code": "密码开门 密码",
        "card": "刷卡开门 刷卡",
    },
    Station.Tier: {
        "basic": "基本型 基本型站点",
        "benchmark": "标杆型 标杆型站点",
        "smart": "24小时智能化站点 24小时智能化 智能化",
        "micro": "微站",
    },
    Station.BuildMode: {"self_built": "自建 工会自建", "co_built": "共建 合建"},
    Occupation: {
        "sanitation": "环卫工人 环卫工 环卫",
        "gardening": "市政园林养护工 市政园林 园林工人 园林绿化工",
        "courier": "快递员 快递",
        "rider": "外卖员 外卖骑手 外卖配送员 骑手",
        "taxi": "出租车司机 出租车",
        "ride_hailing": "网约车司机 网约车",
        "truck": "货车司机 货运司机 卡车司机",
        "traffic": "交警辅警 交通协管员 交警 辅警",
        "parking": "停车收费员 道路停车收费员",
        "building": "建筑工人 建筑工",
        "security": "保安 保安员",
        "fishery": "渔业工人 渔民",
        "other": "其他户外劳动者 其他",
    },
    Role: {"publicity": "宣传站", "outreach": "前哨站", "rest": "中转站", "relay": "接力站"},
    StationFacility.State: {
        "working": "正常 可用 完好",
        "needs_repair": "待维修 待修",
        "out_of_service": "停用 暂停使用",
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


def headings(fields) -> dict:
    return {plain(word): field for field, words in fields.items() for word in words.split()}


@lru_cache(maxsize=4096)
def find(kind, text):
    """The value that a text stands for, or None."""
    return choices(kind).get(plain(text))


@cache
def choices(kind) -> dict:
    known = {plain(word): value for value, words in CHOICES[kind].items() for word in words.split()}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {plain(str(label)): value for value, label in kind.choices}
    return known | {plain(value): value for value in kind.values}


def heading(fields, field) -> str:
    """A field's heading in English and in Chinese, for a message: `lat/纬度`."""
    words = fields[field].split()
    return f"{words[0]}/{next(word for word in words if not word.isascii())}"
