from django.db import models
from django.utils.translation import gettext_lazy as _

from stations.fields import SearchField


class Division(models.Model):
    """A prefecture or county of Zhejiang with its approximate centre (WGS-84)."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    prefecture = models.CharField(_("prefecture"), max_length=40)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    search = SearchField(sources=["name", "prefecture"])

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]

    def __str__(self):
        return self.name if self.is_prefecture else f"{self.prefecture}{self.name}"

    @property
    def is_prefecture(self):
        return self.code.endswith("00")
