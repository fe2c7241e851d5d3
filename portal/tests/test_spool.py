import threading
from contextlib import suppress
from queue import Empty

from kombu import Connection


def test_a_reader_never_finds_half_a_message(tmp_path):
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path),
    }
    connection = Connection("filesystem://", transport="portal.spool:Transport", transport_options=folders)
    writer, reader, read = connection.channel(), connection.channel(), []

    def write():
        for number in range(500):
            writer._put("queue", {"number": number, "text": "x" * 4000})

    writing = threading.Thread(target=write)
    writing.start()
    while writing.is_alive() or reader._size("queue"):
        with suppress(Empty):
            read.append(reader._get("queue")["number"])
    connection.close()

    assert read == list(range(500))


def test_every_process_that_binds_a_queue_is_remembered_once(tmp_path):
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path),
    }
    with Connection(
        "filesystem://", transport="portal.spool:Transport", transport_options=folders
    ) as connection:
        channel = connection.channel()

        for name in ("celery", "other", "celery"):
            channel._queue_bind("exchange", name, "", name)

        assert sorted(binding.queue for binding in channel.get_table("exchange")) == ["celery", "other"]
