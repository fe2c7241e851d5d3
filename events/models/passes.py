"""The cards that open a points account."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events import card_numbers
from events.models.points import PointsAccount
from stations.models import Station


class WorkerPass(models.Model):
    """A worker's points card: number and PIN, nickname and occupation, and nothing else about the person."""

    class Occupation(models.TextChoices):
        SANITATION = "sanitation", _("Sanitation worker")
        COURIER = "courier", _("Courier")
        FOOD_DELIVERY = "food", _("Food-delivery rider")
        TAXI = "taxi", _("Taxi driver")
        RIDE_HAILING = "ride", _("Ride-hailing driver")
        TRUCK = "truck", _("Truck driver")
        OTHER = "other", _("Another occupation")

    account = models.OneToOneField(
        PointsAccount, models.PROTECT, related_name="worker_pass", verbose_name=_("points account")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="worker_passes", verbose_name=_("issued at")
    )
    number = models.CharField(_("card number"), max_length=card_numbers.LENGTH, unique=True)
    nickname = models.CharField(_("nickname"), max_length=20)
    occupation = models.CharField(_("occupation"), max_length=10, choices=Occupation, blank=True)
    is_in_table = models.BooleanField(
        _("may stand with the nickname in the public quarterly table of points"),
        default=False,
        help_text=_("Only if the worker agrees. Please ask."),
    )
    pin = models.CharField("PIN", max_length=128, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(_("wrong PINs in a row"), default=0, editable=False)
    last_try_at = models.DateTimeField(_("last PIN at"), null=True, editable=False)
    last_code_at = models.DateTimeField(_("last code of the phone drawn at"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    history = HistoricalRecords(excluded_fields=["pin", "wrong_pins", "last_try_at", "last_code_at"])

    class Meta:
        verbose_name = _("worker pass")
        verbose_name_plural = _("worker passes")
        ordering = ["number"]

    def __str__(self):
        return f"{self.nickname} · {self.number}"

    @property
    def grouped_number(self):
        return card_numbers.grouped(self.number)

    @property
    def masked_name(self):
        """What a bystander may read on the screen: 张*."""
        return self.nickname[:1] + "*" * min(len(self.nickname) - 1, 2)


class CardNumber(models.Model):
    """Every number that was ever on a card, so that none comes back to life with somebody else."""

    number = models.CharField(_("card number"), max_length=card_numbers.LENGTH, primary_key=True)

    class Meta:
        verbose_name = _("card number")
        verbose_name_plural = _("card numbers")

    def __str__(self):
        return self.number
