import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.bench import report, rows, site
from portal.bench.client import fire
from portal.bench.world import World

PAGE = settings.BASE_DIR / "docs" / "benchmarks.md"
MARK = "<!-- written by make bench -->\n"


class Command(BaseCommand):
    help = "Measures pages and verbs against the floors, on a server and a database of its own."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--quick", action="store_true", help="less than two minutes, less exact")
        parser.add_argument("--write", action="store_true", help=f"keep the table in docs/{PAGE.name}")

    def handle(self, *, quick, write, **options):
        if settings.ROOT_URLCONF != site.URLCONF:
            sys.exit(self.handle_in_a_site_of_its_own())
        count, seconds, people = (5, 0.8, 200) if quick else (9, 3, 1000)
        world = World(people)
        floors = rows.the_floors()
        everything = [*floors, *rows.the_pages(), *rows.the_verbs(world)]
        # The first round warms up. Rows take turns, so that whatever else the machine does hits all alike.
        rounds = [self.measure(everything, seconds) for _n in range(count + 1)][1:]
        table = report.table([row.name for row in everything], [row.name for row in floors], rounds)
        about = report.machine(count, seconds)
        self.stdout.write(f"\n{about}\n\n{table}")
        if write:
            PAGE.write_text(f"{PAGE.read_text().partition(MARK)[0]}{MARK}\n{about}\n\n{table}")

    def handle_in_a_site_of_its_own(self):
        with site.served() as environment:
            return subprocess.run((sys.executable, *sys.argv), env=environment).returncode

    def measure(self, everything, seconds):
        rates = {}
        for row in everything:
            rates[row.name] = fire(row.requests(), status=row.status, seconds=seconds)
            row.undo()
        self.stdout.write(".", ending="")
        self.stdout.flush()
        return rates
