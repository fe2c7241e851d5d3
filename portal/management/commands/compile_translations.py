import os
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_stale() -> list[Path]:
    """Write the .mo beside every .po that has changed since; which ones.

    The .mo takes over the time of its .po, so that an older .po counts as a change too.
    """
    written = []
    for source in sorted(path for folder in settings.LOCALE_PATHS for path in folder.rglob("*.po")):
        target, changed = source.with_suffix(".mo"), source.stat().st_mtime_ns
        if target.exists() and target.stat().st_mtime_ns == changed:
            continue
        target.write_bytes(polib.pofile(str(source)).to_binary())
        os.utime(target, ns=(changed, changed))
        written.append(target)
    return written


class Command(BaseCommand):
    help = "Compiles the translations without gettext's own tools."
    requires_system_checks = []

    def handle(self, **options):
        for path in compile_stale():
            self.stdout.write(f"Compiled {path.relative_to(settings.BASE_DIR)}")
