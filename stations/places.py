"""Counties to choose from, and their names as the quiet background of the map."""

from itertools import groupby

from stations.models import Division


def by_prefecture() -> list[tuple[str, list[Division]]]:
    """Counties that have stations, under their prefecture, for a select."""
    counties = Division.objects.filter(stations__isnull=False).distinct()
    return [(name, list(group)) for name, group in groupby(counties, key=lambda d: d.prefecture)]


def labels() -> list[list]:
    """[latitude, longitude, name, is a prefecture] of every division, for the map without tiles."""
    return [[d.latitude, d.longitude, d.name, d.is_prefecture] for d in Division.objects.all()]
