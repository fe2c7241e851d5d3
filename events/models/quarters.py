"""The points of a quarter as they were published."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.passes import WorkerPass
from stations.models import Station

FEW = 5  # people, below whom a sum may be read as one person's


class QuarterLine(models.Model):
    """What one card of a station earned and spent in a quarter, or all of its others together.

    Written once, by `quarters.publish`, in the order in which it is read. Only with the holder's consent;
    without a card (`worker_pass`) it is the line of all others, `people` of them.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="quarter_lines", db_index=False, verbose_name=_("station")
    )
    worker_pass = models.ForeignKey(
        WorkerPass,
        models.CASCADE,
        null=True,
        related_name="quarter_lines",
        verbose_name=_("worker pass"),
        help_text=_("Never shown; a line goes when its holder no longer agrees"),
    )
    nickname = models.CharField(_("nickname"), max_length=20, blank=True)
    people = models.PositiveIntegerField(_("number of people"))
    earned = models.PositiveIntegerField(_("points earned"))
    spent = models.PositiveIntegerField(_("points spent"))

    class Meta:
        verbose_name = _("line of a quarter")
        verbose_name_plural = _("lines of quarters")
        ordering = ["-year", "-quarter", "pk"]
        indexes = [models.Index(fields=["year", "quarter", "id"], name="quarter_lines_in_order")]
        constraints = [
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarter_is_one_of_four"),
            models.CheckConstraint(
                condition=Q(worker_pass=None, nickname="") | ~Q(worker_pass=None) & Q(people=1),
                name="quarter_line_is_of_one_card_or_of_others",
            ),
            models.UniqueConstraint(
                fields=["station", "year", "quarter", "worker_pass"], name="quarter_line_once_per_card"
            ),
            models.UniqueConstraint(
                fields=["station", "year", "quarter"],
                condition=Q(worker_pass=None),
                name="quarter_line_once_for_all_others",
            ),
        ]

    def __str__(self):
        return f"{self.year} Q{self.quarter} · {self.station} · {self.nickname or self.people}"

    @property
    def is_few(self):
        """Whether the sum of the others would tell of somebody who has not agreed."""
        return self.worker_pass_id is None and self.people < FEW
