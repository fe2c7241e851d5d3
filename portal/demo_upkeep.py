"""What goes on at the demo's stations: cabinets, faults, a day closed for cleaning, pictures."""

import io
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from stations import faults
from stations.models import OpeningException, StationPhoto, SwapCabinet

# station, operator, number there; no feed knows these numbers, so what is in them stays unknown
CABINETS = [
    ("“365+劳动者驿站”001号站", SwapCabinet.Operator.TOWER, "DEMO-TT-001"),
    ("“365+劳动者驿站”001号站", SwapCabinet.Operator.ZHELI, "DEMO-ZL-001"),
]

# station, colour of its front, what the picture shows
PICTURES = [
    ("石门社区服务驿站", "#5b2e91", "演示图片：紫色门头的驿站，门在正中"),
    ("“365+劳动者驿站”001号站", "#146c43", "演示图片：绿色门头的驿站，门在正中"),
    ("爱心驿家微站", "#b3261e", "演示图片：红色门头的小站，门在正中"),
    ("舟山海岛驿站", "#2f6690", "演示图片：蓝色门头的海岛小站，门在正中"),
]


def load(stations, manager):
    """`stations` by name. A second time adds nothing, save the closure when the last one is over."""
    for name, operator, number in CABINETS:
        SwapCabinet.objects.get_or_create(
            operator=operator, external_id=number, defaults={"station": stations[name]}
        )
    for name, colour, alt in PICTURES:
        if not stations[name].photos.exists():
            StationPhoto.objects.create(station=stations[name], image=front(colour), alt=alt)
            stations[name].touch()
    report_faults(stations["石门社区服务驿站"], manager)
    close_next_monday(stations["安吉城市驿站"])


def report_faults(station, manager):
    if station.faults.exists():
        return
    faults.report(station, kind="rain_gear", text="雨伞借完了，雨衣只剩小号", address="demo")
    report = faults.report(station, kind="ebike_charging", text="右边的插座没有电", address="demo")
    faults.take_up(report.fault, by=manager)


def close_next_monday(station):
    today = timezone.localdate()
    if station.exceptions.filter(ends_on__gte=today).exists():
        return
    monday = today + timedelta(days=7 - today.weekday())
    OpeningException.objects.create(station=station, starts_on=monday, ends_on=monday, reason="清洁消毒")
    station.touch()


def front(colour) -> ContentFile:
    """A drawn front of a station, so that nobody takes it for a photo of a real one."""
    image = Image.new("RGB", (960, 720), "#dcebf5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 960, 720), fill="#cfc8bd")
    draw.rectangle((140, 240, 820, 600), fill="#fbf9fd")
    draw.rectangle((110, 180, 850, 270), fill=colour)
    draw.rectangle((420, 360, 540, 600), fill=colour)
    for left in (200, 600):
        draw.rectangle((left, 340, left + 160, 480), fill="#f6b44b")
    draw.text((480, 225), "DEMO", fill="#fff", anchor="mm", font=ImageFont.load_default(64))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return ContentFile(content.getvalue(), name="demo.jpg")
