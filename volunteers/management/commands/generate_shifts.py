from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from stations.refusals import Refusal
from volunteers import series


class Command(BaseCommand):
    help = "Makes the shifts of all series, eight weeks ahead. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day")

    def handle(self, *, until, **options):
        try:
            counts = series.generate(until, progress=self.show_progress)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("Series: %(count)d") % {"count": counts["series"]})
        self.stdout.write(_("Shifts made: %(count)d") % {"count": counts["made"]})

    def show_progress(self, counts):
        if counts["series"] > series.BATCH:
            self.stderr.write(f"{counts['series']} / {counts['made']}", self.style.NOTICE)
