"""Rate limits that every process shares, kept in the cache."""

from django.core.cache import cache


def allow(action, who, *, times, seconds):
    """Count one more try of `action` by `who`; False once there were `times` within `seconds`."""
    key = f"limit:{action}:{who}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= times
    except ValueError:  # it ran out between the two calls: a new window has begun
        cache.set(key, 1, seconds)
        return True
