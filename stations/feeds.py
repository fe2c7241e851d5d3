"""Fetching from a server that nobody here answers for: within a time, up to a size, or not at all."""

import http.client
import io
import time
from urllib.parse import urlsplit

DEADLINE = 10  # seconds for the whole answer, however slowly its bytes drip
CONNECTING = 3  # seconds of them for each address of the server
LARGEST = 5_000_000  # bytes
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class Unusable(Exception):
    """There is no answer that can be used; the message says why, for the log."""


def fetch(address: str) -> bytes:
    """The content at an http(s) address. Redirects are not followed: an address that moved is a setting."""
    until = time.monotonic() + DEADLINE
    parts = urlsplit(address)
    if parts.scheme not in CONNECTIONS:
        raise Unusable("its address is neither http nor https")
    connection = CONNECTIONS[parts.scheme](parts.netloc.rpartition("@")[2], timeout=CONNECTING)
    connection.response_class = lambda *args, **kwargs: Answer(*args, until=until, **kwargs)
    try:
        connection.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl() or "/")
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise Unusable(f"it answers {answer.status}")
        content = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unusable(f"{type(error).__name__} {error}") from error
    finally:
        connection.close()
    if len(content) > LARGEST:
        raise Unusable(f"it is larger than {LARGEST} bytes")
    return content


class Answer(http.client.HTTPResponse):
    """A response that ends in time, its status line and headers included.

    A socket's own time-out starts again with each byte; a server that drips would hold it for ever.
    """

    def __init__(self, sock, *args, until, **kwargs):
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(Punctual(sock, until))


class Punctual(io.RawIOBase):
    def __init__(self, sock, until):
        self.sock, self.until = sock, until
        self.stream = sock.makefile("rb", buffering=0)  # keeps the socket open until it is closed itself

    def readable(self):
        return True

    def readinto(self, buffer):
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer within {DEADLINE} seconds")
        self.sock.settimeout(left)
        return self.stream.readinto(buffer)

    def close(self):
        self.stream.close()
        super().close()
