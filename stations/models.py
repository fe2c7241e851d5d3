from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations import datum, hours


class Need(models.TextChoices):
    """The four difficulties (四难) that the stations exist to solve."""

    MEAL = "meal", _("Eat")
    WATER = "water", _("Drink")
    REST = "rest", _("Rest")
    TOILET = "toilet", _("Toilet")


class FacilityKind(models.TextChoices):
    TABLE = "table", _("Table and chairs")
    WATER = "water", _("Drinking water dispenser")
    MICROWAVE = "microwave", _("Microwave oven")
    FIRST_AID = "first_aid", _("First-aid kit")
    PHONE_CHARGING = "phone_charging", _("Phone charging")
    BATTERY_SWAP = "battery_swap", _("Battery-swap cabinet")
    EBIKE_CHARGING = "ebike_charging", _("E-bike charging")
    AIR_CONDITIONING = "air_conditioning", _("Air conditioning")
    HEATER = "heater", _("Heater")
    FRIDGE = "fridge", _("Fridge")
    TOILET = "toilet", _("Toilet (nearby)")
    WIFI = "wifi", _("Wi-Fi")
    RAIN_GEAR = "rain_gear", _("Rain gear")
    TOOLS = "tools", _("Common tools")
    TYRE_PUMP = "tyre_pump", _("Tyre pump")
    BLOOD_PRESSURE = "blood_pressure", _("Blood-pressure meter")
    READING = "reading", _("Reading corner")
    BABY_ROOM = "baby_room", _("Mother-and-baby room")
    WHEELCHAIR = "wheelchair", _("Wheelchair access")
    BIKE_PARKING = "bike_parking", _("Parking for non-motor vehicles")
    VENDING = "vending", _("Vending machine")
    CALL_BUTTON = "call_button", _("Emergency call button")


# A need is met where at least one of these works.
MEETS = {
    Need.MEAL: [FacilityKind.MICROWAVE],
    Need.WATER: [FacilityKind.WATER],
    Need.REST: [FacilityKind.TABLE, FacilityKind.AIR_CONDITIONING, FacilityKind.HEATER],
    Need.TOILET: [FacilityKind.TOILET],
}


class Division(models.Model):
    """A prefecture or county of Zhejiang with its approximate centre (WGS-84)."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    prefecture = models.CharField(_("prefecture"), max_length=40)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]

    def __str__(self):
        return self.name if self.is_prefecture else f"{self.prefecture}{self.name}"

    @property
    def is_prefecture(self):
        return self.code.endswith("00")


class StationQuerySet(models.QuerySet):
    def listed(self):
        """Stations the public sees; withdrawn ones are history."""
        return self.exclude(status=Station.Status.WITHDRAWN)

    def managed_by(self, person):
        """Stations in a person's care today; all of them for the federation's own staff."""
        if person.is_superuser:
            return self
        today = timezone.localdate()
        current = Posting.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), person=person.pk, starts_on__lte=today
        )
        return self.filter(pk__in=current.values("station"))

    def meeting(self, need):
        """Stations with a working facility for one of the four needs."""
        working = StationFacility.objects.filter(kind__in=MEETS[need], state=StationFacility.State.WORKING)
        return self.filter(pk__in=working.values("station"))

    def matching(self, text):
        """Stations whose name, brand, address, county or code contains a text; all for an empty one."""
        named = Q(name__icontains=text) | Q(brand__icontains=text) | Q(address__icontains=text)
        return self.filter(named | Q(division__name__icontains=text) | Q(code__iexact=text)) if text else self

    def with_facilities(self):
        return self.select_related("division").prefetch_related("facilities")


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

    class Tier(models.TextChoices):
        BASIC = "basic", _("Basic station")
        BENCHMARK = "benchmark", _("Benchmark station")
        SMART = "smart", _("24-hour smart station")
        MICRO = "micro", _("Micro-station")

    class Position(models.TextChoices):
        EXACT = "exact", _("Exact location")
        APPROXIMATE = "approximate", _("Approximate location")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="stations", verbose_name=_("division")
    )
    address = models.CharField(_("address"), max_length=200)
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
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    access = models.CharField(_("access"), max_length=12, choices=Access, default=Access.STAFFED)
    tier = models.CharField(_("tier"), max_length=9, choices=Tier, default=Tier.BASIC)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    about = models.TextField(_("about"), blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["code"]
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

    def opening(self, at=None):
        """Open or not, and until when: an `hours.Opening` for an aware datetime (now by default)."""
        if self.status != self.Status.OPEN:
            return hours.Opening(hours.SHUT)
        return hours.opening(self.opening_hours, at or timezone.now())

    @property
    def place(self):
        """The address with its county, which many addresses name already."""
        known = self.address.startswith((self.division.prefecture, self.division.name, "浙江"))
        return self.address if known else f"{self.division}{self.address}"

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

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["station", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind"],
                name="facility_once_per_station",
                violation_error_message=_("This facility is listed already."),
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class Posting(models.Model):
    """A person runs a station from a day to a day; the admin shows only what is in their care."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="postings", verbose_name=_("station"))
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["station", "person", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "station", "starts_on"],
                name="posting_once_per_start",
                violation_error_message=_("This person already has a posting from that day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="posting_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.station}"


class Kiosk(models.Model):
    """A screen at a station, let in by a single-use pairing code and shut out by revoking it."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="kiosks", verbose_name=_("station"))
    label = models.CharField(
        _("label"), max_length=40, help_text=_("Where it stands, for example: front desk")
    )
    pairing_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    pairing_expires_at = models.DateTimeField(_("code valid until"), null=True, editable=False)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    paired_at = models.DateTimeField(_("paired at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        ordering = ["station", "label"]

    def __str__(self):
        return f"{self.station} · {self.label}"

    @property
    def is_paired(self):
        return bool(self.token_digest) and self.revoked_at is None
