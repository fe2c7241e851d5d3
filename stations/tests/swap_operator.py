"""A swap operator's server for tests, on this machine and over real HTTP: it behaves as it is told."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class Operator:
    """`answers` says what the next request gets; `requests` are the paths that were asked for."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}/station_status.json"
        self.requests = []
        self.closing = Event()
        self.answers()

    def answers(self, content=b"", *, status=200, headers=(), drip=0, silent=False):
        """`drip`: seconds between bytes, from the first byte of the status line; `silent`: nothing at all."""
        self.content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.status, self.headers, self.drip, self.silent = status, headers, drip, silent


@contextmanager
def running():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.operator = Operator(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.operator
    finally:
        server.operator.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        operator = self.server.operator
        operator.requests.append(self.path)
        if operator.silent:
            operator.closing.wait(20)
            return
        lines = [f"HTTP/1.1 {operator.status} Said", f"Content-Length: {len(operator.content)}"]
        lines += [f"{name}: {value}" for name, value in operator.headers]
        answer = "\r\n".join([*lines, "Connection: close", "", ""]).encode() + operator.content
        try:
            for part in [answer[n : n + 1] for n in range(len(answer))] if operator.drip else [answer]:
                self.wfile.write(part)
                if operator.closing.wait(operator.drip):
                    return
        except OSError:
            pass  # the other side has had enough

    def log_message(self, *args):
        pass


def feed(*rows, ttl=120, **envelope):
    """A station_status of GBFS 3; each row as `cabinet` makes it."""
    return {
        "last_updated": "2026-11-02T10:00:00+08:00",
        "ttl": ttl,
        "version": "3.0",
        "data": {"stations": list(rows)},
        **envelope,
    }


def cabinet(external_id, charged, free, at, **others):
    """`at`: an aware datetime."""
    return {
        "station_id": external_id,
        "num_vehicles_available": charged,
        "num_docks_available": free,
        "is_installed": True,
        "is_renting": True,
        "is_returning": True,
        "last_reported": at.isoformat() if hasattr(at, "isoformat") else at,
        **others,
    }
