from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.models.stations import Station


class Posting(models.Model):
    """A person runs a station from a day to a day; the admin shows only what is in their care."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="postings", verbose_name=_("station"))
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["station", "person", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "station", "starts_on"],
                name="posting_once_per_start",
                violation_error_message=_("This person already has a posting from that day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="posting_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.station}"


class Kiosk(models.Model):
    """A screen at a station, let in by a single-use pairing code and shut out by revoking it."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="kiosks", verbose_name=_("station"))
    label = models.CharField(
        _("label"), max_length=40, help_text=_("Where it stands, for example: front desk")
    )
    pairing_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    pairing_expires_at = models.DateTimeField(_("code valid until"), null=True, editable=False)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    paired_at = models.DateTimeField(_("paired at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        ordering = ["station", "label"]

    def __str__(self):
        return f"{self.station} · {self.label}"

    @property
    def is_paired(self):
        return bool(self.token_digest) and self.revoked_at is None
