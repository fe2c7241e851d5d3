"""An import as large as the province, in a process of its own that is killed in between."""

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from time import monotonic, sleep

import pytest
from django.conf import settings

from stations import datum, divisions
from stations.models import FacilityKind

pytestmark = pytest.mark.processes
CHOSEN_FOR_TESTS = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "SECRET_KEY")
PATIENCE = 180  # seconds, on a machine that is busy with other tests
SET_UP = """
import pathlib, resource, sys, django
django.setup()
from django.contrib.auth import get_user_model
from django.core.files import File
from stations.imports import jobs
from stations.models import ImportJob
"""
UPLOAD = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
person = get_user_model().objects.create_superuser("admin@example.com", "x", name="x")
job = jobs.upload(ImportJob(file=File(open(sys.argv[1], "rb"), name="a.csv")), by=person)
jobs.run(job.pk)
jobs.start(job)
"""
RUN = "jobs.take_up()\n"
# The largest memory of this program: `ru_maxrss` may be that of the process it was started from.
COST = """
used, own = resource.getrusage(resource.RUSAGE_SELF), pathlib.Path("/proc/self/status")
peak = own.read_text().partition("VmHWM:")[2].split()[0] if own.exists() else used.ru_maxrss
print(used.ru_utime + used.ru_stime, int(peak) // 1024)
"""


def write_table(path, rows):
    """Stations all over the province, in the words, the datum and the encoding that counties use."""
    chance = random.Random(1)
    counties = [division for division in divisions.read() if not division.is_prefecture]
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["名称", "区划代码", "地址", "纬度", "经度", "坐标系", "开放时间", "设施", "电话"])
        for number in range(rows):
            county = chance.choice(counties)
            place = [middle + chance.uniform(-0.05, 0.05) for middle in (county.latitude, county.longitude)]
            position = [f"{degrees:.6f}" for degrees in datum.gcj02_from_wgs84(*place)]
            hours = chance.choice(["24/7", "周一至周五 8:30-17:30", "看情况开门"])
            facilities = "、".join(chance.sample(FacilityKind.values, 6))
            where = [f"{number}号驿站", county.code, f"{county.name}解放路{number}号"]
            writer.writerow([*where, *position, "GCJ-02", hours, facilities, f"0571-{number:08}"])


class Portal:
    """The portal's code over an SQLite database of its own."""

    def __init__(self, var):
        kept = {name: value for name, value in os.environ.items() if name not in CHOSEN_FOR_TESTS}
        self.environment = kept | {"VAR_DIR": str(var)}
        self.database = var / "nuanyi.sqlite3"

    def start(self, code, *arguments):
        command = (sys.executable, "-c", SET_UP + code, *map(str, arguments))
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def run(self, code, *arguments):
        process = self.start(code, *arguments)
        said, _none = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        return said

    def ask(self, question):
        with closing(sqlite3.connect(self.database, timeout=20)) as database, database:
            return database.execute(question).fetchone()


def test_twelve_thousand_rows_survive_a_kill_in_a_minute_and_300_megabytes(tmp_path):
    portal, table = Portal(tmp_path), tmp_path / "stations.csv"
    write_table(table, 12_000)
    portal.run(UPLOAD, table)
    started = monotonic()

    worker = portal.start(RUN)
    while portal.ask("select rows_done from stations_importjob")[0] == 0 and monotonic() < started + PATIENCE:
        sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    done, state = portal.ask("select rows_done, state from stations_importjob")
    kept = portal.ask("select count(*) from stations_station")
    portal.ask("update stations_importjob set beat_at = '2026-01-01 00:00:00' returning id")
    seconds, megabytes = map(float, portal.run(RUN + COST).split())

    assert (0 < done < 12_000, state, kept) == (True, "running", (done,))
    assert portal.ask("select state, rows_done, report ->> '$.counts.created' from stations_importjob") == (
        "done",
        12_000,
        12_000,
    )
    assert portal.ask("select count(*), count(distinct code) from stations_station") == (12_000, 12_000)
    assert portal.ask("select count(*) from stations_stationfacility") == (72_000,)
    assert (seconds <= 60, megabytes <= 300) == (True, True)  # of the processor: others may be at work, too
