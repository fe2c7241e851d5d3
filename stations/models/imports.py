from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportJob(models.Model):
    """A table of stations on its way in through the workplace: looked at first, then imported."""

    class State(models.TextChoices):
        LOOKING = "looking", _("Being checked")
        CHECKED = "checked", _("Checked, nothing written yet")
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")
        UNREADABLE = "unreadable", _("Cannot be read")

    file = models.FileField(_("file"), upload_to="imports")
    name = models.CharField(_("name of the file"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.LOOKING)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    report = models.JSONField(_("report"), default=dict)
    trouble = models.CharField(_("why it cannot be read"), max_length=300, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="station_imports",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    # A worker that has not moved this on for a while is dead; another one goes on.
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("import of stations")
        verbose_name_plural = _("imports of stations")
        ordering = ["-uploaded_at"]

    def __str__(self):
        return self.name
