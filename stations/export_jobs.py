"""Exports of lists: every one leaves its trace, and a large one is made by a worker that may die.

The rows are those that the owner reaches at the moment of making; whoever goes on after a
worker's death begins again.
"""

import hashlib
from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile

from celery import current_app
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, PAGE_VAR, ChangeList
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, override

from stations import history, list_exports, reach
from stations.imports.jobs import DEAD_AFTER, hold
from stations.models import ExportJob, HistoryLine

State = ExportJob.State
KEPT = timedelta(days=7)


def changelist(list_admin, request) -> ChangeList:
    """The list as the request filters it, from its first row to its last."""
    request.GET = request.GET.copy()
    for name in (PAGE_VAR, ALL_VAR, ERROR_FLAG):
        request.GET.pop(name, None)
    if not list_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    return list_admin.get_changelist_instance(request)


def described(request, shown, ending) -> ExportJob:
    return ExportJob(
        list=shown.opts.label_lower,
        query=request.GET.urlencode(),
        ending=ending,
        language=get_language(),
        reached=fingerprint(request),
        made_by=request.user,
    )


@transaction.atomic
def hand_over(job, rows) -> ExportJob:
    """Note that a list leaves the portal with this answer."""
    job.state, job.rows_done, job.rows_total = State.AT_ONCE, rows, rows
    job.finished_at = timezone.now()
    job.save()
    trace(job)
    return job


def ask_for(job, rows) -> ExportJob:
    """Have a large list made; a second press finds the one that is being made."""
    same = {"list": job.list, "query": job.query, "ending": job.ending, "language": job.language}
    waiting = ExportJob.objects.filter(made_by=job.made_by, state=State.RUNNING, **same).first()
    if waiting:
        return waiting
    job.rows_total = rows
    job.save()
    ask = partial(current_app.send_task, "stations.tasks.run_export", args=[job.pk])
    transaction.on_commit(ask, robust=True)
    return job


def unattended():
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - DEAD_AFTER)
    return ExportJob.objects.filter(silent, state=State.RUNNING)


def take_up() -> None:
    """Make what no worker is at, and delete the files that are old."""
    for pk in unattended().order_by("made_at").values_list("pk", flat=True):
        run(pk)
    old = ExportJob.objects.filter(state=State.DONE, made_at__lt=timezone.now() - KEPT)
    for job in old:
        job.file.delete(save=False)
        ExportJob.objects.filter(pk=job.pk).update(file="", state=State.GONE)


def run(pk) -> bool:
    """Make the file; False where another worker is at it, or nothing is to be done."""
    if not unattended().filter(pk=pk).update(beat_at=timezone.now(), rows_done=0):
        return False
    job = ExportJob.objects.select_related("made_by").get(pk=pk)
    with override(job.language):
        try:
            request = request_of(job)
            shown = changelist(admin_of(job), request)
        except (PermissionDenied, IncorrectLookupParameters, SuspiciousOperation):
            hold(job, state=State.REFUSED, finished_at=timezone.now())
        else:
            make(job, shown, fingerprint(request))
    return True


def make(job, shown, reached):
    hold(job, rows_total=shown.queryset.count(), reached=reached)
    with TemporaryFile() as file:
        list_exports.write_workbook(shown, file, progress=partial(keep, job))
        keep(job, job.rows_done)  # who was given up stops here and leaves the other's file alone
        finish(job, file)


def keep(job, done):
    job.rows_done = done
    hold(job, rows_done=done, beat_at=timezone.now())


def finish(job, file):
    name = f"{job.pk}.{job.ending}"
    default_storage.delete(f"{job.file.field.upload_to}/{name}")  # of a worker that died right here
    job.file.save(name, File(file), save=False)
    with transaction.atomic():
        done = {"rows_done": job.rows_done, "rows_total": job.rows_done, "file": job.file.name}
        hold(job, state=State.DONE, finished_at=timezone.now(), **done)
        trace(job)


def trace(job):
    """Personal data leave the portal: the history says with whom, which and how many.

    It is read by whoever has the place of this person in their care; of several places by the operators.
    """
    changes = [("query", "", job.query), ("rows_total", None, job.rows_done)]
    line = history.line(job, HistoryLine.Action.ADDED, changes, person=job.made_by, reason="")
    postings = reach.of(job.made_by).postings
    if len(postings) == 1:
        line.station, line.organisation = postings[0].station, postings[0].organisation
    line.save(force_insert=True)


def may_fetch(job, request) -> bool:
    """Whether the file is there and its owner reaches what was reached when it was made."""
    return (
        job.state == State.DONE
        and job.made_by_id == request.user.pk
        and job.reached == fingerprint(request)
        and admin_of(job).has_view_or_change_permission(request)
    )


def admin_of(job):
    return admin.site.get_model_admin(apps.get_model(job.list))


def request_of(job) -> HttpRequest:
    """What the list needs to know of its reader, when nobody is asking."""
    request = HttpRequest()
    request.method, request.user = "GET", job.made_by
    request.GET = QueryDict(job.query)
    return request


def fingerprint(request) -> str:
    reached = reach.of_request(request)
    postings = [
        (posting.pk, posting.role, posting.station_id, posting.organisation_id)
        for posting in reached.postings
    ]
    return hashlib.sha256(repr((reached.is_operator, postings)).encode()).hexdigest()
