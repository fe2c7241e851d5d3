from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.models.stations import Station


class SwapCabinet(models.Model):
    """A battery-swap cabinet (换电柜) at a station, as its operator's feed last told of it."""

    class Operator(models.TextChoices):
        TOWER = "tower", _("China Tower battery swap")
        ZHELI = "zheli", _("Zheli battery swap")

    station = models.ForeignKey(Station, models.CASCADE, related_name="cabinets", verbose_name=_("station"))
    operator = models.CharField(_("operator"), max_length=10, choices=Operator)
    external_id = models.CharField(_("number at the operator"), max_length=60)
    charged = models.PositiveSmallIntegerField(_("charged batteries"), null=True, editable=False)
    free = models.PositiveSmallIntegerField(_("free slots"), null=True, editable=False)
    reported_at = models.DateTimeField(_("reported at"), null=True, editable=False)
    valid_until = models.DateTimeField(_("valid until"), null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["charged", "free", "reported_at", "valid_until"])

    class Meta:
        verbose_name = _("battery-swap cabinet")
        verbose_name_plural = _("battery-swap cabinets")
        ordering = ["station", "operator", "external_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "external_id"],
                name="cabinet_once_per_operator",
                violation_error_message=_("This cabinet is listed already."),
            )
        ]

    def __str__(self):
        return f"{self.station} · {self.get_operator_display()} {self.external_id}"

    @property
    def is_known(self):
        """Whether the numbers still count: older than their time to live they say nothing."""
        return self.valid_until is not None and timezone.now() <= self.valid_until
