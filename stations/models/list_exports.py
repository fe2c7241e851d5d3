from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class ExportJob(models.Model):
    """A list of the workplace on its way out: who took which rows, and for a large one the file.

    The row stays when the file is deleted: it says what has left the portal.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        AT_ONCE = "at_once", _("Handed over at once")
        REFUSED = "refused", _("Cannot be made")
        GONE = "gone", _("File deleted")

    list = models.CharField(_("list"), max_length=60)  # app.model
    query = models.TextField(_("filters"), blank=True)
    ending = models.CharField(_("kind of file"), max_length=4)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    file = models.FileField(_("file"), upload_to="list-exports", blank=True)
    # What its owner reached when the rows were read; whoever reaches something else asks again.
    reached = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="list_exports",
        db_index=False,
        verbose_name=_("exported by"),
    )
    made_at = models.DateTimeField(_("exported at"), auto_now_add=True)
    # A worker that has not moved this on for a while is dead; another one begins again.
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["made_by", "-made_at", "-id"], name="exports_of_person"),
            models.Index(fields=["state", "made_at"], name="exports_by_state"),
        ]

    def __str__(self):
        return f"{self.title} · {self.ending.upper()}"

    @property
    def title(self):
        return capfirst(apps.get_model(self.list)._meta.verbose_name_plural)
