"""The points ledger, and what points buy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models import Kiosk, Station


class PointsAccount(models.Model):
    """One person's points. The balance is the sum of the entries and never below zero."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="points_account",
        verbose_name=_("person"),
    )
    balance = models.IntegerField(_("points balance"), default=0, editable=False)

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="points_balance_not_negative")
        ]

    def __str__(self):
        worker_pass = getattr(self, "worker_pass", None)
        return str(worker_pass or self.person or self.pk)


class PointsEntry(models.Model):
    """One line of the ledger, append-only: the account gains `points`, the named counterpart loses them."""

    class Kind(models.TextChoices):
        EARN_SHIFT = "earn_shift", _("Volunteer hours reward")
        EARN_REPORT = "earn_report", _("Verified hazard report reward")
        GRANT = "grant", _("Granted")
        REDEEM = "redeem", _("Redeemed")
        REVERSE = "reverse", _("Reversed")

    class Counterpart(models.TextChoices):
        ISSUED = "issued", _("Points issued")
        GOODS = "goods", _("Goods given out")

    account = models.ForeignKey(
        PointsAccount, models.PROTECT, related_name="entries", verbose_name=_("points account")
    )
    counterpart = models.CharField(_("counterpart"), max_length=6, choices=Counterpart)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    points = models.IntegerField(_("points"))
    key = models.CharField(
        _("source"), max_length=80, unique=True, help_text=_("What the points are for; it counts once.")
    )
    reason = models.CharField(_("reason"), max_length=120)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="points_entries",
        db_index=False,
        verbose_name=_("station"),
        help_text=_("Where they were earned or redeemed"),
    )

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="points_statement"),
            models.Index(fields=["station", "created_at"], name="points_of_station"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="points_entry_not_zero"),
        ]

    def __str__(self):
        return f"{self.points:+d} · {self.reason}"


class Reward(models.Model):
    """Something that points buy. Points have no cash value and cannot be passed on."""

    class Picture(models.TextChoices):
        SOAP = "soap", _("Soap")
        TISSUES = "tissues", _("Tissues")
        MEAL = "meal", _("Meal")
        RAIN = "rain", _("Rain suit")
        HELMET = "helmet", _("Helmet")
        GIFT = "gift", _("Gift")

    name_zh = models.CharField(_("name in Chinese"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60)
    points = models.PositiveIntegerField(_("price in points"))
    picture = models.CharField(_("picture"), max_length=8, choices=Picture, default=Picture.GIFT)
    is_active = models.BooleanField(_("on offer"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["points", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0),
                name="reward_costs_something",
                violation_error_message=_("A reward costs at least one point."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class Stock(models.Model):
    """How many of a reward a station has left."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="stock", verbose_name=_("station"))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="stock", verbose_name=_("reward"))
    left = models.IntegerField(_("left"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        ordering = ["station", "reward"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "reward"],
                name="stock_once_per_station_and_reward",
                violation_error_message=_("This station lists that reward already."),
            ),
            models.CheckConstraint(
                condition=Q(left__gte=0),
                name="stock_not_negative",
                violation_error_message=_("The stock cannot be below zero."),
            ),
        ]

    def __str__(self):
        return f"{self.reward} · {self.station}"


class Redemption(models.Model):
    """Points turned into a reward at a station, waiting at the counter under a pick-up code."""

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
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="redemptions", verbose_name=_("kiosk"))
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
