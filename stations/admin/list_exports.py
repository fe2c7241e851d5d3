"""One's own exports: how far a large one is, and its file."""

from django.apps import apps
from django.contrib import admin, messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import export_jobs, reach
from stations.exported import as_file
from stations.models import ExportJob
from stations.scope import ReadOnly, ScopedAdmin


@admin.register(ExportJob)
class ExportJobAdmin(ReadOnly, ScopedAdmin):
    station_path = None
    may = {"view": reach.EVERYBODY}
    list_display = ["title", "ending", "state", "says", "made_at"]
    list_filter = ["state"]

    def narrow(self, request, rows, roles):
        return rows.filter(made_by=request.user)

    @admin.display(description=_("list"), ordering="list")
    def title(self, job):
        return job.title

    @admin.display(description=_("rows"))
    def says(self, job):
        if job.state == ExportJob.State.RUNNING and job.beat_at is None:
            return gettext("Waiting for its turn")
        return gettext("%(done)d of %(total)d rows") % {"done": job.rows_done, "total": job.rows_total}

    def get_urls(self):
        def named(name):
            view = self.admin_site.admin_view(getattr(self, name))
            return path(f"<int:pk>/{name}/", view, name=f"stations_exportjob_{name}")

        return [named("progress"), named("file"), *super().get_urls()]

    def load(self, request, pk) -> ExportJob:
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404
        return job

    def change_view(self, request, object_id, form_url="", extra_context=None):
        job = self.load(request, object_id)
        address = reverse(f"admin:{job.list.replace('.', '_')}_changelist")
        context = self.admin_site.each_context(request) | {
            "title": job.title,
            "opts": self.opts,
            "job": job,
            "says": self.says(job),
            "at_work": job.state == ExportJob.State.RUNNING,
            "may_fetch": export_jobs.may_fetch(job, request),
            "list_address": f"{address}?{job.query}" if job.query else address,
        }
        return render(request, "admin/stations/exportjob/job.html", context)

    def progress(self, request, pk):
        """For the page that shows an export at work."""
        job = self.load(request, pk)
        return JsonResponse(
            {"state": job.state, "done": job.rows_done, "total": job.rows_total, "says": self.says(job)}
        )

    def file(self, request, pk):
        job = self.load(request, pk)
        if not export_jobs.may_fetch(job, request):
            messages.error(
                request, gettext("This file cannot be fetched any more. Please export the list again.")
            )
            return redirect("admin:stations_exportjob_change", pk)
        return as_file(job.file.open("rb"), apps.get_model(job.list)._meta)
