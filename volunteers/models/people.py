import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from stations.fields import SearchField, SeveralField
from stations.models import Station
from volunteers.models.kinds import Daypart, ServiceKind


def new_number():
    """Ten digits that say nothing: known in public instead of an ID number (after MZ/T 061-2015)."""
    return str(10**9 + secrets.randbelow(9 * 10**9))


class Volunteer(models.Model):
    """A person who gives time, with only what the work needs."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="volunteer", verbose_name=_("person")
    )
    number = models.CharField(
        _("volunteer number"), max_length=10, unique=True, default=new_number, editable=False
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=40)
    home_station = models.ForeignKey(
        Station,
        models.PROTECT,
        db_index=False,  # volunteer_of_station
        related_name="volunteers",
        verbose_name=_("home station"),
        help_text=_("Its manager reviews your documents."),
    )
    services = models.JSONField(_("services offered"), default=list)
    skills = models.CharField(_("skills"), max_length=200, blank=True)
    availability = SeveralField(_("usually free"), choices=Daypart)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    # Only of those under 18 (浙江省志愿服务条例 art. 9).
    minor_until = models.DateField(_("eighteenth birthday"), null=True, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=40, blank=True)
    guardian_phone = models.CharField(_("guardian's phone number"), max_length=20, blank=True)
    guardian_agreed_at = models.DateTimeField(_("guardian agreed at"), null=True, editable=False)
    guardian_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("consent seen by"),
    )

    # Who did not come again and again pauses until then.
    paused_until = models.DateTimeField(_("pauses until"), null=True, editable=False)
    # The secret in the address of her calendar; without it there is none.
    feed_token = models.CharField(max_length=43, null=True, unique=True, editable=False)

    search = SearchField(sources=["name"])

    history = HistoricalRecords(excluded_fields=["search", "feed_token"])
    labels_in_lists = {"services": dict(ServiceKind.choices)}

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        ordering = ["name"]
        # With the key beside it, so that a county's volunteers are found without reading their rows.
        indexes = [models.Index(fields=["home_station", "id"], name="volunteer_of_station")]
        constraints = [
            models.CheckConstraint(
                condition=Q(minor_until=None) | ~Q(guardian_name="") & ~Q(guardian_phone=""),
                name="minors_have_a_guardian",
                violation_error_message=_("Who is under 18 names a guardian and their phone number."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def station(self):
        """In whose care the row is, as every row that has a history says it."""
        return self.home_station

    @property
    def service_labels(self):
        return [ServiceKind(value).label for value in self.services]

    def is_minor(self, on):
        """Whether she is under 18 on a day."""
        return bool(self.minor_until and on < self.minor_until)


class Team(models.Model):
    """Volunteers who go together, such as the riders of 青蜂侠."""

    name = models.CharField(_("name"), max_length=40)
    station = models.ForeignKey(Station, models.PROTECT, related_name="teams", verbose_name=_("home station"))
    members = models.ManyToManyField(
        Volunteer, through="TeamMember", related_name="teams", verbose_name=_("members")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "name"],
                name="team_once_per_station",
                violation_error_message=_("This station has a team of that name already."),
            )
        ]

    def __str__(self):
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", verbose_name=_("team"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="memberships", verbose_name=_("volunteer")
    )
    is_leader = models.BooleanField(_("leads the team"), default=False)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["-is_leader", "volunteer__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"],
                name="member_once_per_team",
                violation_error_message=_("This volunteer is in the team already."),
            )
        ]

    def __str__(self):
        return f"{self.volunteer} · {self.team}"
