"""A printer on the network, as far as the portal can tell."""

import socket
import threading

import pytest

READY, OUT_OF_PAPER = b"\x12", b"\x1a"


class Printer:
    """Says `answer` when asked for its state (nothing ever, where that is None), and keeps what it reads."""

    def __init__(self, answer=READY):
        self.answer = answer
        self.read = b""
        self.tickets = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.door.getsockname()[1]}"
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while True:
            try:
                line, _peer = self.door.accept()
            except OSError:
                return
            with line:
                self.listen(line)

    def listen(self, line):
        assert line.recv(3) == b"\x10\x04\x01"
        if self.answer is None:
            self.stopped.wait()
            return
        line.sendall(self.answer)
        pieces = b"".join(iter(lambda: line.recv(4096), b""))
        self.read += pieces
        self.tickets += bool(pieces)

    def stop(self):
        self.stopped.set()
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        self.thread.join(5)
        return self.read


@pytest.fixture
def new_printer():
    printers = []

    def make(**options):
        printers.append(Printer(**options))
        return printers[-1]

    yield make
    for printer in printers:
        if printer.thread.is_alive():
            printer.stop()


@pytest.fixture
def printer(new_printer):
    return new_printer()
