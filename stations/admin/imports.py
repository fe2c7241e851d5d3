from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations.exported import Exported
from stations.imports import jobs, rejects, tables
from stations.imports.reports import Report
from stations.lists import Listed
from stations.models import ImportJob
from stations.refusals import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100  # findings


class UploadForm(forms.ModelForm):
    class Meta:
        model = ImportJob
        fields = ["file"]
        help_texts = {
            "file": _(
                "CSV or Excel (.xlsx), up to 40 MB; the first row holds the headings. "
                "The table is checked first; nothing is written before you say so."
            )
        }
        widgets = {"file": forms.FileInput(attrs={"accept": ".csv,.xlsx"})}

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            tables.reader_of(file.name)
            tables.refuse_large(file.size)
        except tables.Unreadable as error:
            raise ValidationError(str(error)) from error
        return file


@admin.register(ImportJob)
class ImportJobAdmin(Listed, Exported):
    """A table is uploaded, looked at, imported; nobody edits a job."""

    form = UploadForm
    list_display = ["name", "state", "says", "uploaded_by", "uploaded_at"]
    list_filter = ["state"]
    list_select_related = ["uploaded_by"]
    date_hierarchy = "uploaded_at"
    actions = None

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("rows"))
    def says(self, job):
        if job.rows_total:
            return gettext("%(done)d of %(total)d rows") % {"done": job.rows_done, "total": job.rows_total}
        return gettext("Waiting for its turn") if job.state in jobs.AFTERWARDS else ""

    def get_urls(self):
        def named(name, address):
            view = self.admin_site.admin_view(getattr(self, name))
            return path(f"<int:pk>/{address}", view, name=f"stations_importjob_{name}")

        own = [named("start", "start/"), named("progress", "progress/"), named("rejected", "rejected.xlsx")]
        return own + super().get_urls()

    def load(self, request, pk):
        job = self.get_object(request, str(pk)) if self.has_change_permission(request) else None
        if job is None:
            raise PermissionDenied
        return job

    def save_model(self, request, obj, form, change):
        jobs.upload(obj, by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect("admin:stations_importjob_change", obj.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        job = self.load(request, object_id)
        report = Report.from_json(job.report) if job.report else Report()
        context = self.admin_site.each_context(request) | {
            "title": job.name,
            "opts": self.opts,
            "job": job,
            "says": self.says(job),
            "at_work": job.state in jobs.AFTERWARDS,
            "report": report,
            "findings": sorted(report.findings, key=lambda finding: finding.row)[:SHOWN],
            "shown": SHOWN,
        }
        return render(request, "admin/stations/importjob/job.html", context)

    def progress(self, request, pk):
        """For the page that shows a job at work."""
        job = self.load(request, pk)
        return JsonResponse(
            {"state": job.state, "done": job.rows_done, "total": job.rows_total, "says": self.says(job)}
        )

    def rejected(self, request, pk):
        job = self.load(request, pk)
        if not job.report or not Report.from_json(job.report).rejected:
            raise Http404
        response = HttpResponse(rejects.workbook(job), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="rejected-{pk}.xlsx"'
        return response

    def start(self, request, pk):
        job = self.load(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            jobs.start(job)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:stations_importjob_change", pk)
