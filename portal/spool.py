"""kombu's filesystem transport, with files that are complete the moment they can be seen.

kombu 5.7 writes messages and its table of queues in place. A worker that looks in between
reads an empty file and dies of it; a table cut short by a crash stops every later start.
"""

import os
import uuid
from pathlib import Path
from time import time_ns

from kombu.transport import filesystem
from kombu.utils.json import dumps


def write_whole(path: Path, content: str) -> None:
    unfinished = path.with_name(f".{uuid.uuid4()}")
    unfinished.write_text(content)
    os.replace(unfinished, path)


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        # By the clock on the wall: kombu's own names begin anew with every boot.
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}.msg"
        write_whole(Path(self.data_folder_out, name), dumps(payload))

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        bindings = self.get_table(exchange)
        if binding not in bindings:
            write_whole(self._exchange_file(exchange), dumps([binding, *bindings]))


class Transport(filesystem.Transport):
    Channel = Channel
    default_connection_params = {"port": None}  # no host that a log must mention
