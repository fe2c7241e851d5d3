from django.core.management.base import BaseCommand, CommandError

from events import reconciling


class Command(BaseCommand):
    help = "Counts every balance and every stock again; names each drift and ends with 1 where there is one."

    def handle(self, *, verbosity, **options):
        found = 0
        for drift in reconciling.drifts(self.progress if verbosity else lambda words: None):
            self.stdout.write(drift)
            found += 1
        if found:
            raise CommandError(f"{found} drifts")
        self.stdout.write("Points, goods and redemptions agree.")

    def progress(self, words):
        self.stderr.write(words)
