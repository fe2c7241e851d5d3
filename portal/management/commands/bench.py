from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.bench import goals, pages, report, site

PAGE = settings.BASE_DIR / "docs" / "benchmarks.md"
MARK = "<!-- written by make bench -->\n"


class Command(BaseCommand):
    help = "Measures pages, verbs, the map and the workplace, on servers and databases of its own."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--quick", action="store_true", help="about four minutes, less exact")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--write", action="store_true", help=f"keep the tables in docs/{PAGE.name}")
        what.add_argument("--only", choices=goals.PARTS, help="one part of the goals, to work on it")

    def handle(self, *, quick, write, only, **options):
        if only:
            self.stdout.write(report.goals(goals.measure(quick=quick, only=only)))
            return
        about, table = self.measure_pages(quick)
        self.stdout.write(f"\n{about}\n\n{table}")
        reached = report.goals(goals.measure(quick=quick))
        self.stdout.write(f"\n{reached}")
        if write:
            kept = PAGE.read_text().partition(MARK)[0]
            PAGE.write_text(f"{kept}{MARK}\n{about}\n\n{table}\n{reached}")

    def measure_pages(self, quick):
        amounts = (
            {"rounds": 5, "seconds": 0.8, "people": 200}
            if quick
            else {"rounds": 9, "seconds": 3, "people": 1000}
        )
        with site.portal() as portal:
            portal.call(call_command, "prepare")
            with portal.served():
                return portal.call(pages.measure, **amounts)
