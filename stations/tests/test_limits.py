from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from stations import limits

BACKENDS = {
    "memory": "django.core.cache.backends.locmem.LocMemCache",
    "database": "django.core.cache.backends.db.DatabaseCache",
}


@pytest.fixture(params=BACKENDS)
def every_cache(request, settings, db):
    """The embedded default keeps limits in the database; every kind of cache must count alike."""
    settings.CACHES = {"default": {"BACKEND": BACKENDS[request.param], "LOCATION": f"limits_{request.param}"}}
    if request.param == "database":
        call_command("createcachetable", verbosity=0)
    cache.clear()


def tries(count, *, who="10.0.0.1", action="guess"):
    return [limits.allow(action, who, times=3, seconds=600) for _n in range(count)]


def test_so_many_tries_are_allowed_and_no_more(every_cache):
    assert tries(5) == [True, True, True, False, False]


def test_each_address_has_its_own_tries(every_cache):
    tries(3, who="10.0.0.1")

    assert tries(1, who="10.0.0.1") == [False]
    assert tries(1, who="10.0.0.2") == [True]


def test_each_action_has_its_own_tries(every_cache):
    tries(3, action="pair")

    assert tries(1, action="pair") == [False]
    assert tries(1, action="guess") == [True]


def test_tries_come_back_when_the_time_is_over_and_not_before(every_cache):
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False) as clock:
        tries(3)

        clock.shift(599)
        assert tries(1) == [False]
        clock.shift(2)
        assert tries(4) == [True, True, True, False]


def test_asking_while_refused_does_not_make_the_wait_longer(every_cache):
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False) as clock:
        tries(3)
        clock.shift(300)
        tries(10)

        clock.shift(301)
        assert tries(1) == [True]


@pytest.mark.redis
def test_redis_counts_alike(settings, redis_url):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
        }
    }
    who = uuid4().hex  # the server may be somebody's: nothing is cleared there

    assert tries(5, who=who) == [True, True, True, False, False]
