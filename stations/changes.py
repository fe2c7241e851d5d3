"""Whether the directory has changed, for what is made from it: the pack and the exports."""

from datetime import timedelta

from django.db.models import Count, Max, Q

# Longer than any transaction that writes stations: a row may show up this long after its own time stamp.
LATE = timedelta(minutes=10)


def fingerprint(stations) -> str:
    """The same words until a station is added, changed or touched."""
    newest = stations.aggregate(newest=Max("updated_at"))["newest"]
    if newest is None:
        return ""
    recent = Count("pk", filter=Q(updated_at__gt=newest - LATE))
    counted = stations.aggregate(all=Count("pk"), recent=recent)
    return f"{newest.isoformat()} {counted['all']} {counted['recent']}"
