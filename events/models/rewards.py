"""What points buy, what it costs from which day, and how much of it each station has."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models import Station


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
    picture = models.CharField(_("drawing"), max_length=8, choices=Picture, default=Picture.GIFT)
    photo = models.FileField(
        _("photo"), upload_to="rewards", blank=True, help_text=_("Shown instead of the drawing")
    )
    limit = models.PositiveSmallIntegerField(
        _("pieces a person may have"), null=True, blank=True, help_text=_("Empty: as many as there are days")
    )
    limit_days = models.PositiveSmallIntegerField(
        _("in so many days"), null=True, blank=True, help_text=_("Empty: for ever")
    )
    is_active = models.BooleanField(_("on offer"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(limit=None) | Q(limit__gt=0)) & (Q(limit_days=None) | Q(limit_days__gt=0)),
                name="reward_limit_not_zero",
                violation_error_message=_("A limit is at least one. Leave it empty for none."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class PriceQuerySet(models.QuerySet):
    def on(self, day, reward: OuterRef) -> Subquery:
        """What a reward costs on the day, beside the rows of another query; None where no price holds yet."""
        begun = self.filter(reward=reward, starts_on__lte=day).order_by("-starts_on")
        return Subquery(begun.values("points")[:1])


class Price(models.Model):
    """What a reward costs from a day on, 00:00 in Zhejiang; a redemption keeps the price of its day."""

    reward = models.ForeignKey(Reward, models.CASCADE, related_name="prices", verbose_name=_("reward"))
    starts_on = models.DateField(_("holds from"), default=timezone.localdate)
    points = models.PositiveIntegerField(_("price in points"))

    objects = PriceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["reward", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0),
                name="reward_costs_something",
                violation_error_message=_("A reward costs at least one point."),
            ),
            models.UniqueConstraint(
                fields=["reward", "starts_on"],
                name="one_price_per_reward_and_day",
                violation_error_message=_("Another price holds from that day already."),
            ),
        ]

    def __str__(self):
        return f"{self.reward} · {self.starts_on} · {self.points}"


class Stock(models.Model):
    """How many of a reward a station can still give away: what is on the shelf less what is reserved.

    The database moves `left` with every movement, whoever writes one (migration 0006).
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="stock", verbose_name=_("station"))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="stock", verbose_name=_("reward"))
    left = models.IntegerField(_("left"), default=0, editable=False)

    history = HistoricalRecords(excluded_fields=["left"])

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
            models.CheckConstraint(condition=Q(left__gte=0), name="stock_not_negative"),
        ]

    def __str__(self):
        return f"{self.reward} · {self.station}"


class StockMovement(models.Model):
    """Pieces that came or went, append-only. A stock-take is one too: its pieces are the difference."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivered")
        REDEEM = "redeem", _("Redeemed")
        REVERSE = "reverse", _("Reversed")
        COUNT = "count", _("Counted")

    stock = models.ForeignKey(
        Stock, models.PROTECT, related_name="movements", db_index=False, verbose_name=_("stock")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    pieces = models.IntegerField(_("pieces"))
    counted = models.PositiveIntegerField(_("pieces on the shelf"), null=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    redemption = models.ForeignKey(
        "events.Redemption", models.PROTECT, null=True, related_name="movements", verbose_name=_("redemption")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["stock", "created_at"], name="movements_of_stock")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="delivery", redemption=None) & ~Q(pieces=0)
                | Q(kind="redeem", redemption__isnull=False, pieces=-1)
                | Q(kind="reverse", redemption__isnull=False, pieces=1)
                | Q(kind="count", redemption=None, counted__isnull=False),
                name="stock_movement_is_one_of_four",
            ),
            models.UniqueConstraint(
                fields=["redemption", "kind"], name="stock_moves_once_per_redemption_and_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind="count") | Q(pieces=0) | ~Q(reason=""), name="stock_difference_explained"
            ),
        ]

    def __str__(self):
        return f"{self.pieces:+d} · {self.stock}"
