from stations.admin import history, imports, staff, stations, swaps, upkeep

__all__ = ["history", "imports", "staff", "stations", "swaps", "upkeep"]
