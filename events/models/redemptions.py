"""Redemptions: points that have become a reward."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.points import PointsAccount
from events.models.rewards import Reward
from stations.models import Kiosk, Station


class RedemptionQuerySet(models.QuerySet):
    def waiting(self):
        """Neither collected nor reversed."""
        return self.filter(status=Redemption.Status.WAITING)


class Redemption(models.Model):
    """Points turned into a reward at a station, waiting at the counter under a pick-up code.

    The database writes the entry and the movement of each one, and those against them when it is reversed,
    in the statement that makes or reverses it (migration 0006). `date` is the day on which it is collected.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting to be collected")
        COLLECTED = "collected", _("Collected")
        REVERSED = "reversed", _("Reversed")

    account = models.ForeignKey(
        PointsAccount, models.PROTECT, related_name="redemptions", verbose_name=_("points account")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="redemptions", verbose_name=_("station")
    )
    kiosk = models.ForeignKey(
        Kiosk,
        models.PROTECT,
        null=True,
        related_name="redemptions",
        verbose_name=_("kiosk"),
        help_text=_("Empty: reserved online"),
    )
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions", verbose_name=_("reward"))
    points = models.PositiveIntegerField(_("price in points"))
    date = models.DateField(_("date"))
    pickup_code = models.CharField(_("pick-up code"), max_length=6)
    key = models.CharField(_("idempotency key"), max_length=64, unique=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(_("redeemed at"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("handed over or reversed at"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("handed over or reversed by"),
    )
    settled_reason = models.CharField(_("reason"), max_length=120, blank=True, editable=False)

    objects = RedemptionQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["key"])
    # Made on the busiest path; the row itself says when and by whom. Verbs note what follows.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["station", "status", "-date"], name="redemption_queue"),
            # The desk: what waits at the counter, the oldest first.
            models.Index(fields=["created_at"], condition=Q(status="waiting"), name="redemption_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "date"],
                condition=~Q(status="reversed"),
                name="one_redemption_per_person_and_day",
            ),
            models.UniqueConstraint(
                fields=["station", "date", "pickup_code"], name="pickup_code_once_per_station_and_day"
            ),
        ]

    def __str__(self):
        return f"{self.pickup_code} · {self.reward}"
