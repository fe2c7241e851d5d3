"""The export of all stations of the province, in a process of its own whose memory is measured."""

import pytest

from stations.tests.test_import_speed import Portal

pytestmark = pytest.mark.processes

ROWS = 12_000
MOST = 200  # megabytes
SET_UP = """
from django.core.management import call_command
from stations.models import Division, Organisation, Station
from portal import consent
from stations import divisions, organisations
call_command("migrate", verbosity=0)
consent.give(get_user_model().objects.create_superuser("admin@example.com", "x", name="x"))
divisions.load()
divisions.load()
organisations.load()
division = Division.objects.order_by("-code").first()
place = {"division": division, "organisation": organisations.of(division)}
place |= {"latitude": 30.0, "longitude": 120.0}
Station.objects.bulk_create(
    Station(code=f"T{number:05}", name=f"{number}号驿站", address=f"解放路{number}号", **place)
    for number in range(%d)
)
"""
EXPORT = """
from django.test import Client
from django.urls import reverse
from stations import export_jobs
from stations.models import ExportJob
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get())
client.get("/healthz")  # whatever the pages need is in memory before
if sys.argv[1] == "csv":
    answer = client.get(reverse("admin:stations_station_export", args=["csv"]))
    rows = sum(piece.count(b"\\r\\n") for piece in answer.streaming_content) - 1
else:
    client.get(reverse("admin:stations_station_export", args=["xlsx"]))
    export_jobs.take_up()
    rows = ExportJob.objects.get(state="done").rows_done
own = pathlib.Path("/proc/self/status")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak = int(own.read_text().partition("VmHWM:")[2].split()[0]) if own.exists() else peak
print(rows, peak // 1024)
"""


def test_twelve_thousand_rows_leave_in_200_megabytes(tmp_path, capsys):
    portal = Portal(tmp_path)
    portal.run(SET_UP % ROWS)

    found = {ending: list(map(int, portal.run(EXPORT, ending).split())) for ending in ("csv", "xlsx")}

    with capsys.disabled():
        print(f" {found['csv'][1]} MB as CSV, {found['xlsx'][1]} MB as XLSX ", end="")
    assert [rows for rows, _megabytes in found.values()] == [ROWS, ROWS]
    assert [megabytes <= MOST for _rows, megabytes in found.values()] == [True, True]
