"""Booths, where one after the other is served at a time of their own, and who has booked which time."""

from collections import Counter
from datetime import timedelta

from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.days import ServiceDay
from events.models.points import PointsAccount
from stations.models import Station


class BoothQuerySet(models.QuerySet):
    def open(self):
        """Where somebody serves and which are not over yet, soonest first; with who has booked."""
        coming = self.filter(chairs__gt=0, ends_at__gt=timezone.now()).order_by("starts_at", "pk")
        return coming.with_bookings()

    def with_bookings(self):
        return self.prefetch_related(Prefetch("bookings", Booking.objects.live()))


class Booth(models.Model):
    """One service at a station for some hours: as many chairs as people serve, the hours cut into slots."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal advice")
        COUNSELLING = "counselling", _("Counselling")
        HAIRCUT = "haircut", _("Free haircut")
        CLINIC = "clinic", _("Free clinic")
        PHOTO = "photo", _("ID photos")

    source = models.CharField(
        _("opened by"), max_length=40, unique=True, help_text=_("Such as shift:12; it opens one booth.")
    )
    station = models.ForeignKey(Station, models.CASCADE, related_name="booths", verbose_name=_("station"))
    service_day = models.ForeignKey(
        ServiceDay,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="booths",
        verbose_name=_("service day"),
    )
    kind = models.CharField(_("service"), max_length=11, choices=Kind)
    is_confidential = models.BooleanField(
        _("confidential"), default=False, help_text=_("Only the counter reads who has booked.")
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    slot_minutes = models.PositiveSmallIntegerField(_("minutes each"))
    chairs = models.PositiveSmallIntegerField(
        _("chairs"), default=0, help_text=_("How many volunteers are confirmed; 0 closes it.")
    )

    objects = BoothQuerySet.as_manager()

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["station", "ends_at"], condition=Q(chairs__gt=0), name="booth_open"),
            models.Index(fields=["starts_at"], name="booth_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booth_ends_after_start"),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=240),
                name="booth_slots_of_5_to_240_minutes",
            ),
        ]

    def __str__(self):
        when = timezone.localtime(self.starts_at)
        return f"{self.get_kind_display()} · {self.station} · {when:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("bookings:booth", args=[self.pk])

    @property
    def slots(self):
        """When each slot begins; what is left over at the end is nobody's."""
        each = timedelta(minutes=self.slot_minutes)
        count = (self.ends_at - self.starts_at) // each
        return [self.starts_at + number * each for number in range(count)]

    @property
    def free_slots(self):
        """When each slot begins that can still be booked."""
        taken = Counter(booking.starts_at for booking in self.bookings.all() if not booking.cancelled_at)
        now = timezone.now()
        return [slot for slot in self.slots if slot > now and taken[slot] < self.chairs]


class BookingQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def upcoming(self):
        """What is not over yet, with what the station could not keep, soonest first."""
        kept = Q(cancelled_at=None) | Q(is_released=True)
        return self.filter(kept, ends_at__gt=timezone.now()).order_by("starts_at", "pk")


class Booking(models.Model):
    """A time of somebody's own in a booth, shown by its code."""

    booth = models.ForeignKey(Booth, models.PROTECT, related_name="bookings", verbose_name=_("booth"))
    account = models.ForeignKey(
        PointsAccount, models.PROTECT, related_name="bookings", verbose_name=_("points account")
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    chair = models.PositiveSmallIntegerField(_("chair"), help_text=_("Counted from 0."))
    code = models.CharField(_("booking code"), max_length=6)
    booked_at = models.DateTimeField(_("booked at"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    is_released = models.BooleanField(_("taken back by the station"), default=False, editable=False)

    objects = BookingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["code"])
    # The row itself says when it was made. Verbs note what follows.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["starts_at", "chair"]
        indexes = [
            models.Index(fields=["account", "ends_at"], name="booking_of_account"),
            models.Index(fields=["starts_at"], name="booking_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["booth", "starts_at", "chair"],
                condition=Q(cancelled_at=None),
                name="one_live_booking_per_chair",
            ),
            models.UniqueConstraint(
                fields=["account", "booth"],
                condition=Q(cancelled_at=None),
                name="one_live_booking_per_account_and_booth",
            ),
            models.UniqueConstraint(fields=["booth", "code"], name="booking_code_once_per_booth"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=Q(is_released=False) | Q(cancelled_at__isnull=False),
                name="released_bookings_are_ended",
            ),
        ]

    def __str__(self):
        """Of confidential services the name is only said where the reader's role is asked first."""
        who = _("Arranged") if self.booth.is_confidential else self.account
        return (
            f"{who} · {self.booth.get_kind_display()} · {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"
        )

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.booth.station
