"""The people and places that every test knows, and the promises that every test keeps."""

import logging
import os

import pytest

from portal.tests import engines

engines.set_up()  # models can be imported from here on

from django.conf import settings
from django.core.cache import caches
from django.utils import translation

from events import messages
from events.tests.factories import make_redemption_day, make_service_day, make_worker_pass
from portal.models import User
from portal.tests import emptying
from stations import kiosks, packs
from stations.models import Posting
from stations.tests.factories import (
    PASSWORD,
    make_kiosk,
    make_organisation,
    make_posting,
    make_station,
    make_user,
    province,
)
from volunteers.models import Credential, ServiceKind
from volunteers.tests.factories import make_credential, make_volunteer

pytest_plugins = ["portal.tests.browser", "events.tests.kiosk_screen", "stations.tests.printers"]
emptying.set_up()


# What is there, what is left out


def pytest_report_header(config):
    return [f"database: {settings.DATABASES['default']['ENGINE']}", *engines.missing().values()]


def pytest_configure(config):
    if engines.missing() and os.environ.get("REQUIRE_SERVICES") == "1":
        raise pytest.UsageError("REQUIRE_SERVICES=1, but " + "; ".join(engines.missing().values()))


def pytest_unconfigure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        engines.clean_up()


def pytest_collection_modifyitems(items):
    for name, sentence in engines.missing().items():
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(sentence))


@pytest.fixture(scope="session")
def redis_url():
    """Ask for it together with `@pytest.mark.redis`."""
    return engines.found()["redis"]


# Promises


@pytest.fixture(autouse=True)
def each_test_starts_afresh(monkeypatch, tmp_path):
    for name in caches:
        caches[name].clear()
    monkeypatch.setattr(packs, "FOLDER", tmp_path / "pack")
    monkeypatch.setattr(packs, "BUILT", tmp_path / "pack.json")
    monkeypatch.setattr(messages, "nudged_until", 0.0)
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def nothing_is_logged_as_an_error(caplog):
    """A test that expects an error looks at `caplog.records`, then says `caplog.clear()`."""
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert [record.getMessage() for record in records if record.levelno >= logging.ERROR] == []


# Places


@pytest.fixture
def station(db):
    return make_station(name="石门社区服务驿站")


@pytest.fixture
def other_station(db):
    return make_station(name="湖滨暖驿")


@pytest.fixture
def kiosk(station):
    """A paired screen at `station`; its secret is `kiosk.token`."""
    return make_kiosk(station=station)


@pytest.fixture
def kiosk_client(kiosk, client):
    """A browser that is the kiosk's own."""
    client.cookies[kiosks.COOKIE] = kiosk.token
    return client


@pytest.fixture
def service_day(station):
    """Tomorrow morning at `station`."""
    return make_service_day(station=station)


@pytest.fixture
def redemption_day(station):
    """Today's weekday is the one on which `station` redeems points."""
    return make_redemption_day(station=station)


# People: `client.force_login(volunteer.person)`, `client.force_login(manager)`


@pytest.fixture
def volunteer(station):
    """A lawyer whose licence is approved; home is `station`."""
    lawyer = make_volunteer(
        person=make_user(name="林律师", email="lawyer@example.com"),
        home_station=station,
        services=[ServiceKind.LEGAL.value, ServiceKind.HELPER.value],
    )
    make_credential(volunteer=lawyer, status=Credential.Status.APPROVED)
    return lawyer


@pytest.fixture
def newcomer(station):
    """A volunteer with nothing approved yet; home is `station`."""
    person = make_user(name="新来的人", email="newcomer@example.com")
    return make_volunteer(person=person, home_station=station)


@pytest.fixture
def worker(station):
    """A worker's card of `station` with PIN 1357 and 100 points."""
    return make_worker_pass(number="33010001", station=station)


@pytest.fixture
def manager(station):
    """Runs `station`, and nothing else."""
    person = make_user(name="王站长", email="manager@example.com")
    make_posting(person, station)
    return person


@pytest.fixture
def other_manager(other_station):
    """Runs `other_station`, and so must not see `station`."""
    person = make_user(name="李站长", email="other-manager@example.com")
    make_posting(person, other_station)
    return person


@pytest.fixture
def moderator(station):
    """Decides for the county of `station`."""
    person = make_user(name="县里的人", email="moderator@example.com")
    make_posting(person, station.organisation, role=Posting.Role.MODERATOR)
    return person


@pytest.fixture
def staff(station):
    """Works for the prefecture of `station`, with all its counties."""
    person = make_user(name="市里的人", email="staff@example.com")
    prefecture = make_organisation(name="杭州市总工会", kind="prefecture", parent=province())
    station.organisation.parent = prefecture
    station.organisation.save()
    make_posting(person, prefecture, role=Posting.Role.STAFF)
    return person


@pytest.fixture
def auditor(station):
    """Reads everything of the province, and changes nothing."""
    person = make_user(name="省里的人", email="auditor@example.com")
    make_posting(person, province(), role=Posting.Role.AUDITOR)
    return person


@pytest.fixture
def stranger(db):
    """Signed in, and nobody in particular."""
    return make_user(name="路人", email="stranger@example.com")


@pytest.fixture
def admin(db):
    """The federation's own staff: may see everything."""
    person = User.objects.create_superuser("admin@example.com", PASSWORD, name="工会")
    person.consents.create(version=settings.PRIVACY_RULES_VERSION)
    return person
