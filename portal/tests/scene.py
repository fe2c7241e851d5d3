"""Who and what the pictures of volunteering show: the demo's station and lawyer, and a few more."""

from itertools import cycle

from events.tests.factories import at_hour
from portal import demo
from portal.models import User
from stations.models import Station
from stations.tests.factories import make_user
from volunteers.models import Volunteer
from volunteers.tests.factories import make_shift, make_signup, make_volunteer

ROLES = [
    f"{what}{where}"
    for where in ("", "（北门）", "（南门）")
    for what in ("引导", "登记", "递水", "翻译", "值守", "搬运", "摄影", "巡查")
]


class Scene:
    """The demo's station, its manager, its lawyer, and others who help there."""

    def __init__(self):
        demo.load()
        self.station = Station.objects.get(name=demo.SHIMEN)
        self.manager = User.objects.get(email="manager@example.org")
        self.lawyer = Volunteer.objects.get(person__email="volunteer@example.org")
        self.roles = cycle(ROLES)
        self.first, self.second, self.third = map(self.somebody, ("周敏", "陈大伟", "欧阳小红"))

    def somebody(self, name, **kw):
        person = make_user(name=name, phone=f"+86138001{User.objects.count():05}")
        return make_volunteer(person=person, home_station=self.station, **kw)

    def shift(self, *on_it, days=1, **kw):
        """At 16:00 in so many days, each of another role."""
        kw = {"starts_at": at_hour(16, days=days), "role": next(self.roles), "bring": "水杯、遮阳帽", **kw}
        shift = make_shift(station=self.station, **kw)
        for volunteer in on_it:
            make_signup(shift=shift, volunteer=volunteer)
        return shift

    def over(self, volunteer, *, days, **kw):
        """Her place on a shift of so many days ago."""
        return make_signup(shift=self.shift(days=-days), volunteer=volunteer, **kw)
