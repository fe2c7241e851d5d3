from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from stations.refusals import Refusal
from volunteers import national


class Command(BaseCommand):
    help = "Writes confirmed hours that the national system has not been given yet to a CSV or XLSX file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mark", action="store_true", help="note that these hours are given; without it, only look"
        )

    def handle(self, *, file, mark, **options):
        try:
            number = national.export(file, mark=mark)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        words = ngettext("%(n)d row of hours written.", "%(n)d rows of hours written.", number)
        self.stdout.write(words % {"n": number})
