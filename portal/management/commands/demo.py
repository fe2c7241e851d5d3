import sys

from django.core.management.base import BaseCommand, CommandError

from portal import demo
from stations import synthetic
from stations.refusals import Refusal


class Command(BaseCommand):
    help = "Load the demo: the nine named stations and enough around them for every story. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            type=int,
            default=0,
            metavar="N",
            help="also fill a synthetic province, labelled as demo data, up to N stations",
        )

    def handle(self, *args, scale, **options):
        try:
            demo.load()
            synthetic.make(scale, progress=self.progress)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(self.style.SUCCESS("Demo data is in place."))

    def progress(self, done, wanted):
        end = "\n" if done == wanted else ""
        self.stderr.write(f"\r{done:,} of {wanted:,} synthetic stations", ending=end)
        sys.stderr.flush()
