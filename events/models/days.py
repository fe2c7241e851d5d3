"""When a station offers services, and when it redeems points."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models import Station

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class ServiceDayQuerySet(models.QuerySet):
    def upcoming(self):
        """Published days that are not over yet, soonest first."""
        return self.filter(is_published=True, ends_at__gt=timezone.now()).order_by("starts_at")


class ServiceDay(models.Model):
    """A day on which a station offers services: the Friday 周周服务日, a festival, a free clinic."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="service_days", verbose_name=_("station")
    )
    title = models.CharField(_("title"), max_length=80)
    about = models.TextField(_("about"), blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_published = models.BooleanField(_("published"), default=True)

    objects = ServiceDayQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("service day")
        verbose_name_plural = _("service days")
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["is_published", "ends_at"], name="service_day_upcoming")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="service_day_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.UniqueConstraint(
                fields=["station", "title", "starts_at"],
                name="service_day_once",
                violation_error_message=_("This service day exists already."),
            ),
        ]

    def __str__(self):
        return f"{self.title} · {self.station}"


class RedemptionDay(models.Model):
    """A weekday or a day of the month on which points can be redeemed at a station (积分兑换日).

    Fridays by default, in Asia/Shanghai. The 31st of a month with 30 days does not happen.
    """

    FRIDAY = 4

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="redemption_days", verbose_name=_("station")
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=WEEKDAYS, null=True, blank=True, default=FRIDAY
    )
    day_of_month = models.PositiveSmallIntegerField(
        _("or day of the month"), choices=[(n, n) for n in range(1, 32)], null=True, blank=True
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("redemption day")
        verbose_name_plural = _("redemption days")
        ordering = ["station", "weekday", "day_of_month"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "weekday"],
                name="redemption_day_once_per_weekday",
                violation_error_message=_("This weekday is a redemption day already."),
            ),
            models.UniqueConstraint(
                fields=["station", "day_of_month"],
                name="redemption_day_once_per_day_of_month",
                violation_error_message=_("This day of the month is a redemption day already."),
            ),
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a CHECK lets that pass.
                condition=Q(weekday__isnull=False, weekday__range=(0, 6), day_of_month=None)
                | Q(weekday=None, day_of_month__isnull=False, day_of_month__range=(1, 31)),
                name="redemption_day_is_of_week_or_month",
                violation_error_message=_("Please choose a weekday or a day of the month, one of the two."),
            ),
        ]

    def __str__(self):
        return f"{self.station} · {self.get_weekday_display() or self.day_of_month}"


class RedemptionDayException(models.Model):
    """A date on which a station redeems points although it otherwise would not, or the reverse."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="redemption_exceptions", verbose_name=_("station")
    )
    date = models.DateField(_("date"))
    is_open = models.BooleanField(_("points can be redeemed"))
    reason = models.CharField(_("reason"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("exception to the redemption days")
        verbose_name_plural = _("exceptions to the redemption days")
        ordering = ["station", "-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "date"],
                name="redemption_exception_once_per_date",
                violation_error_message=_("This date has an exception already."),
            )
        ]

    def __str__(self):
        return f"{self.station} · {self.date} · {self.reason}"
