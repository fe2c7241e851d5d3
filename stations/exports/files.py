"""The exports as files: made in the background, all of one moment, served as they are.

An edition is a folder of files that never change. `current.json` names the present one and is
replaced in one step, so a reader sees a whole edition, the old or the new; the one before stays
for those who have just looked.
"""

import fcntl
import gzip
import hashlib
import json
import secrets
import shutil
from contextlib import ExitStack

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from stations import changes
from stations.exports import geojson, hsds, tables
from stations.models import Station

FORMAT = 1  # counted up when the same stations make other files
CHUNK = 1000  # stations in memory at a time
WRITERS = [geojson.writing, tables.writing, hsds.writing]
PACKED_ALREADY = ".xlsx"


def root():
    return settings.VAR / "exports"


def edition() -> dict:
    """What there is: `folder`, `built_at` (ISO), `files` by name with their hash. Made now if need be."""
    if not (root() / "current.json").exists():
        refresh()
    return json.loads((root() / "current.json").read_text())


def refresh() -> bool:
    """Make a new edition if stations have changed; False if none was needed.

    One builder at a time. Others wait and then find the work done.
    """
    root().mkdir(parents=True, exist_ok=True)
    pointer = root() / "current.json"
    with (root() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Asked before the stations are read: what changes meanwhile makes the next edition.
        fingerprint = f"{FORMAT} {settings.SITE_URL} {changes.fingerprint(Station.objects.all())}"
        before = json.loads(pointer.read_text()) if pointer.exists() else {}
        if before.get("fingerprint") == fingerprint:
            return False
        made = {"fingerprint": fingerprint, "built_at": timezone.now().isoformat(), **make()}
        part = root() / "current.part"
        part.write_text(json.dumps(made))
        part.replace(pointer)
        clear({made["folder"], before.get("folder")})
    return True


def make() -> dict:
    folder = root() / secrets.token_hex(6)
    folder.mkdir()
    with override(settings.LANGUAGE_CODE), ExitStack() as stack:
        adders = [stack.enter_context(writing(folder)) for writing in WRITERS]
        for station in stations().iterator(CHUNK):
            for add in adders:
                add(station)
    return {"folder": folder.name, "files": {path.name: finish(path) for path in sorted(folder.iterdir())}}


def stations():
    details = Station.objects.listed().select_related("division").prefetch_related("facilities", "exceptions")
    return details.defer("search").order_by("code")


def finish(path) -> str:
    """Put a packed copy beside the file; what its content is known by."""
    with path.open("rb") as plain:
        digest = hashlib.file_digest(plain, "sha256").hexdigest()[:32]
        plain.seek(0)
        if path.suffix != PACKED_ALREADY:
            beside = path.with_name(f"{path.name}.gz")
            with beside.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                shutil.copyfileobj(plain, packed)
    return digest


def clear(kept):
    """Old editions, and what a builder left behind that was stopped half-way."""
    for folder in root().iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
