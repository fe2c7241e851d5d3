from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from volunteers.models.people import Volunteer
from volunteers.models.shifts import Series, Shift


class SignupQuerySet(models.QuerySet):
    def live(self):
        """Who is expected."""
        return self.filter(status=Signup.Status.CONFIRMED)

    def holding(self):
        """Who has a place, or an offer of one that still stands."""
        return self.filter(status__in=Signup.HOLDING)

    def waiting(self):
        """Who waits, first come first; the shift's row was locked when they came."""
        return self.filter(status=Signup.Status.WAITLISTED).order_by("pk")

    def active(self):
        return self.filter(status__in=[*Signup.HOLDING, Signup.Status.WAITLISTED])

    def unmarked(self):
        """Places on shifts that are over, of which nobody has said yet who came."""
        over = self.live().filter(attendance=Signup.Attendance.UNKNOWN, shift__ends_at__lte=timezone.now())
        return over.exclude(shift__status=Shift.Status.CANCELLED)

    def upcoming(self):
        return self.live().filter(shift__ends_at__gt=timezone.now()).order_by("shift__starts_at")

    def ahead(self):
        """All that is not over yet, with the queues she stands in and what was called off."""
        kept = [*Signup.HOLDING, Signup.Status.WAITLISTED, Signup.Status.CALLED_OFF]
        return self.filter(status__in=kept, ends_at__gt=timezone.now()).order_by("starts_at")

    def overlapping(self, starts_at, ends_at):
        """Places and offers at some moment between the two."""
        return self.holding().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Signup(models.Model):
    """A volunteer's place on a shift, or in its queue, and what became of it."""

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("Signed up")
        WAITLISTED = "waitlisted", _("On the waiting list")
        OFFERED = "offered", _("A place is offered")
        CANCELLED = "cancelled", _("Cancelled by volunteer")
        DECLINED = "declined", _("Offer declined")
        EXPIRED = "expired", _("Offer run out")
        REPLACED = "replaced", _("Somebody else stood in")
        REMOVED = "removed", _("Taken off by the station")
        CALLED_OFF = "called_off", _("Cancelled by organiser")

    HOLDING = (Status.CONFIRMED, Status.OFFERED)

    class Attendance(models.TextChoices):
        UNKNOWN = "unknown", _("Not marked yet")
        CAME = "came", _("Came")
        ABSENT = "absent", _("Absent")
        EXCUSED = "excused", _("Absent, excused")

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups", verbose_name=_("shift"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="signups", verbose_name=_("volunteer")
    )
    # The shift's own, kept beside the volunteer so that the database can refuse two places at one time.
    starts_at = models.DateTimeField(_("starts at"), editable=False)
    ends_at = models.DateTimeField(_("ends at"), editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CONFIRMED)
    # Who came as a group gets places together or not at all; its leader answers for it.
    party = models.UUIDField(null=True, editable=False)
    signed_up_by = models.ForeignKey(
        Volunteer,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("signed up by"),
    )
    signed_up_at = models.DateTimeField(_("signed up at"), default=timezone.now, editable=False)
    offer_ends_at = models.DateTimeField(_("offer stands until"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    stand_in_wanted_at = models.DateTimeField(_("looks for a stand-in since"), null=True, editable=False)
    stands_in_for = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="stand_in",
        verbose_name=_("stands in for"),
    )
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, editable=False)
    checked_out_at = models.DateTimeField(_("checked out at"), null=True, editable=False)
    attendance = models.CharField(
        _("attendance"), max_length=7, choices=Attendance, default=Attendance.UNKNOWN
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("marked by"),
    )
    marked_at = models.DateTimeField(_("marked at"), null=True, editable=False)

    objects = SignupQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["starts_at", "ends_at", "party"])
    # Made on the busiest path; the row itself says when and by whom. Verbs note what follows.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["signed_up_at", "pk"]
        indexes = [
            # The desk: of which shifts nobody has said who came.
            models.Index(
                fields=["shift"],
                condition=Q(status="confirmed", attendance="unknown"),
                name="signup_unmarked",
            ),
            # The queue of a shift, in order.
            models.Index(fields=["shift", "id"], condition=Q(status="waitlisted"), name="signup_queue"),
            models.Index(fields=["offer_ends_at"], condition=Q(status="offered"), name="signup_offers"),
            # What a volunteer does around a day: overlaps, ways between stations, limits of a week.
            models.Index(
                fields=["volunteer", "starts_at"],
                condition=Q(status__in=["confirmed", "offered"]),
                name="signup_of_volunteer",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"],
                condition=Q(status__in=["confirmed", "offered", "waitlisted"]),
                name="one_live_signup_per_shift",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_ends_at__isnull=False), name="offers_run_out"
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="checked_out_after_in",
            ),
        ]

    def __str__(self):
        """Of confidential services the name is only said where the reader's role is asked first."""
        who = _("Arranged") if self.shift.is_confidential else self.volunteer
        return f"{who} · {self.shift}"

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.shift.station

    @property
    def is_waiting(self):
        return self.status == self.Status.WAITLISTED

    @property
    def is_offer(self):
        return self.status == self.Status.OFFERED

    @property
    def position(self):
        """1 for whoever is next."""
        return Signup.objects.waiting().filter(shift=self.shift_id, pk__lte=self.pk).count()


class Agreement(models.Model):
    """What volunteer and organisation have agreed in writing before the service (浙江省志愿服务条例 art. 21).

    For one shift, or for a series and all its shifts.
    """

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="agreements", verbose_name=_("volunteer")
    )
    shift = models.ForeignKey(
        Shift, models.PROTECT, null=True, related_name="agreements", verbose_name=_("shift")
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, related_name="agreements", verbose_name=_("series")
    )
    text = models.TextField(_("what was agreed"))
    signed_name = models.CharField(_("signed as"), max_length=40)
    agreed_at = models.DateTimeField(_("agreed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("written agreement")
        verbose_name_plural = _("written agreements")
        ordering = ["-agreed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shift=None, series__isnull=False) | Q(shift__isnull=False, series=None),
                name="agreement_about_shift_or_series",
            ),
            models.UniqueConstraint(fields=["volunteer", "shift"], name="agreed_once_per_shift"),
            models.UniqueConstraint(fields=["volunteer", "series"], name="agreed_once_per_series"),
        ]

    def __str__(self):
        about = self.series or self.shift
        return f"{_('Arranged') if about.is_confidential else self.volunteer} · {about}"

    @property
    def station(self):
        return (self.series or self.shift).station


class Invitation(models.Model):
    """A manager has asked a volunteer whether she would fill a gap; asked once per shift."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="invitations", verbose_name=_("shift"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="invitations", verbose_name=_("volunteer")
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]
        constraints = [models.UniqueConstraint(fields=["shift", "volunteer"], name="invited_once_per_shift")]

    def __str__(self):
        return f"{self.volunteer} · {self.shift}"

    @property
    def station(self):
        return self.shift.station


class UsedCode(models.Model):
    """A check-in code that has been used: a second use meets this row."""

    nonce = models.CharField(max_length=22, unique=True)
    signup = models.ForeignKey(Signup, models.PROTECT, related_name="codes", verbose_name=_("sign-up"))
    used_at = models.DateTimeField(_("used at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("used check-in code")
        verbose_name_plural = _("used check-in codes")
        ordering = ["-used_at"]

    def __str__(self):
        return f"{self.signup} · {self.used_at:%H:%M}"

    @property
    def station(self):
        return self.signup.station
