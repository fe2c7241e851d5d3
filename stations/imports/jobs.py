"""Imports through the workplace: a table is looked at, then imported, by a worker that may die at any moment.

What a batch did and how far the job has got are written in one transaction, so whoever
goes on after a worker's death goes on exactly behind its last batch.
"""

from datetime import timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stations import history
from stations.imports import importer, tables
from stations.imports.reports import Report
from stations.models import ImportJob
from stations.refusals import Refusal

State = ImportJob.State
AFTERWARDS = {State.LOOKING: State.CHECKED, State.RUNNING: State.DONE}
# Reading the largest table takes a quarter of this; the sign of life comes with every batch.
DEAD_AFTER = timedelta(minutes=2)


class TakenOver(Exception):
    """This worker was silent for so long that another one goes on with the job."""


def upload(job, *, by) -> ImportJob:
    """Keep the file of a new job and have it looked at."""
    job.name, job.uploaded_by = job.file.name[-200:], by
    job.save()
    ask_worker(job.pk)
    return job


def start(job) -> None:
    """Import what was looked at."""
    waiting = ImportJob.objects.filter(pk=job.pk, state=State.CHECKED)
    if not waiting.update(state=State.RUNNING, rows_done=0, report={}, beat_at=None):
        raise Refusal("not_checked", _("This table is not waiting to be imported."))
    ask_worker(job.pk)


def ask_worker(pk):
    """Without an answer `take_up` finds the job within a minute: a dead broker delays and loses nothing."""
    ask = partial(current_app.send_task, "stations.tasks.run_import", args=[pk])
    transaction.on_commit(ask, robust=True)


def unattended():
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - DEAD_AFTER)
    return ImportJob.objects.filter(silent, state__in=AFTERWARDS)


def take_up() -> None:
    """Go on with the jobs whose worker died, or never came."""
    for pk in unattended().order_by("uploaded_at").values_list("pk", flat=True):
        run(pk)


def run(pk) -> bool:
    """Look at the table, or import it; False where another worker has the job, or nothing is to be done."""
    if not unattended().filter(pk=pk).update(beat_at=timezone.now()):
        return False
    job = ImportJob.objects.select_related("uploaded_by").get(pk=pk)
    with override(job.uploaded_by.language), history.acting(job.uploaded_by, why=reason(job)):
        try:
            importer.import_file(
                job.file.path,
                dry_run=job.state == State.LOOKING,
                progress=partial(keep, job),
                so_far=so_far(job),
            )
        except tables.Unreadable as error:
            settle(job, state=State.UNREADABLE, trouble=str(error)[:300])
        else:
            settle(job, state=AFTERWARDS[job.state])
    return True


def reason(job):
    return _("Import of %(file)s") % {"file": job.name}


def so_far(job):
    """A look has written nothing to build on, so it begins again."""
    if job.state == State.RUNNING and job.rows_done:
        return job.rows_done, Report.from_json(job.report)
    return None


def keep(job, done, total, report):
    hold(job, rows_done=done, rows_total=total, report=report.as_json(), beat_at=timezone.now())


def settle(job, **values):
    hold(job, finished_at=timezone.now(), **values)


def hold(job, **values):
    """Write to the job while it is this worker's: its own last sign of life must still stand there.

    Raises TakenOver otherwise, which undoes the batch that it happens in.
    """
    if not type(job).objects.filter(pk=job.pk, beat_at=job.beat_at).update(**values):
        raise TakenOver(job.pk)
    job.beat_at = values.get("beat_at", job.beat_at)
