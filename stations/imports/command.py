"""What `manage.py import_…` commands have in common: they differ in their verb alone."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from stations import history
from stations.imports import tables


class ImportCommand(BaseCommand):
    importer = None  # the module with `import_file` and the size of its `BATCH`

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")

    def handle(self, *, file, dry_run, **options):
        try:
            with history.acting(None, why=_("Import of %(file)s") % {"file": Path(file).name}):
                report = self.importer.import_file(file, dry_run=dry_run, progress=self.show_progress)
        except tables.Unreadable as error:
            raise CommandError(str(error), returncode=2) from error
        for line in report.lines():
            self.stdout.write(line)
        if dry_run:
            self.stderr.write(_("This was a trial: nothing was written."), self.style.NOTICE)
        if report.rejected:
            raise CommandError(_("Not every row was imported."), returncode=1)

    def show_progress(self, done, total, report):
        if total > self.importer.BATCH:
            self.stderr.write(f"{done} / {total}", self.style.NOTICE)
