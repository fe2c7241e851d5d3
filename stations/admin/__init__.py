from stations.admin import imports, staff, stations, swaps, upkeep

__all__ = ["imports", "staff", "stations", "swaps", "upkeep"]
