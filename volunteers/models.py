import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models import ServiceDay
from stations.fields import SearchField
from stations.models import Station


class ServiceKind(models.TextChoices):
    LEGAL = "legal", _("Legal advice")
    COUNSELLING = "counselling", _("Counselling")
    HAIRCUT = "haircut", _("Free haircut")
    CLINIC = "clinic", _("Free clinic")
    PHOTO = "photo", _("ID photos")
    TRAINING = "training", _("Skills training")
    HELPER = "helper", _("Helper")


class CredentialKind(models.TextChoices):
    LAWYER = "lawyer", _("Lawyer's licence")
    COUNSELLOR = "counsellor", _("Counsellor's qualification")
    MEDICAL = "medical", _("Medical practising certificate")


# Services that only people with an approved credential may give
# (志愿服务条例 art. 16, 律师法 art. 13).
REQUIRED_CREDENTIAL = {
    ServiceKind.LEGAL: CredentialKind.LAWYER,
    ServiceKind.COUNSELLING: CredentialKind.COUNSELLOR,
    ServiceKind.CLINIC: CredentialKind.MEDICAL,
}


class Volunteer(models.Model):
    """A person who gives time, with only what the work needs."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="volunteer", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=40)
    home_station = models.ForeignKey(
        Station,
        models.PROTECT,
        db_index=False,  # volunteer_of_station
        related_name="volunteers",
        verbose_name=_("home station"),
        help_text=_("Its manager reviews your documents."),
    )
    services = models.JSONField(_("services offered"), default=list)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)
    search = SearchField(sources=["name"])

    history = HistoricalRecords(excluded_fields=["search"])
    labels_in_lists = {"services": dict(ServiceKind.choices)}

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        ordering = ["name"]
        # With the key beside it, so that a county's volunteers are found without reading their rows.
        indexes = [models.Index(fields=["home_station", "id"], name="volunteer_of_station")]

    def __str__(self):
        return self.name

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.home_station

    @property
    def service_labels(self):
        return [ServiceKind(value).label for value in self.services]


def document_path(credential, filename):
    return f"credentials/{uuid.uuid4().hex}.{filename.rsplit('.', 1)[-1]}"


class CredentialQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status=Credential.Status.PENDING)


class Credential(models.Model):
    """A document that lets a volunteer give a service, looked at by a person before it counts."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending review")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Not approved")

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="credentials", verbose_name=_("volunteer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CredentialKind)
    number = models.CharField(_("number"), max_length=40)
    issuer = models.CharField(_("issued by"), max_length=80)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    document = models.FileField(_("document"), upload_to=document_path)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason for the decision"), max_length=200, blank=True)

    objects = CredentialQuerySet.as_manager()

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["submitted_at"]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="credential_queue"),
            models.Index(fields=["number"], name="credential_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "kind"],
                condition=Q(status="pending"),
                name="one_pending_credential_per_kind",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.volunteer}"

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.volunteer.home_station

    @property
    def is_expired(self):
        return bool(self.valid_to and self.valid_to < timezone.localdate())

    @property
    def masked_number(self):
        """The last four digits: a lawyer's number tells more than it seems, sex included."""
        return "…" + self.number[-4:]


class ShiftQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Shift.Status.PUBLISHED)

    def upcoming(self):
        return self.published().filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def with_place(self):
        return self.select_related("station__division", "service_day")


class Shift(models.Model):
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
    kind = models.CharField(_("service"), max_length=11, choices=ServiceKind)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0, editable=False)
    served = models.PositiveIntegerField(
        _("people served"),
        null=True,
        blank=True,
        help_text=_("How many visits there were; somebody who comes twice counts twice."),
    )
    bring = models.CharField(_("what to bring"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PUBLISHED)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ShiftQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["taken", "sequence"])

    class Meta:
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
                fields=["station", "kind", "starts_at"],
                name="shift_once",
                violation_error_message=_("This shift exists already."),
            ),
        ]

    def __str__(self):
        when = timezone.localtime(self.starts_at)
        return f"{self.get_kind_display()} · {self.station} · {when:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("volunteers:shift", args=[self.pk])

    @property
    def places_left(self):
        return self.places - self.taken

    @property
    def required_credential(self):
        return REQUIRED_CREDENTIAL.get(self.kind)

    @property
    def required_credential_label(self):
        return CredentialKind(self.required_credential).label if self.required_credential else ""


class SignupQuerySet(models.QuerySet):
    def live(self):
        return self.filter(status=Signup.Status.CONFIRMED)

    def unmarked(self):
        """Places on shifts that are over, of which nobody has said yet who came."""
        over = self.live().filter(attendance=Signup.Attendance.UNKNOWN, shift__ends_at__lte=timezone.now())
        return over.exclude(shift__status=Shift.Status.CANCELLED)

    def upcoming(self):
        return self.live().filter(shift__ends_at__gt=timezone.now()).order_by("shift__starts_at")

    def overlapping(self, starts_at, ends_at):
        """Places on shifts that take place at some moment between the two."""
        at_that_time = Q(shift__starts_at__lt=ends_at, shift__ends_at__gt=starts_at)
        return self.live().filter(at_that_time, shift__status=Shift.Status.PUBLISHED)


class Signup(models.Model):
    """A volunteer's place on a shift, and what became of it."""

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("Signed up")
        CANCELLED = "cancelled", _("Cancelled by volunteer")

    class Attendance(models.TextChoices):
        UNKNOWN = "unknown", _("Not marked yet")
        CAME = "came", _("Came")
        ABSENT = "absent", _("Absent")

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups", verbose_name=_("shift"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="signups", verbose_name=_("volunteer")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.CONFIRMED)
    signed_up_at = models.DateTimeField(_("signed up at"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)
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
    history = HistoricalRecords()
    # Made on the busiest path; the row itself says when and by whom. Verbs note what follows.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["signed_up_at"]
        indexes = [
            # The desk: of which shifts nobody has said who came.
            models.Index(
                fields=["shift"],
                condition=Q(status="confirmed", attendance="unknown"),
                name="signup_unmarked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"],
                condition=Q(status="confirmed"),
                name="one_live_signup_per_shift",
            )
        ]

    def __str__(self):
        return f"{self.volunteer} · {self.shift}"

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.shift.station


class HoursEntry(models.Model):
    """One line of the hours ledger, append-only; never touched by points."""

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="hours", verbose_name=_("volunteer")
    )
    signup = models.ForeignKey(Signup, models.PROTECT, related_name="hours", verbose_name=_("sign-up"))
    minutes = models.IntegerField(_("minutes"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        ordering = ["-confirmed_at"]
        constraints = [
            models.UniqueConstraint(fields=["signup"], name="hours_confirmed_once_per_signup"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="hours_are_positive"),
        ]

    def __str__(self):
        return f"{self.volunteer} · {self.minutes} min"
