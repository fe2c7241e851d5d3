"""What may be asked of many stations at once."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from stations import hours, search
from stations.models.divisions import Division
from stations.models.kinds import MEETS

ALWAYS = ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00")


class StationQuerySet(models.QuerySet):
    def listed(self):
        """Stations the public sees; withdrawn ones are history."""
        return self.exclude(status=self.model.Status.WITHDRAWN)

    def meeting(self, need):
        """Stations with a working facility for one of the four needs."""
        return self.filter(self.works(MEETS[need]))

    def equipped(self, kinds):
        """Stations where each of these facilities works."""
        return self.filter(*(self.works([kind]) for kind in kinds))

    def works(self, kinds):
        facilities = self.model.facilities.field.model
        working = facilities.objects.filter(kind__in=kinds, state=facilities.State.WORKING)
        return Exists(working.filter(station=OuterRef("pk")))

    def always_open(self):
        """Stations in use that are open day and night, today as well."""
        today = timezone.localdate()
        return self.running().filter(~self.differs(today, today), opening_hours__in=ALWAYS)

    def open_at(self, moment):
        """Stations open at a moment. Each opening text is read once; those with other hours one by one."""
        day = timezone.localdate(moment)
        # A day to each side: hours may run past midnight.
        differs = self.differs(day - timedelta(days=1), day + timedelta(days=1))
        running = self.running()
        texts = running.order_by().values_list("opening_hours", flat=True).distinct()
        usual = Q(opening_hours__in=[text for text in texts if hours.opening(text, moment).is_open])
        others = list(running.filter(differs).prefetch_related("exceptions"))
        if not others:
            return running.filter(usual)
        opened = [station.pk for station in others if station.opening(moment).is_open]
        return running.filter(usual & ~differs | Q(pk__in=opened))

    def running(self):
        """Stations that are neither closed for a while nor withdrawn."""
        return self.filter(status=self.model.Status.OPEN)

    def differs(self, first, last):
        exceptions = self.model.exceptions.field.model.objects
        return Exists(exceptions.filter(station=OuterRef("pk"), starts_on__lte=last, ends_on__gte=first))

    def unattended(self):
        """Stations where nobody needs to be there for the door to open."""
        return self.exclude(access=self.model.Access.STAFFED)

    def serving(self, occupation):
        """Stations that name an occupation among those they serve first."""
        return self.filter(occupations__has=occupation)

    def in_division(self, code):
        """Stations of a county, or of all counties of a prefecture."""
        if code.endswith("00"):
            return self.filter(division__code__startswith=code[:4])
        return self.filter(division=code)

    def inside(self, box):
        """Stations between `south` and `north`, `west` and `east`."""
        stations = self.filter(latitude__range=(box.south, box.north))
        return stations.filter(longitude__range=(box.west, box.east))

    def matching(self, text):
        """Stations where every word is found, or found in their county's name; all for no words."""
        stations = self
        for word in search.words(text):
            counties = Division.objects.filter(search__contains=word)
            stations = stations.filter(Q(search__contains=word) | Q(division__in=counties.values("pk")))
        return stations

    def with_details(self):
        """With what a row of a list shows, in four questions however many stations there are."""
        faults = self.model.faults.field.model.objects
        still_open = Prefetch("faults", faults.open())
        return self.select_related("division").prefetch_related("facilities", "exceptions", still_open)
