from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stations.models import Kiosk, Station

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
    """A weekday on which points can be redeemed at a station (积分兑换日), Fridays by default."""

    FRIDAY = 4

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="redemption_days", verbose_name=_("station")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, default=FRIDAY)

    class Meta:
        verbose_name = _("redemption day")
        verbose_name_plural = _("redemption days")
        ordering = ["station", "weekday"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "weekday"],
                name="redemption_day_once_per_weekday",
                violation_error_message=_("This weekday is a redemption day already."),
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="redemption_day_is_a_weekday"),
        ]

    def __str__(self):
        return f"{self.station} · {self.get_weekday_display()}"


class RedemptionDayException(models.Model):
    """A date on which a station redeems points although it otherwise would not, or the reverse."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="redemption_exceptions", verbose_name=_("station")
    )
    date = models.DateField(_("date"))
    is_open = models.BooleanField(_("points can be redeemed"))
    reason = models.CharField(_("reason"), max_length=80)

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
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
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

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["account", "-created_at"], name="points_statement")]
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="points_entry_not_zero"),
        ]

    def __str__(self):
        return f"{self.points:+d} · {self.reason}"


class WorkerPass(models.Model):
    """A worker's points card: number and PIN, a nickname, and nothing else about the person."""

    account = models.OneToOneField(
        PointsAccount, models.PROTECT, related_name="worker_pass", verbose_name=_("points account")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="worker_passes", verbose_name=_("issued at")
    )
    number = models.CharField(_("card number"), max_length=8, unique=True)
    nickname = models.CharField(_("nickname"), max_length=20)
    pin = models.CharField("PIN", max_length=128, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(_("wrong PINs in a row"), default=0, editable=False)
    last_try_at = models.DateTimeField(_("last PIN at"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("worker pass")
        verbose_name_plural = _("worker passes")
        ordering = ["number"]

    def __str__(self):
        return f"{self.nickname} · {self.number}"

    @property
    def masked_name(self):
        """What a bystander may read on the screen: 张*."""
        return self.nickname[:1] + "*" * min(len(self.nickname) - 1, 2)


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
    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="redemptions", verbose_name=_("reward")
    )
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

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["station", "status", "-date"], name="redemption_queue")]
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


class Message(models.Model):
    """A letter or text as a row, written with what caused it; Celery only sends it on."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        CANCELLED = "cancelled", _("Cancelled")

    key = models.CharField(_("occasion"), max_length=120, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="messages",
        verbose_name=_("person"),
    )
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    address = models.CharField(_("address"), max_length=254)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"))
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-due_at", "-pk"]
        # For `messages.send_due`: only what still waits.
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_due"),
            models.Index(fields=["person", "-due_at"], name="message_inbox"),
        ]

    def __str__(self):
        return self.subject
