from datetime import date

from django.core.management.base import BaseCommand
from django.utils import timezone

from events import expiry


class Command(BaseCommand):
    help = "Writes what expires on a day: points that were earned before the validity window and never used."

    def add_arguments(self, parser):
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="today unless said")

    def handle(self, *, on, **options):
        points = expiry.expire(on or timezone.localdate(), self.stderr.write)
        self.stdout.write(f"{points:,} points have expired.")
