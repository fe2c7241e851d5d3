from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations import datum, hours
from stations.fields import SearchField, SeveralField
from stations.models.divisions import Division
from stations.models.kinds import MEETS, FacilityKind, Occupation, Role
from stations.models.organisations import Organisation
from stations.models.questions import StationQuerySet


class Station(models.Model):
    """An outdoor workers' service station (户外劳动者服务站点)."""

    class Status(models.TextChoices):
        OPEN = "open", _("In use")
        CLOSED = "closed", _("Temporarily closed")
        RENOVATION = "renovation", _("Under renovation")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Access(models.TextChoices):
        STAFFED = "staffed", _("Staffed")
        SELF_SERVICE = "self_service", _("Self-service (unstaffed)")
        CODE = "code", _("Unstaffed, door opens with a code")
        CARD = "card", _("Unstaffed, door opens with a card")

    class Tier(models.TextChoices):
        BASIC = "basic", _("Basic station")
        BENCHMARK = "benchmark", _("Benchmark station")
        SMART = "smart", _("24-hour smart station")
        MICRO = "micro", _("Micro-station")

    class BuildMode(models.TextChoices):
        SELF_BUILT = "self_built", _("Self-built by the union")
        CO_BUILT = "co_built", _("Co-built")

    class Position(models.TextChoices):
        EXACT = "exact", _("Exact location")
        APPROXIMATE = "approximate", _("Approximate location")

    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(
                # The words are addresses beside those of the stations.
                r"^(?!(suggest|suggestions|faults|photos|pack)$)[0-9A-Za-z-]+\Z",
                _("A code has only letters, digits and hyphens, and is not a word such as “suggest”."),
            )
        ],
    )
    name = models.CharField(_("name"), max_length=80)
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="stations", verbose_name=_("division")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="stations",
        verbose_name=_("in the care of"),
    )
    address = models.CharField(_("address"), max_length=200)
    landmark = models.CharField(
        _("landmark"),
        max_length=80,
        blank=True,
        help_text=_("What one sees first, for example: beside the bus stop"),
    )
    storey = models.CharField(_("storey"), max_length=20, blank=True)
    is_street_facing = models.BooleanField(_("faces the street"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), validators=[MinValueValidator(27), MaxValueValidator(31.5)])
    longitude = models.FloatField(
        _("longitude"), validators=[MinValueValidator(117.5), MaxValueValidator(123.5)]
    )
    source_datum = models.CharField(
        _("datum of the source"), max_length=5, choices=datum.Datum, default=datum.Datum.WGS84
    )
    position = models.CharField(_("position"), max_length=11, choices=Position, default=Position.EXACT)
    position_doubt = models.CharField(_("doubt about the position"), max_length=120, blank=True)
    opening_hours = models.CharField(
        _("opening hours"),
        max_length=255,
        blank=True,
        validators=[hours.validate],
        help_text=_("OpenStreetMap style, for example Mo-Fr 08:30-17:30; PH off. Empty means unknown."),
    )
    hours_as_written = models.CharField(
        _("opening hours as they were written"),
        max_length=255,
        blank=True,
        help_text=_("What an imported table said and nobody has put into opening hours yet."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    access = models.CharField(_("access"), max_length=12, choices=Access, default=Access.STAFFED)
    tier = models.CharField(_("tier"), max_length=9, choices=Tier, default=Tier.BASIC)
    build_mode = models.CharField(_("built by"), max_length=10, choices=BuildMode, blank=True)
    host = models.CharField(_("run by"), max_length=80, blank=True)
    partner = models.CharField(_("together with"), max_length=120, blank=True)
    occupations = SeveralField(_("serves first"), choices=Occupation)
    roles = SeveralField(_("roles"), choices=Role)
    design_theme = models.CharField(_("design theme"), max_length=80, blank=True)
    amap_poi_id = models.CharField(_("AMap place number"), max_length=20, blank=True)
    baidu_uid = models.CharField(_("Baidu place number"), max_length=40, blank=True)
    map_checked_on = models.DateField(_("looked up on the maps on"), null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    about = models.TextField(_("about"), blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    search = SearchField(sources=["name", "brand", "address", "landmark", "code"])

    objects = StationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["updated_at", "search"])

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["code"]
        indexes = [
            # A box around a place: the band of latitudes is read from the index, longitudes beside it.
            models.Index(fields=["latitude", "longitude"], name="station_place"),
            models.Index(fields=["updated_at", "code"], name="station_updated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "name"],
                name="station_name_once_per_division",
                violation_error_message=_("This county already has a station of that name."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(27, 31.5)) & Q(longitude__range=(117.5, 123.5)),
                name="station_lies_in_zhejiang",
                violation_error_message=_("The position lies outside Zhejiang. Please check it."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("stations:detail", args=[self.code])

    @property
    def hours_in_force(self):
        """The opening hours with the exceptions that still count; yesterday's night runs until morning."""
        yesterday = timezone.localdate() - timedelta(days=1)
        return hours.with_exceptions(
            self.opening_hours, [one for one in self.exceptions.all() if one.ends_on >= yesterday]
        )

    def opening(self, at=None):
        """Open or not, and until when: an `hours.Opening` for an aware datetime (now by default)."""
        if self.status != self.Status.OPEN:
            return hours.Opening(hours.SHUT)
        return hours.opening(self.hours_in_force, at or timezone.now())

    def touch(self):
        """Something that belongs to the station has changed: maps and exports are made anew."""
        self.updated_at = timezone.now()
        Station.objects.filter(pk=self.pk).update(updated_at=self.updated_at)

    @property
    def station(self):
        """Where the row belongs, as every row of a station says it."""
        return self

    @property
    def place(self):
        """The address with its county, which many addresses name already."""
        known = self.address.startswith((self.division.prefecture, self.division.name, "浙江"))
        return self.address if known else f"{self.division}{self.address}"

    @property
    def open_faults(self):
        """Faults that are not fixed yet, one a facility at most; picked here, so that prefetching helps."""
        return [fault for fault in self.faults.all() if fault.is_open]

    @property
    def published_photos(self):
        """Photos that the county has let through; picked here, so that prefetching helps."""
        return [photo for photo in self.photos.all() if photo.state == StationPhoto.State.PUBLISHED]

    @property
    def needs_met(self):
        kinds = {f.kind for f in self.facilities.all() if f.state == StationFacility.State.WORKING}
        return [need for need, facilities in MEETS.items() if kinds.intersection(facilities)]


class StationFacility(models.Model):
    class State(models.TextChoices):
        WORKING = "working", _("Working")
        NEEDS_REPAIR = "needs_repair", _("Needs repair")
        OUT_OF_SERVICE = "out_of_service", _("Out of service")

    station = models.ForeignKey(Station, models.CASCADE, related_name="facilities", verbose_name=_("station"))
    kind = models.CharField(_("facility"), max_length=16, choices=FacilityKind)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.WORKING)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["station", "id"]
        indexes = [
            # Every filter by need or facility asks for these.
            models.Index(fields=["kind", "station"], condition=Q(state="working"), name="working_facility")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind"],
                name="facility_once_per_station",
                violation_error_message=_("This facility is listed already."),
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class OpeningException(models.Model):
    """Other hours from a day to a day, or none: a temporary closure."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="exceptions", verbose_name=_("station"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    times = models.CharField(
        _("open at"),
        max_length=60,
        blank=True,
        validators=[hours.validate_times],
        help_text=_("For example 09:00-16:00. Empty means closed on these days."),
    )
    reason = models.CharField(_("reason"), max_length=80, blank=True, help_text=_("Everybody reads it."))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("other hours or closure")
        verbose_name_plural = _("other hours and closures")
        ordering = ["station", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="exception_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self):
        return f"{self.station} · {self.starts_on} – {self.ends_on}"


class StationPhotoQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=StationPhoto.State.PUBLISHED)


class StationPhoto(models.Model):
    """A picture of a station, with the words for those who do not see it; the county looks at it first."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending review")
        PUBLISHED = "published", _("Published")
        DECLINED = "declined", _("Not approved")

    station = models.ForeignKey(Station, models.CASCADE, related_name="photos", verbose_name=_("station"))
    image = models.FileField(_("picture"), upload_to="stations")
    alt = models.CharField(
        _("what it shows"), max_length=120, help_text=_("One sentence for people who do not see the picture.")
    )
    place = models.PositiveSmallIntegerField(_("place in the row"), default=0)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PUBLISHED, editable=False)
    reason = models.CharField(_("reason for the decision"), max_length=200, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )

    objects = StationPhotoQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["station", "place", "id"]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(state="pending"), name="photo_queue"),
        ]

    def __str__(self):
        return self.alt

    def get_absolute_url(self):
        return reverse("stations:photo", args=[self.pk])
