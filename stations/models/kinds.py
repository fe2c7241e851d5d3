"""What stations are there for, what they have, whom they serve."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Occupation(models.TextChoices):
    """Whom a station serves first. Kept as bits: new ones go to the end."""

    SANITATION = "sanitation", _("Sanitation worker")
    GARDENING = "gardening", _("Municipal and garden maintenance worker")
    COURIER = "courier", _("Courier")
    RIDER = "rider", _("Food-delivery rider")
    TAXI = "taxi", _("Taxi driver")
    RIDE_HAILING = "ride_hailing", _("Ride-hailing driver")
    TRUCK = "truck", _("Truck driver")
    TRAFFIC = "traffic", _("Traffic warden or auxiliary police")
    PARKING = "parking", _("Roadside parking attendant")
    BUILDING = "building", _("Construction worker")
    SECURITY = "security", _("Security guard")
    FISHERY = "fishery", _("Fishery worker")
    OTHER = "other", _("Other outdoor worker")


class Role(models.TextChoices):
    """The four stations (四个站) that a station may be. Kept as bits: new ones go to the end."""

    PUBLICITY = "publicity", _("Notices and news")
    OUTREACH = "outreach", _("An ear for workers")
    REST = "rest", _("A rest on the way")
    RELAY = "relay", _("Passing kindness on")


# A need is met where at least one of these works.
MEETS = {
    Need.MEAL: [FacilityKind.MICROWAVE],
    Need.WATER: [FacilityKind.WATER],
    Need.REST: [FacilityKind.TABLE, FacilityKind.AIR_CONDITIONING, FacilityKind.HEATER],
    Need.TOILET: [FacilityKind.TOILET],
}
