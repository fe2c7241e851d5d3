from stations.models.divisions import Division
from stations.models.history import HistoryLine
from stations.models.imports import ImportJob
from stations.models.kinds import MEETS, FacilityKind, Need, Occupation, Role
from stations.models.list_exports import ExportJob
from stations.models.organisations import Organisation
from stations.models.questions import StationQuerySet
from stations.models.staff import Kiosk, Posting
from stations.models.stations import OpeningException, Station, StationFacility, StationPhoto
from stations.models.swaps import SwapCabinet
from stations.models.upkeep import Fault, FaultReport, SiteSuggestion

__all__ = [
    "MEETS",
    "Division",
    "ExportJob",
    "FacilityKind",
    "Fault",
    "FaultReport",
    "HistoryLine",
    "ImportJob",
    "Kiosk",
    "Need",
    "Occupation",
    "OpeningException",
    "Organisation",
    "Posting",
    "Role",
    "SiteSuggestion",
    "Station",
    "StationFacility",
    "StationPhoto",
    "StationQuerySet",
    "SwapCabinet",
]
