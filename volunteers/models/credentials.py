import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from volunteers import ciphers
from volunteers.models.kinds import CredentialKind
from volunteers.models.people import Volunteer


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
        REVOKED = "revoked", pgettext_lazy("of a paper", "Withdrawn")

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="credentials", verbose_name=_("volunteer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CredentialKind)
    # A lawyer's number tells more than it seems, sex included. Only its end is read without the key.
    number_encrypted = models.TextField(editable=False)
    number_last4 = models.CharField(max_length=4, editable=False)
    number_digest = models.CharField(max_length=64, editable=False)
    issuer = models.CharField(_("issued by"), max_length=80)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
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
            models.Index(fields=["number_digest"], name="credential_number"),
            # Whose papers run out soon.
            models.Index(fields=["valid_to"], condition=Q(status="approved"), name="credential_runs_out"),
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

    def holds(self, first_day, last_day):
        """Whether it is good on all of these days."""
        return (
            self.status == self.Status.APPROVED
            and (self.valid_from is None or self.valid_from <= first_day)
            and (self.valid_to is None or self.valid_to >= last_day)
        )

    @property
    def number(self):
        return ciphers.decrypt(self.number_encrypted)

    @number.setter
    def number(self, number):
        self.number_encrypted = ciphers.encrypt(number)
        self.number_last4 = number[-4:]
        self.number_digest = ciphers.digest(number)

    @property
    def masked_number(self):
        return "…" + self.number_last4
