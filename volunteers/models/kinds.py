from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceKind(models.TextChoices):
    LEGAL = "legal", _("Legal advice")
    COUNSELLING = "counselling", _("Counselling")
    HAIRCUT = "haircut", _("Free haircut")
    CLINIC = "clinic", _("Free clinic")
    PHOTO = "photo", _("ID photos")
    TRAINING = "training", _("Skills training")
    HELPER = "helper", _("Helper")


class CredentialKind(models.TextChoices):
    LAWYER = "lawyer", _("Lawyer's licence")
    COUNSELLOR = "counsellor", _("Counsellor's qualification")
    MEDICAL = "medical", _("Medical practising certificate")


# Services that only people with an approved credential may give
# (志愿服务条例 art. 16, 律师法 art. 13).
REQUIRED_CREDENTIAL = {
    ServiceKind.LEGAL: CredentialKind.LAWYER,
    ServiceKind.COUNSELLING: CredentialKind.COUNSELLOR,
    ServiceKind.CLINIC: CredentialKind.MEDICAL,
}

# Who gives and who gets these is known to those who need to know it; others read "有安排".
CONFIDENTIAL = frozenset({ServiceKind.LEGAL, ServiceKind.COUNSELLING})

# Services at which one after the other is served, at a time that can be booked: minutes each.
SLOT_MINUTES = {
    ServiceKind.HAIRCUT: 20,
    ServiceKind.LEGAL: 30,
    ServiceKind.COUNSELLING: 50,
    ServiceKind.CLINIC: 15,
    ServiceKind.PHOTO: 10,
}


class Circumstance(models.TextChoices):
    """When the volunteer and the organisation agree in writing first (浙江省志愿服务条例 art. 21).

    The sixth, service for longer than a month, is known from the series.
    """

    DANGER = "danger", _("There may be a danger to life or health")
    FOREIGN = "foreign", _("People from abroad take part")
    LARGE_EVENT = "large_event", _("It is part of a large public event")
    OUTSIDE = "outside", _("It takes place outside the province")
    ASKED = "asked", _("One side has asked for it")


class Daypart(models.TextChoices):
    """When somebody usually has time; 1 is Monday."""

    MON_AM = "1am", _("Monday morning")
    MON_PM = "1pm", _("Monday afternoon")
    MON_EVE = "1eve", _("Monday evening")
    TUE_AM = "2am", _("Tuesday morning")
    TUE_PM = "2pm", _("Tuesday afternoon")
    TUE_EVE = "2eve", _("Tuesday evening")
    WED_AM = "3am", _("Wednesday morning")
    WED_PM = "3pm", _("Wednesday afternoon")
    WED_EVE = "3eve", _("Wednesday evening")
    THU_AM = "4am", _("Thursday morning")
    THU_PM = "4pm", _("Thursday afternoon")
    THU_EVE = "4eve", _("Thursday evening")
    FRI_AM = "5am", _("Friday morning")
    FRI_PM = "5pm", _("Friday afternoon")
    FRI_EVE = "5eve", _("Friday evening")
    SAT_AM = "6am", _("Saturday morning")
    SAT_PM = "6pm", _("Saturday afternoon")
    SAT_EVE = "6eve", _("Saturday evening")
    SUN_AM = "7am", _("Sunday morning")
    SUN_PM = "7pm", _("Sunday afternoon")
    SUN_EVE = "7eve", _("Sunday evening")
