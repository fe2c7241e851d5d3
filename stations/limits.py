"""Rate limits that every process shares, kept in the cache."""

from django.core.cache import cache


def allow(action, who, *, times, seconds):
    """Take one of `times` slots, each free again after `seconds`; False while all are taken.

    Only `add` settles races in every cache: `incr` reads, writes and forgets the time limit in some.
    """
    return any(cache.add(f"limit:{action}:{who}:{n}", True, seconds) for n in range(times))
