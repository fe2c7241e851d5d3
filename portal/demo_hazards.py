"""Two invented hazard reports near the demo's station: one that waits, one that was verified."""

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from events import hazards
from events.models import HazardReport


def load(station, people):
    """`people` by the name in their address. A second time adds nothing."""
    if HazardReport.objects.filter(station=station).exists():
        return
    latitude, longitude = station.latitude, station.longitude
    mended = hazards.report(
        people["volunteer"],
        category=HazardReport.Category.LITTER,
        text="演示：雨后积水，晚上看不清",
        photo=hazard(puddle),
        point=(latitude + 0.0006, longitude - 0.0009),
        place="演示：社区广场西侧路口",
        address="demo",
    )
    hazards.verify(mended, by=people["manager"], reason="谢谢，已经请环卫师傅清理了。")
    hazards.report(
        people["newcomer"],
        category=HazardReport.Category.MANHOLE,
        text="演示：井盖翘起来了，电动车压上去会响",
        photo=hazard(manhole),
        point=(latitude - 0.0004, longitude + 0.0007),
        place="演示：瓯南街道菜场门口",
        address="demo",
    )


def hazard(draw_it) -> ContentFile:
    """A drawn street with a hazard on it, so that nobody takes it for a photo of a real place."""
    image = Image.new("RGB", (960, 720), "#dcebf5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, 960, 720), fill="#8a8594")
    draw.rectangle((0, 280, 960, 320), fill="#cfc8bd")
    for left in range(40, 960, 240):
        draw.rectangle((left, 500, left + 120, 514), fill="#fbf9fd")
    draw_it(draw)
    draw.text((480, 140), "DEMO", fill="#3f1f66", anchor="mm", font=ImageFont.load_default(64))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return ContentFile(content.getvalue(), name="demo.jpg")


def puddle(draw):
    draw.ellipse((260, 430, 760, 640), fill="#2f6690")
    draw.ellipse((330, 460, 560, 540), fill="#6f9dc0")


def manhole(draw):
    draw.ellipse((300, 440, 680, 640), fill="#241b2f")
    draw.polygon([(320, 470), (640, 360), (740, 440), (420, 560)], fill="#5f5670", outline="#241b2f")
