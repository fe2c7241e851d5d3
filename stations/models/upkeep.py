import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models.divisions import Division
from stations.models.kinds import FacilityKind
from stations.models.stations import Station


def new_key():
    """What a reporter follows the matter with: knowing it is the permission."""
    return secrets.token_urlsafe(16)


class FaultQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(state=Fault.State.FIXED)


class Fault(models.Model):
    """One ticket for one thing that does not work; whoever reports it while it is open joins in."""

    class State(models.TextChoices):
        TO_DO = "to_do", _("To be handled")
        IN_PROGRESS = "in_progress", _("In progress")
        FIXED = "fixed", _("Fixed")

    station = models.ForeignKey(Station, models.PROTECT, related_name="faults", verbose_name=_("station"))
    kind = models.CharField(
        _("facility"),
        max_length=16,
        choices=FacilityKind,
        blank=True,
        help_text=_("Empty: something else about the station"),
    )
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.TO_DO, editable=False)
    is_dangerous = models.BooleanField(_("dangerous"), default=False, help_text=_("Somebody could be hurt."))
    answer = models.CharField(_("answer to those who reported it"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    taken_up_at = models.DateTimeField(_("taken up at"), null=True, editable=False)
    fixed_at = models.DateTimeField(_("fixed at"), null=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="faults_handled",
        verbose_name=_("handled by"),
    )

    objects = FaultQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        ordering = ["-opened_at"]
        indexes = [
            # The desk: what is not fixed, the oldest first.
            models.Index(fields=["opened_at"], condition=~Q(state="fixed"), name="fault_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind"], condition=~Q(state="fixed"), name="one_open_fault_per_facility"
            )
        ]

    def __str__(self):
        return f"{self.station} · {self.subject}"

    @property
    def subject(self):
        """The facility, or that it is something else about the station."""
        return self.get_kind_display() or _("Something else")

    @property
    def is_open(self):
        return self.state != self.State.FIXED


class FaultReport(models.Model):
    """What one person said about a fault. No name is asked for; `key` is the address to follow it at."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="reports", verbose_name=_("fault"))
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    text = models.CharField(_("what is wrong"), max_length=300)
    photo = models.FileField(_("photo"), upload_to="faults", blank=True)
    created_at = models.DateTimeField(_("reported at"), auto_now_add=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at"]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("stations:fault", args=[self.key])


class SiteSuggestionQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(state__in=[SiteSuggestion.State.PENDING, SiteSuggestion.State.LOOKING])


class SiteSuggestion(models.Model):
    """A place where somebody misses a station: moderated form data, never a mark on the public map."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending review")
        LOOKING = "looking", _("Being looked at on site")
        ADOPTED = "adopted", _("Adopted")
        DECLINED = "declined", _("Not adopted")

    division = models.ForeignKey(
        Division, models.PROTECT, related_name="suggestions", verbose_name=_("county")
    )
    place = models.CharField(
        _("where"), max_length=120, help_text=_("Street, crossing or building, as you would tell a colleague")
    )
    why = models.CharField(_("why there"), max_length=300)
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING, editable=False)
    answer = models.CharField(_("reason for the decision"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("suggested at"), auto_now_add=True)
    looked_at = models.DateTimeField(_("looked into since"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="suggestions_decided",
        verbose_name=_("decided by"),
    )

    objects = SiteSuggestionQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["key"])

    class Meta:
        verbose_name = _("suggested site")
        verbose_name_plural = _("suggested sites")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["pending", "looking"]),
                name="suggestion_queue",
            ),
        ]

    def __str__(self):
        return self.place

    def get_absolute_url(self):
        return reverse("stations:suggestion", args=[self.key])

    @property
    def is_undecided(self):
        return self.state in (self.State.PENDING, self.State.LOOKING)

    @property
    def organisation(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.division.union
