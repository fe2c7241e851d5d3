"""Live numbers of battery-swap cabinets (换电柜), pulled from their operators' feeds.

A feed is what GBFS calls station_status.json: https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md
(times in RFC 3339; those of GBFS 2, in seconds since 1970, are read too). A "vehicle" is a charged
battery, a "dock" a free slot. Whatever a feed does, nothing is raised and nothing doubtful is kept:
the numbers from before stay with their old time limit, and read as unknown once it has passed.
"""

import json
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from stations import feeds
from stations.models import SwapCabinet

logger = logging.getLogger(__name__)

# GBFS wants live data never more than five minutes old; an operator's longer promise is not believed.
SHORTEST, LONGEST = 30, 300  # seconds
# Clocks differ a little. What comes from further in the future says nothing about now.
CLOCKS_DIFFER = timedelta(minutes=1)
OLDEST = timedelta(days=1)
MOST = 1000  # slots of one cabinet; the largest have about sixty
NAMED = 20  # numbers of cabinets in one line of the log


@dataclass(frozen=True)
class Report:
    """What an operator says of one cabinet: charged batteries, free slots (None: not told), and when."""

    external_id: str
    charged: int
    free: int | None
    reported_at: datetime


def pull(operator) -> int:
    """Take over an operator's newest numbers; how many cabinets have new ones."""
    address = settings.SWAP_FEEDS.get(operator)
    if not address:
        return 0
    try:
        reports, lifetime, refused = read(feeds.fetch(address))
    except (feeds.Unusable, ValueError, RecursionError) as error:
        logger.warning("The swap feed of %s cannot be used: %.200s", operator, error)
        return 0
    if refused:
        logger.warning("The swap feed of %s has %d reports that say nothing usable", operator, refused)
    known = set(SwapCabinet.objects.filter(operator=operator).values_list("external_id", flat=True))
    if unlinked := sorted(report.external_id for report in reports if report.external_id not in known):
        logger.info("%d cabinets of %s stand at no station: %r", len(unlinked), operator, unlinked[:NAMED])
    return sum(store(operator, report, lifetime) for report in reports if report.external_id in known)


def store(operator, report, lifetime) -> int:
    """Only what is newer than the numbers that are there, so late answers change nothing."""
    older = Q(reported_at=None) | Q(reported_at__lt=report.reported_at)
    return SwapCabinet.objects.filter(older, operator=operator, external_id=report.external_id).update(
        charged=report.charged,
        free=report.free,
        reported_at=report.reported_at,
        valid_until=report.reported_at + lifetime,
    )


def read(content) -> tuple[list[Report], timedelta, int]:
    """The usable reports, how long they count, and how many are not usable; ValueError if none can be."""
    feed = json.loads(content, parse_constant=refuse)
    try:
        rows, ttl = feed["data"]["stations"], feed["ttl"]
    except (KeyError, TypeError) as error:
        raise ValueError("not of the form of a GBFS station_status") from error
    if not isinstance(rows, list) or not is_number(ttl):
        raise ValueError("data.stations is not a list, or ttl is not a number")
    reports = [report for report in map(report_of, rows) if report]
    # Two answers for one cabinet: nobody knows which is right.
    times = Counter(report.external_id for report in reports)
    certain = [report for report in reports if times[report.external_id] == 1]
    return certain, timedelta(seconds=min(max(ttl, SHORTEST), LONGEST)), len(rows) - len(certain)


def report_of(row) -> Report | None:
    """None for a report that says nothing usable."""
    try:
        free = row.get("num_docks_available")
        return Report(
            external_id=identifier(row["station_id"]),
            charged=amount(row, "num_vehicles_available", "num_bikes_available") * works(row, "is_renting"),
            free=None if free is None else count(free) * works(row, "is_returning"),
            reported_at=moment(row["last_reported"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        return None


def identifier(value):
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= SwapCabinet._meta.get_field("external_id").max_length
    ):
        raise ValueError("no number of a cabinet")
    return value


def amount(row, name, name_in_gbfs_2):
    return count(row[name] if name in row else row[name_in_gbfs_2])


def count(value):
    if not is_number(value) or not 0 <= value <= MOST:
        raise ValueError("not a number of batteries or slots")
    return value


def works(row, what):
    """Whether a cabinet that is there gives out batteries, or takes them back; said to do so if not told."""
    answers = [row.get(name, True) for name in ("is_installed", what)]
    if not all(isinstance(answer, bool) for answer in answers):
        raise ValueError("neither true nor false")
    return all(answers)


def moment(value):
    at = datetime.fromtimestamp(value, UTC) if is_number(value) else datetime.fromisoformat(value)
    now = timezone.now()
    if not now - OLDEST <= at <= now + CLOCKS_DIFFER:  # a TypeError for a time without its zone
        raise ValueError("from the future, or from long ago")
    return min(at, now)


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def refuse(word):
    raise ValueError(f"{word} is not JSON")
