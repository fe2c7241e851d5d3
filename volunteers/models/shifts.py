from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models import ServiceDay
from stations.fields import SeveralField
from stations.models import Station
from volunteers.models.kinds import (
    CONFIDENTIAL,
    REQUIRED_CREDENTIAL,
    Circumstance,
    CredentialKind,
    ServiceKind,
)


class Duty(models.Model):
    """One role to be filled: what a shift is about, and every shift of a series."""

    kind = models.CharField(_("service"), max_length=11, choices=ServiceKind)
    role = models.CharField(
        _("role"),
        max_length=40,
        blank=True,
        help_text=_("Where one service needs several kinds of people; each role is a shift of its own."),
    )
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    needed = models.PositiveSmallIntegerField(
        _("needed at least"), default=1, help_text=_("With fewer people it cannot take place.")
    )
    extra_credential = models.CharField(
        _("document needed"),
        max_length=10,
        choices=CredentialKind,
        blank=True,
        help_text=_("Legal advice, counselling and clinics need theirs in any case."),
    )
    agree_for = SeveralField(
        _("written agreement because"),
        choices=Circumstance,
        help_text=_("Zhejiang regulations on volunteer service, article 21."),
    )
    risks = models.CharField(
        _("risks"), max_length=200, blank=True, help_text=_("Volunteers read it before they sign up.")
    )
    organiser = models.CharField(
        _("organised by"), max_length=80, blank=True, help_text=_("Empty: by the station’s own organisation.")
    )
    bring = models.CharField(_("what to bring"), max_length=120, blank=True)
    confirms_at_once = models.BooleanField(
        _("waiting people get a free place at once"),
        default=False,
        help_text=_("Otherwise it is offered to them, and they say yes or no."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(needed__lte=F("places")),
                name="%(class)s_needs_no_more_than_places",
                violation_error_message=_("More people are needed than there are places."),
            ),
        ]

    @property
    def what(self):
        return " · ".join(filter(None, [self.get_kind_display(), self.role]))

    @property
    def required_credential(self):
        return REQUIRED_CREDENTIAL.get(self.kind) or self.extra_credential or None

    @property
    def required_credential_label(self):
        return CredentialKind(self.required_credential).label if self.required_credential else ""

    @property
    def is_dangerous(self):
        return Circumstance.DANGER in self.agree_for

    @property
    def is_confidential(self):
        return self.kind in CONFIDENTIAL


class Series(Duty):
    """The same shift again and again, by a rule in local time (RFC 5545); shifts are generated ahead."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="shift_series", verbose_name=_("station")
    )
    rule = models.CharField(
        _("rule"), max_length=200, help_text=_("For example FREQ=WEEKLY;BYDAY=FR for every Friday.")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    starts_at = models.TimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=120)
    is_active = models.BooleanField(_("active"), default=True)

    history = HistoricalRecords()

    class Meta(Duty.Meta):
        abstract = False
        verbose_name = _("series of shifts")
        verbose_name_plural = _("series of shifts")
        ordering = ["station", "starts_at"]
        constraints = [
            *Duty.Meta.constraints,
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=24 * 60),
                name="series_of_at_most_a_day",
                violation_error_message=_("A shift lasts between a minute and a day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="series_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.what} · {self.station} · {self.starts_at:%H:%M}"


class ShiftQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Shift.Status.PUBLISHED)

    def upcoming(self):
        return self.published().filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def with_place(self):
        return self.select_related("station__division", "service_day", "series")


class Shift(Duty):
    """Some hours at a station in which volunteers give one kind of service."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled by organiser")

    station = models.ForeignKey(Station, models.PROTECT, related_name="shifts", verbose_name=_("station"))
    service_day = models.ForeignKey(
        ServiceDay,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shifts",
        verbose_name=_("service day"),
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name=_("series")
    )
    # The day its series foresaw, wherever the shift has been moved since.
    series_day = models.DateField(null=True, editable=False)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    # Confirmed places with offers that still stand, and who waits: counted by the database itself
    # (migration 0008), whoever writes a sign-up. No code here ever sets them.
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0, editable=False)
    waiting = models.PositiveIntegerField(_("waiting"), default=0, editable=False)
    served = models.PositiveIntegerField(
        _("people served"),
        null=True,
        blank=True,
        help_text=_("How many visits there were; somebody who comes twice counts twice."),
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PUBLISHED)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ShiftQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["taken", "waiting", "sequence"])

    class Meta(Duty.Meta):
        abstract = False
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="shift_upcoming"),
            models.Index(fields=["station", "starts_at"], name="shift_of_station"),
            # For the desk: the oldest shifts on which somebody is unmarked.
            models.Index(fields=["ends_at", "id"], condition=~Q(status="cancelled"), name="shift_over"),
        ]
        constraints = [
            *Duty.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")),
                name="shift_never_overbooked",
                violation_error_message=_("More people have signed up than there are places."),
            ),
            models.UniqueConstraint(
                fields=["station", "kind", "role", "starts_at"],
                name="shift_once",
                violation_error_message=_("This shift exists already."),
            ),
            models.UniqueConstraint(fields=["series", "series_day"], name="shift_once_per_day_of_series"),
        ]

    def __str__(self):
        when = timezone.localtime(self.starts_at)
        return f"{self.what} · {self.station} · {when:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("volunteers:shift", args=[self.pk])

    @property
    def places_left(self):
        return self.places - self.taken

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def gaps(self):
        """How many people it still lacks to take place as planned."""
        return max(0, self.needed - self.taken)
