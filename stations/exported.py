"""What a list of the workplace needs to leave as a table."""

from tempfile import TemporaryFile

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stations import export_jobs, list_exports

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 2000  # rows of a workbook, in about a second


class Exported(admin.ModelAdmin):
    """`export.csv` and `export.xlsx` beside the list, with the list's own filters."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export.<slug:ending>", view, name=name), *super().get_urls()]

    def export_view(self, request, ending):
        if ending not in TYPES:
            raise Http404
        try:
            shown = export_jobs.changelist(self, request)
        except IncorrectLookupParameters:
            return self.to_list(
                request, _("These filters do not fit. Please choose them again and export then.")
            )
        rows = shown.queryset.count()
        job = export_jobs.described(request, shown, ending)
        if ending == "csv":
            export_jobs.hand_over(job, rows)
            return streamed(shown)
        if rows > list_exports.MOST_IN_A_SHEET:
            return self.to_list(
                request, _("An Excel sheet cannot hold so many rows. Please filter the list, or export CSV.")
            )
        if rows > AT_ONCE:
            return redirect("admin:stations_exportjob_change", export_jobs.ask_for(job, rows).pk)
        export_jobs.hand_over(job, rows)
        return workbook(shown)

    def to_list(self, request, sentence):
        messages.error(request, sentence)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


def streamed(shown) -> StreamingHttpResponse:
    pieces = list_exports.csv_pieces(shown, get_language())
    disposition = content_disposition_header(True, file_name(shown.opts, "csv"))
    return StreamingHttpResponse(
        pieces,
        content_type=TYPES["csv"],
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )


def workbook(shown) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115, the answer closes it
    list_exports.write_workbook(shown, file)
    file.seek(0)
    return as_file(file, shown.opts)


def as_file(file, opts) -> FileResponse:
    """A workbook to be kept, by nobody in between."""
    return FileResponse(
        file,
        as_attachment=True,
        filename=file_name(opts, "xlsx"),
        content_type=TYPES["xlsx"],
        headers={"Cache-Control": "private, no-store"},
    )


def file_name(opts, ending) -> str:
    return f"{capfirst(str(opts.verbose_name_plural))} {timezone.localdate():%Y-%m-%d}.{ending}"
