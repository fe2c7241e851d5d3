"""A small HTTP client that keeps its connections, so that little of what is measured is its own."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from time import perf_counter
from urllib.parse import urlencode

from django.conf import settings

THREADS = 8
CSRF = "c" * 32  # the same secret as cookie and header is what Django asks for


def get(path, **headers) -> bytes:
    return encode("GET", path, b"", headers)


def post(path, *, session="", kiosk="", **form) -> bytes:
    cookies = {settings.CSRF_COOKIE_NAME: CSRF, settings.SESSION_COOKIE_NAME: session, "kiosk": kiosk}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items() if value),
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
    }
    return encode("POST", path, urlencode(form).encode(), headers)


def encode(method, path, body, headers) -> bytes:
    headers = {"Host": f"{settings.HOST}:{settings.PORT}", "Content-Length": len(body), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def fire(requests, *, status, seconds) -> float:
    """Send requests over eight connections until they or the seconds are used up; how many a second."""
    shared = iter(requests)  # of a list or repeat(): threads may share those
    begin = perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        senders = [pool.submit(send, shared, status, begin + seconds) for _n in range(THREADS)]
        sent = sum(sender.result() for sender in senders)
    return sent / (perf_counter() - begin)


def connect() -> socket.socket:
    connection = socket.create_connection((settings.HOST, settings.PORT))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(requests, status, until) -> int:
    sent = 0
    with closing(connect()) as connection:
        answers = connection.makefile("rb")
        for request in requests:
            connection.sendall(request)
            answer, body = read(answers)
            if answer != status:
                raise RuntimeError(f"{answer} instead of {status}: {request[:80]!r} {body[:400]!r}")
            sent += 1
            if perf_counter() > until:
                break
    return sent


def read(answers):
    status, length = int(answers.readline().split()[1]), 0
    for line in islice(iter(answers.readline, b"\r\n"), 100):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, answers.read(length)
