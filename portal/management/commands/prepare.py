import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.management.commands.compile_translations import compile_stale
from stations.models import Station

UNUSED = ["redoc", "rest_framework"]  # folders of libraries, large and shown on no page


class Command(BaseCommand):
    help = "Makes ready what `serve` needs. Run twice, it changes nothing."
    requires_system_checks = []

    def handle(self, **options):
        compile_stale()  # first of all, before anything is translated
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        self.collect_static_files()
        if settings.DEMO and not Station.objects.exists():
            self.stdout.write("Loading the demo data …")
            call_command("demo", stdout=self.stdout)

    def collect_static_files(self):
        """Hashing and compressing takes a while, so only when a source has changed."""
        stamp, now = settings.VAR / "static-sources", fingerprint_of_static_sources()
        if stamp.exists() and stamp.read_text() == now:
            return
        self.stdout.write("Collecting the static files …")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED)
        stamp.write_text(now)


def fingerprint_of_static_sources() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            change = storage.get_modified_time(path).timestamp()
            found.update(f"{storage.path(path)} {storage.size(path)} {change}\n".encode())
    return found.hexdigest()
