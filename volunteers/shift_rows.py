"""One row of a table of shifts: its words become values, or reasons why not."""

import re
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.imports import spellings
from stations.imports.station_rows import Choice, Day, cleaned, plain_digits
from stations.search import plain
from volunteers.models import CredentialKind, ServiceKind, Shift
from volunteers.shift_tables import NotText

HEADINGS = {
    "station": "station station_code 驿站 站点 驿站编码 站点编码 站点编号 驿站名称 站点名称",
    "kind": "service kind 服务 服务类型 服务项目",
    "role": "role 岗位 角色",
    "date": "date day 日期 服务日期",
    "starts": "starts starts_at start 开始 开始时间",
    "ends": "ends ends_at end 结束 结束时间",
    "minutes": "minutes duration 分钟 时长 时长（分钟）",
    "places": "places max 名额 人数",
    "needed": "needed min needed_at_least 至少人数 最少人数 最低人数",
    "extra_credential": "document credential document_needed 资质 所需资质 所需证件",
    "bring": "bring what_to_bring 携带物品 请携带 需携带",
    "risks": "risks risk 风险 风险提示",
    "organiser": "organiser organizer organised_by 主办单位 组织单位",
    "status": "state status 状态",
}
REQUIRED = [{"station"}, {"kind"}, {"date"}, {"starts"}, {"ends", "minutes"}]
spellings.CHOICES |= {
    ServiceKind: {
        "legal": "法律咨询 法律服务 法律援助",
        "counselling": "心理关爱 心理咨询 心理疏导",
        "haircut": "免费理发 理发 义剪",
        "clinic": "公益义诊 义诊",
        "photo": "证件照拍摄 证件照",
        "training": "技能培训 培训",
        "helper": "服务协助 协助 帮手",
    },
    CredentialKind: {
        "lawyer": "律师执业证 律师证",
        "counsellor": "心理咨询资质 心理咨询师证 心理咨询师",
        "medical": "医师执业证 医师执业证书 医师证 护士执业证",
    },
    Shift.Status: {"published": "已发布 发布", "draft": "草稿", "cancelled": "已取消 取消"},
}
NO_DOCUMENT = {plain(word) for word in ("none", "no", "无", "不需要", "没有")}
CLOCK = re.compile(r"(\d{1,2})[:.点时](\d{2})?分?(?::\d{2})?")
LONGEST = timedelta(hours=14)
YEARS = range(2000, 2101)  # another is a slip of the hand


class Clock(forms.CharField):
    """A time of the day, as the time from its beginning; 24:00 is its end."""

    def to_python(self, value):
        text = super().to_python(value)
        match = CLOCK.fullmatch(plain_digits(text))
        found = match and timedelta(hours=int(match[1]), minutes=int(match[2] or 0))
        if text and (not match or found > timedelta(days=1) or int(match[2] or 0) > 59):
            raise ValidationError(_("“%(text)s” is not a time such as 14:00."), params={"text": text})
        return text and found


class Date(Day):
    def to_python(self, value):
        day = super().to_python(value)
        if day and day.year not in YEARS:
            raise ValidationError(_("The year %(year)d cannot be meant."), params={"year": day.year})
        return day


class Document(Choice):
    def to_python(self, value):
        return "none" if plain(value) in NO_DOCUMENT else super().to_python(value)

    def clean(self, value):
        found = super().clean(value)
        return "" if found == "none" else found


class State(Choice):
    def to_python(self, value):
        found = super().to_python(value)
        if found == Shift.Status.CANCELLED:
            raise ValidationError(_("A table cancels nothing. Please cancel the shift itself, and say why."))
        return found


def of_model(name):
    return Shift._meta.get_field(name).formfield()


FIELDS = {
    "station": forms.CharField(max_length=100),
    "kind": Choice(ServiceKind),
    "role": of_model("role"),
    "date": Date(),
    "starts": Clock(),
    "ends": Clock(),
    "minutes": forms.IntegerField(min_value=1, max_value=int(LONGEST.total_seconds() // 60)),
    "places": forms.IntegerField(min_value=1, max_value=500),
    "needed": forms.IntegerField(min_value=1, max_value=500),
    "extra_credential": Document(CredentialKind),
    **{name: of_model(name) for name in ("bring", "risks", "organiser")},
    "status": State(Shift.Status),
}
FIELDS["date"].required = True
# Of these an empty cell says nothing: a shift that is there keeps its own.
SILENT = {"ends", "minutes", "places", "needed", "extra_credential", "status"}


def read(texts) -> tuple[dict, list]:
    """(values by field of a shift, problems as pairs of field and reason) of a row of texts by field."""
    problems = [
        (name, _("Please write one text or number here."))
        for name, text in texts.items()
        if isinstance(text, NotText)
    ]
    wrong = {name for name, _reason in problems}
    good = {name: text for name, text in texts.items() if name not in wrong}
    values, more = cleaned(FIELDS, good, SILENT.__contains__)
    problems += more
    named = {name for name, _reason in problems}
    if named.isdisjoint({"date", "starts", "ends", "minutes"}):
        problems += put_times(values)
    return values, problems


def put_times(values) -> list:
    """Turn date and times into `starts_at` and `ends_at`; an end before the start is on the next day."""
    day, starts = values.pop("date"), values.pop("starts")
    ends, minutes = values.pop("ends", None), values.pop("minutes", None)
    if ends is None and minutes is None:
        return [("ends", _("Please write when it ends."))]
    if starts == timedelta(days=1):
        return [("starts", _("Please write 0:00 and the next day."))]
    lasts = timedelta(minutes=minutes) if ends is None else ends - starts
    if lasts < timedelta(0):
        lasts += timedelta(days=1)
    if ends is not None and minutes is not None and lasts != timedelta(minutes=minutes):
        return [("minutes", _("End and minutes do not agree."))]
    if not lasts:
        return [("ends", _("It ends when it begins."))]
    if lasts > LONGEST:
        return [("ends", _("A shift lasts 14 hours at most."))]
    begin = timezone.make_aware(datetime.combine(day, datetime.min.time()) + starts)
    values["starts_at"], values["ends_at"] = begin, begin + lasts
    return []
