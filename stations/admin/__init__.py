from stations.admin import history, imports, list_exports, staff, stations, swaps, upkeep

__all__ = ["history", "imports", "list_exports", "staff", "stations", "swaps", "upkeep"]
