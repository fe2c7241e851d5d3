"""A real worker over real brokers; only at the post office the letters go into a list."""

import socket
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest
import time_machine
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.utils import timezone
from redis import Redis

from events import messages
from events.models import Message
from portal.celery import app
from volunteers.tests.factories import make_shift, make_signup

PATIENCE = 10  # seconds
IN_DEMO = {
    "keep the map in step": "stations.tasks.refresh_pack",
    "make the exports anew": "stations.tasks.refresh_exports",
    "carry out decisions": "portal.tasks.carry_out_decisions",
    "send due messages": "events.tasks.send_due_messages",
    "remind of shifts": "volunteers.tasks.queue_shift_reminders",
    "make the shifts of series": "volunteers.tasks.generate_shifts",
    "fill free places from waiting lists": "volunteers.tasks.fill_free_places",
    "remind managers of unmarked shifts": "volunteers.tasks.remind_of_unmarked",
    "remind of documents that run out": "volunteers.tasks.remind_of_expiry",
    "forget guardians of those of age": "volunteers.tasks.forget_guardians",
    "take back what was not collected": "events.tasks.reverse_uncollected",
    "let old points expire": "events.tasks.expire_points",
    "count the books again": "events.tasks.reconcile",
    "publish the points of the last quarter": "events.tasks.publish_quarter",
    "take up imports whose worker died": "stations.tasks.take_up_imports",
    "take up exports of lists, delete old ones": "stations.tasks.take_up_exports",
    "keep the demo fresh": "portal.tasks.refresh_demo",
}
# The import that people start, and feeds that only a setting names.
ON_DEMAND = ["stations.tasks.run_import", "stations.tasks.run_export", "stations.tasks.pull_swaps"]


@pytest.fixture
def app_on(settings, monkeypatch):
    """The portal's Celery app over another broker, everybody's for the length of a test."""
    settings.MAILBOX = False
    settings.CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # pytest listens there

    def app_on(broker, **more):
        monkeypatch.setenv("CELERY_SKIP_CHECKS", "1")
        monkeypatch.setenv("CELERY_BROKER_URL", broker)  # Celery itself reads it, before any setting
        for name, value in more.items():
            setattr(settings, f"CELERY_{name}", value)
        other = Celery("portal", set_as_current=False)
        other.config_from_object("django.conf:settings", namespace="CELERY")
        other.autodiscover_tasks(force=True)
        make_current(other)
        return other

    yield app_on
    make_current(app)


def make_current(some_app):
    some_app.set_current()
    some_app.set_default()  # in the worker's thread as well


@pytest.fixture
def spool(app_on, tmp_path):
    """The embedded default: files in a folder."""
    (tmp_path / "control").mkdir()
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
        "polling_interval": 0.05,
    }
    return app_on(
        "filesystem://", BROKER_TRANSPORT="portal.spool:Transport", BROKER_TRANSPORT_OPTIONS=folders
    )


@pytest.fixture
def redis(app_on, redis_url):
    """Keys of this test's own; the server may be somebody's."""
    prefix = f"nuanyi-test-{uuid4().hex}:"
    broker = app_on(redis_url, BROKER_TRANSPORT_OPTIONS={"global_keyprefix": prefix})
    yield broker
    with Redis.from_url(redis_url) as server:
        server.delete(*server.scan_iter(prefix + "*"))


def work(broker, *, letters):
    """Let a worker work until so many letters are out, and a moment longer."""
    with start_worker(broker, pool="solo", perform_ping_check=False, shutdown_timeout=PATIENCE):
        deadline = monotonic() + PATIENCE
        while len(mail.outbox) < letters and monotonic() < deadline:
            sleep(0.02)
        sleep(0.1)


def subjects():
    return sorted(letter.subject for letter in mail.outbox)


def write(subject):
    messages.write("lin@example.com", key=subject, subject=subject, body="您好")


@pytest.mark.django_db(transaction=True)
def test_a_worker_over_the_embedded_broker_sends_each_message_once(spool, tmp_path):
    for subject in ("一", "二", "三"):
        write(subject)
    assert len(list(tmp_path.glob("*.msg"))) == 2  # one for now, one for all within the second

    work(spool, letters=3)

    assert subjects() == ["一", "三", "二"]
    assert set(Message.objects.values_list("state", "tries")) == {("sent", 1)}
    assert list(tmp_path.glob("*.msg")) == []


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_over_redis_sends_each_message_once(redis):
    for subject in ("一", "二", "三"):
        write(subject)

    work(redis, letters=3)

    assert subjects() == ["一", "三", "二"]
    assert set(Message.objects.values_list("state", "tries")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_a_reminder_that_beat_asks_for_is_found_and_sent_by_the_worker(spool):
    signup = make_signup(signed_up_at=timezone.now() - timedelta(days=3), shift=make_shift())
    with time_machine.travel(signup.shift.starts_at - timedelta(hours=23)):
        spool.send_task(IN_DEMO["remind of shifts"])
        spool.send_task(IN_DEMO["remind of shifts"])

        work(spool, letters=1)

    assert [letter.to for letter in mail.outbox] == [[signup.volunteer.person.email]]
    assert Message.objects.get().key.startswith(f"remind:{signup.pk}:")


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_delays_a_message_and_loses_nothing(app_on, caplog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        app_on(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")
        started = monotonic()
        write("一")

    assert monotonic() - started < 2
    assert [record.levelname for record in caplog.records if "nudge" in record.getMessage()] == ["ERROR"]
    caplog.clear()
    assert Message.objects.get().state == "waiting"
    assert (messages.send_due(), subjects()) == (1, ["一"])  # what beat's next round does


def test_beat_asks_only_for_tasks_that_exist():
    app.loader.import_default_modules()

    asked = {name: entry["task"] for name, entry in app.conf.beat_schedule.items()}

    assert asked == IN_DEMO
    assert set(asked.values()) - app.tasks.keys() == set()


def test_tasks_are_only_those_that_beat_or_people_ask_for():
    app.loader.import_default_modules()

    assert {name for name in app.tasks if not name.startswith("celery.")} == {*IN_DEMO.values(), *ON_DEMAND}
