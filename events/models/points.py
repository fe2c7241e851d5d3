"""The points ledger, and the rules by which points are earned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models import Station


class PointsAccount(models.Model):
    """One person's points. The balance is the sum of the entries and never below zero.

    The database moves it with every entry, whoever writes one (migration 0006).
    """

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
    """One transfer of the double-entry ledger: the account gains `points`, the counterpart loses them.

    Both legs stand in one row, so that every entry sums to zero by its form. Append-only.
    """

    class Kind(models.TextChoices):
        EARN_SHIFT = "earn_shift", _("Volunteer hours reward")
        EARN_REPORT = "earn_report", _("Verified hazard report reward")
        GRANT = "grant", _("Hardship support")
        REDEEM = "redeem", _("Redeemed")
        REVERSE = "reverse", _("Reversed")
        ADJUST = "adjust", _("Adjusted")
        EXPIRE = "expire", _("Expired")

    class Counterpart(models.TextChoices):
        ISSUED = "issued", _("Points issued")
        GOODS = "goods", _("Goods given out")
        EXPIRED = "expired", _("Points expired")

    account = models.ForeignKey(
        PointsAccount,
        models.PROTECT,
        related_name="entries",
        db_index=False,
        verbose_name=_("points account"),
    )
    counterpart = models.CharField(_("counterpart"), max_length=7, choices=Counterpart)
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
    earned_on = models.DateField(_("earned on"), null=True, editable=False)
    free_on = models.DateField(
        _("can be spent from"), null=True, editable=False, help_text=_("Empty: at once")
    )

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # With the points, so that a balance is counted without opening the rows.
            models.Index(fields=["account", "created_at", "points"], name="points_statement"),
            models.Index(
                fields=["account", "free_on"], condition=Q(free_on__isnull=False), name="points_held"
            ),
            models.Index(fields=["station", "created_at"], name="points_of_station"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="points_entry_not_zero"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["earn_shift", "earn_report", "grant"], counterpart="issued", points__gt=0
                )
                | Q(kind="redeem", counterpart="goods", points__lt=0)
                | Q(kind="expire", counterpart="expired", points__lt=0)
                | Q(kind="adjust", counterpart="issued")
                | Q(kind="reverse"),
                name="points_entry_has_two_sides",
            ),
        ]

    def __str__(self):
        return f"{self.points:+d} · {self.reason}"


class EarningRule(models.Model):
    """What something is worth in points from a day on; the newest rule that has begun holds."""

    class Kind(models.TextChoices):
        SHIFT = "earn_shift", _("An hour of volunteer service")
        REPORT = "earn_report", _("A verified hazard photo")

    kind = models.CharField(_("for"), max_length=11, choices=Kind)
    starts_on = models.DateField(_("holds from"), default=timezone.localdate)
    points = models.PositiveIntegerField(_("points"))
    most_a_day = models.PositiveSmallIntegerField(
        _("counted a day at most"), null=True, blank=True, help_text=_("Empty: all of them")
    )
    quarantine_days = models.PositiveSmallIntegerField(
        _("days until they can be spent"),
        default=0,
        help_text=_("Time to look into a complaint before the points are gone"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        ordering = ["kind", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "starts_on"],
                name="one_earning_rule_per_kind_and_day",
                violation_error_message=_("Another rule for this holds from that day already."),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.starts_on}"


class PointsDecision(models.Model):
    """Points given by a named decision or put right by hand: proposed by one person, decided by another."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("Hardship support")
        ADJUST = "adjust", _("Adjusted")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for a second person")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Not approved")

    account = models.ForeignKey(
        PointsAccount, models.PROTECT, related_name="decisions", verbose_name=_("points account")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="points_decisions", verbose_name=_("station")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    points = models.IntegerField(_("points"), help_text=_("With a minus where they are taken off"))
    decision = models.CharField(
        _("decision"),
        max_length=60,
        help_text=_("Its number or date and who took it, for example 瓯工〔2026〕12号"),
    )
    reason = models.CharField(_("reason"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("points decision")
        verbose_name_plural = _("points decisions")
        ordering = ["-proposed_at"]
        indexes = [
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="points_decision_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="points_decided_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(kind="grant", points__gt=0) | Q(kind="adjust") & ~Q(points=0),
                name="points_decision_moves_points",
                violation_error_message=_(
                    "Support adds points; an adjustment adds or takes off at least one."
                ),
            ),
            models.UniqueConstraint(
                fields=["account", "decision"],
                condition=~Q(state="declined"),
                name="one_points_decision_per_account",
                violation_error_message=_("This decision is recorded for this card already."),
            ),
        ]

    def __str__(self):
        return f"{self.points:+d} · {self.decision}"
