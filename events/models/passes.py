"""The cards that open a points account."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.points import PointsAccount
from stations.models import Station


class WorkerPass(models.Model):
    """A worker's points card: number and PIN, a nickname, and nothing else about the person."""

    account = models.OneToOneField(
        PointsAccount, models.PROTECT, related_name="worker_pass", verbose_name=_("points account")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="worker_passes", verbose_name=_("issued at")
    )
    number = models.CharField(_("card number"), max_length=8, unique=True)
    nickname = models.CharField(_("nickname"), max_length=20)
    pin = models.CharField("PIN", max_length=128, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(_("wrong PINs in a row"), default=0, editable=False)
    last_try_at = models.DateTimeField(_("last PIN at"), null=True, editable=False)
    is_in_table = models.BooleanField(
        _("may stand with the nickname in the public quarterly table of points"),
        default=False,
        help_text=_("Only if the worker agrees. Please ask."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    history = HistoricalRecords(excluded_fields=["pin", "wrong_pins", "last_try_at"])

    class Meta:
        verbose_name = _("worker pass")
        verbose_name_plural = _("worker passes")
        ordering = ["number"]

    def __str__(self):
        return f"{self.nickname} · {self.number}"

    @property
    def masked_name(self):
        """What a bystander may read on the screen: 张*."""
        return self.nickname[:1] + "*" * min(len(self.nickname) - 1, 2)
