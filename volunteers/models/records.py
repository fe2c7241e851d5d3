"""What stays of the service: the ledger of hours, answers to it, and certificates."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models import Organisation
from volunteers import ciphers
from volunteers.models.people import Volunteer
from volunteers.models.signups import Signup

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: codes are read aloud and typed


class HoursEntry(models.Model):
    """One line of the hours ledger; never touched by points.

    Append-only, in the database too (migration 0008): a mistake is undone by an opposite line and a new
    one is written. Only `synced_to_national_at` is filled in, once.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service")
        UNDONE = "undone", _("Undone by correction")

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="hours", verbose_name=_("volunteer")
    )
    # Never empty: there are no hours but those of a shift (order 67, art. 19).
    signup = models.ForeignKey(Signup, models.PROTECT, related_name="hours", verbose_name=_("sign-up"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.SERVICE)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    minutes = models.IntegerField(_("minutes"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), default=timezone.now, editable=False)
    synced_to_national_at = models.DateTimeField(
        _("given to the national system at"), null=True, editable=False
    )

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        ordering = ["-confirmed_at", "-pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(synced_to_national_at=None), name="hours_to_sync"),
        ]
        constraints = [
            # The first version once, and each undone once.
            models.UniqueConstraint(
                fields=["signup", "version", "kind"], name="hours_confirmed_once_per_signup"
            ),
            models.CheckConstraint(
                condition=Q(kind="service", minutes__gt=0) | Q(kind="undone", minutes__lt=0),
                name="hours_are_positive",
            ),
        ]

    def __str__(self):
        length = gettext("%(minutes)d min") % {"minutes": self.minutes}
        return f"{self.signup} · {length}"

    @property
    def station(self):
        return self.signup.station


class AppealQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status=Appeal.Status.PENDING)


class Appeal(models.Model):
    """A volunteer says that an absence or the hours are recorded wrongly (order 67, art. 12 and 13)."""

    class About(models.TextChoices):
        ABSENCE = "absence", _("An absence")
        HOURS = "hours", _("The hours")

    class Status(models.TextChoices):
        PENDING = "pending", _("Waits for an answer")
        UPHELD = "upheld", _("Put right")
        DECLINED = "declined", _("Stays as it was")

    signup = models.ForeignKey(Signup, models.PROTECT, related_name="appeals", verbose_name=_("sign-up"))
    about = models.CharField(_("about"), max_length=7, choices=About)
    minutes = models.PositiveSmallIntegerField(_("minutes as the volunteer says"), null=True, blank=True)
    words = models.CharField(_("what happened"), max_length=500)
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    reason = models.CharField(_("reason for the decision"), max_length=200, blank=True)

    objects = AppealQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["submitted_at"]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(status="pending"), name="appeal_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["signup"], condition=Q(status="pending"), name="one_pending_appeal_per_signup"
            )
        ]

    def __str__(self):
        return f"{self.get_about_display()} · {self.signup}"

    @property
    def station(self):
        return self.signup.station


def new_number():
    """As people quote it: the year, and ten digits that say nothing."""
    return f"{timezone.localdate():%Y}{secrets.randbelow(10**10):010d}"


def new_code():
    return "".join(secrets.choice(CODE_ALPHABET) for _n in range(12))


class Certificate(models.Model):
    """A person's recorded service in a time, as it stood on the day of issue (order 67, art. 15)."""

    class Title(models.TextChoices):
        # 证明 only where the organisation that records has organised the service too (谁记录谁证明).
        PROOF = "proof", _("Certificate of volunteer service")
        RECORD = "record", _("Service record of this platform")

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="certificates", verbose_name=_("volunteer")
    )
    number = models.CharField(_("number"), max_length=14, unique=True, default=new_number, editable=False)
    code = models.CharField(
        _("verification code"), max_length=12, unique=True, default=new_code, editable=False
    )
    title = models.CharField(_("title"), max_length=6, choices=Title)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=40)
    id_kind = models.CharField(_("kind of ID"), max_length=20, blank=True)
    id_number_encrypted = models.TextField(editable=False, blank=True)
    id_number_last4 = models.CharField(max_length=4, editable=False, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    minutes = models.PositiveIntegerField(_("minutes"))
    # Each line as it was: date, service, station, minutes.
    lines = models.JSONField(_("services"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("of a certificate", "recorded by"),
    )
    issued_at = models.DateTimeField(
        pgettext_lazy("of a certificate", "issued at"), default=timezone.now, editable=False
    )
    revoked_at = models.DateTimeField(
        pgettext_lazy("of a certificate", "withdrawn at"), null=True, editable=False
    )
    revoked_because = models.CharField(_("withdrawn because"), max_length=200, blank=True)

    history = HistoricalRecords(excluded_fields=["id_number_encrypted"])

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="certificate_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.get_title_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("volunteers:certificate", args=[self.pk])

    @property
    def station(self):
        return self.volunteer.home_station

    @property
    def masked_name(self):
        """What the public check shows: 林**."""
        return self.name[:1] + "*" * max(1, min(len(self.name) - 1, 2))

    @property
    def id_number(self):
        return ciphers.decrypt(self.id_number_encrypted) if self.id_number_encrypted else ""

    @id_number.setter
    def id_number(self, number):
        self.id_number_encrypted = ciphers.encrypt(number) if number else ""
        self.id_number_last4 = number[-4:]
