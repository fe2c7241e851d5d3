from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.points import PointsEntry
from stations.models import Station


class HazardReportQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=HazardReport.State.PENDING)

    def with_points(self):
        """Annotate `.points`: what the report has earned, None where nothing."""
        key = Concat(Value(HazardReport.KEY), Cast(OuterRef("pk"), models.CharField()))
        return self.annotate(points=Subquery(PointsEntry.objects.filter(key=key).values("points")))


class HazardReport(models.Model):
    """A danger that somebody has photographed on the way (随手拍), for the nearest station to look at."""

    KEY = "hazard:"  # its points are entered in the ledger under this and its number

    class Category(models.TextChoices):
        ROAD = "road", _("Hole or damage in the road")
        MANHOLE = "manhole", _("Manhole cover missing or loose")
        FIRE_EXIT = "fire_exit", _("Fire exit or fire lane blocked")
        ELECTRIC = "electric", _("Bare wire or unsafe charging")
        FALLEN = "fallen", _("Fallen tree, loose sign")
        LIGHT = "light", _("Street light out")
        LITTER = "litter", _("Litter, water or oil on the ground")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be checked")
        VERIFIED = "verified", _("Verified")
        DECLINED = "declined", _("Not verified")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="hazard_reports",
        db_index=False,  # hazards_of_person begins with it
        verbose_name=_("reporter"),
    )
    category = models.CharField(_("kind of hazard"), max_length=9, choices=Category)
    text = models.CharField(_("what is to be seen"), max_length=300, blank=True)
    photo = models.FileField(_("photo"), upload_to="hazards")
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    place = models.CharField(_("where"), max_length=120, blank=True)
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="hazard_reports", verbose_name=_("nearest station")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING, editable=False)
    answer = models.CharField(_("answer to the reporter"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("sent in at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = HazardReportQuerySet.as_manager()
    history = HistoricalRecords()
    # The row itself says when and by whom; a line would tell the reporter's name to all who read lines.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("hazard report")
        verbose_name_plural = _("hazard reports")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The desk: what nobody has looked at yet, the oldest first.
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="hazard_queue"),
            models.Index(fields=["person", "-created_at"], name="hazards_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(27, 31.5)) & Q(longitude__range=(117.5, 123.5)),
                name="hazard_lies_in_zhejiang",
            ),
            models.CheckConstraint(condition=~Q(photo=""), name="hazard_has_a_photo"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(state="pending"),
                name="hazard_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined", answer=""), name="hazard_is_declined_with_a_reason"
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()} · {self.where}"

    def get_absolute_url(self):
        return reverse("hazards:report", args=[self.pk])

    @property
    def where(self):
        """The reporter's own words for the place, or the station that is nearest."""
        return self.place or gettext("near %(station)s") % {"station": self.station}

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude

    @property
    def key(self):
        """What its points are entered under."""
        return f"{self.KEY}{self.pk}"

    @property
    def day(self):
        """The day in Zhejiang on which it counts."""
        return timezone.localdate(self.created_at)
