from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models.organisations import Organisation
from stations.models.stations import Station
from stations.tickets import validate_printer


class PostingQuerySet(models.QuerySet):
    def current(self):
        """Postings that count today."""
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)


class Posting(models.Model):
    """A person has a role at a station, or at an organisation with all below it, from a day to a day.

    The workplace shows them what is in their care, and nothing else.
    """

    class Role(models.TextChoices):
        MANAGER = "manager", _("Station manager")
        MODERATOR = "moderator", _("County moderator")
        STAFF = "staff", _("Prefecture or provincial staff")
        AUDITOR = "auditor", _("Auditor (reads only)")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=9, choices=Role, default=Role.MANAGER)
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("station"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("organisation"),
        help_text=_("With all organisations and stations below it"),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["organisation", "station", "person", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(station=None, organisation__isnull=False)
                | Q(station__isnull=False, organisation=None),
                name="posting_at_one_place",
                violation_error_message=_("Please choose a station or an organisation, one of the two."),
            ),
            models.UniqueConstraint(
                fields=["person", "role", "organisation", "starts_on"],
                name="posting_once_per_organisation_and_start",
                violation_error_message=_("This person already has a posting from that day."),
            ),
            models.UniqueConstraint(
                fields=["person", "role", "station", "starts_on"],
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
        return f"{self.person} · {self.get_role_display()} · {self.place}"

    @property
    def place(self):
        return self.station or self.organisation


class Kiosk(models.Model):
    """A screen at a station, let in by a single-use pairing code and shut out by revoking it."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="kiosks", verbose_name=_("station"))
    label = models.CharField(
        _("label"), max_length=40, help_text=_("Where it stands, for example: front desk")
    )
    printer = models.CharField(
        _("ticket printer"),
        max_length=21,
        blank=True,
        validators=[validate_printer],
        help_text=_(
            "Its address, for example 192.168.1.50:9100. Without one, tickets go to the browser's own dialog."
        ),
    )
    pairing_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    pairing_expires_at = models.DateTimeField(_("code valid until"), null=True, editable=False)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    paired_at = models.DateTimeField(_("paired at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["pairing_digest", "pairing_expires_at", "token_digest"])

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        ordering = ["station", "label"]

    def __str__(self):
        return f"{self.station} · {self.label}"

    @property
    def is_paired(self):
        return bool(self.token_digest) and self.revoked_at is None
