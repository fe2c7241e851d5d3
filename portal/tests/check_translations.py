"""No message of the source is missing, untranslated or fuzzy (`make check`; needs gettext)."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("portal", "locale", "zh_Hans", "LC_MESSAGES", "django.po")
COLLECT = ("makemessages", "--locale", "zh_Hans", "--no-obsolete", "--verbosity", "0")


def main():
    if not shutil.which("xgettext"):
        print("gettext not found: translations not compared with the source")
        return os.environ.get("REQUIRE_SERVICES") == "1"
    # makemessages writes into its tree, so it gets one of its own.
    with tempfile.TemporaryDirectory(prefix="nuanyi-messages-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "static"))
        environment = {**os.environ, "VAR_DIR": str(Path(folder, "var"))}
        subprocess.run((sys.executable, "manage.py", *COLLECT), cwd=copy, env=environment, check=True)
        subprocess.run(
            ("msgfmt", "--check-format", "--output-file", os.devnull, CATALOGUE), cwd=copy, check=True
        )
        wanting = [entry for entry in polib.pofile(str(copy / CATALOGUE)) if not entry.translated()]
    for entry in wanting:
        kind = "fuzzy" if entry.fuzzy else "untranslated"
        print(f"{kind}: {entry.msgid!r} ({entry.occurrences[0][0]})")
    print(
        f"{len(wanting)} messages without a good translation" if wanting else "Every message is translated."
    )
    return bool(wanting)


if __name__ == "__main__":
    sys.exit(main())
