from django.core.management.base import BaseCommand, CommandError

from portal import demo
from stations.refusals import Refusal


class Command(BaseCommand):
    help = "Load the demo: the nine named stations and enough around them for every story. Safe to repeat."

    def handle(self, *args, **options):
        try:
            demo.load()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(self.style.SUCCESS("Demo data is in place."))
