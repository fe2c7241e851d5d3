from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import history_words
from stations.models.organisations import Organisation
from stations.models.stations import Station

DEEDS = {
    "+": _("%(who)s added the %(kind)s “%(name)s”"),
    "~": _("%(who)s changed the %(kind)s “%(name)s”"),
    "-": _("%(who)s deleted the %(kind)s “%(name)s”"),
}


class HistoryLine(models.Model):
    """Who changed what, when and why: one line beside each record of django-simple-history, never altered.

    `changes` holds [field, before, after] for each field that differs, ready to be read.
    """

    class Action(models.TextChoices):
        ADDED = "+", _("added")
        CHANGED = "~", _("changed")
        DELETED = "-", _("deleted")

    at = models.DateTimeField(_("when"), default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("who"),
    )
    reason = models.CharField(_("why"), max_length=200, blank=True)
    action = models.CharField(_("what was done"), max_length=1, choices=Action)
    model = models.CharField(_("kind"), max_length=60)
    object_id = models.BigIntegerField()
    name = models.CharField(_("what"), max_length=200)
    # What has happened outlives the row: a line keeps its number.
    station = models.ForeignKey(
        Station,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("station"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    changes = models.JSONField(_("before and after"), default=list, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="history_newest"),
            models.Index(fields=["station", "-at"], name="history_of_station"),
            models.Index(fields=["organisation", "-at"], name="history_of_organisation"),
            models.Index(fields=["person", "-at"], name="history_of_person"),
            models.Index(fields=["model", "object_id", "-at"], name="history_of_row"),
        ]

    def __str__(self):
        return f"{self.name} · {self.get_action_display()}"

    @property
    def of_model(self) -> type[models.Model] | None:
        """The kind of row; None where a later edition of the portal has it no more."""
        try:
            return apps.get_model(self.model)
        except LookupError:
            return None

    @property
    def kind(self) -> str:
        return str(self.of_model._meta.verbose_name) if self.of_model else self.model

    @property
    def sentences(self) -> list[str]:
        """What has changed, a sentence for each field."""
        return [history_words.sentence(self.of_model, *change) for change in self.changes]

    is_hidden = False  # for a reader who may not know the people of the row: see discretion.py

    def without_people(self) -> "HistoryLine":
        self.is_hidden = True
        return self

    @property
    def who(self) -> str:
        if self.is_hidden:
            return gettext("Somebody known to the station")
        return str(self.person or _("The portal itself"))

    @property
    def why(self) -> str:
        """What was written freely may name somebody."""
        return "" if self.is_hidden else self.reason

    @property
    def deed(self) -> str:
        """Who did what, in one sentence."""
        words = {"who": self.who, "kind": self.kind, "name": self.name}
        return DEEDS[self.action] % words

    @property
    def told(self) -> str:
        """The whole line: when, who, what, before and after, why."""
        when = formats.date_format(timezone.localtime(self.at), "DATETIME_FORMAT")
        text = f"{when} {self.deed}"
        if self.changes:
            words = {"deed": text, "changes": "; ".join(self.sentences)}
            text = gettext("%(deed)s: %(changes)s") % words
        if self.why:
            text = gettext("%(deed)s. Reason: %(reason)s") % {"deed": text, "reason": self.why}
        return text
