"""Tickets from a printer at the station: ESC/POS over the network, as counters' printers speak it."""

import ipaddress
import socket
import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stations.refusals import Refusal

LIMIT = 2  # seconds for all of it: somebody stands there
PORTS = range(9100, 9200)
NETWORKS = [ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]

ARE_YOU_READY = b"\x10\x04\x01"  # DLE EOT 1, answered at once with one byte
NOT_READY = 0x08  # the bit in it that says no paper, open lid and the like
START = b"\x1b@\x1c&\x1ba\x01"  # as after switching on; Chinese; in the middle
LARGE, NORMAL = b"\x1d!\x11", b"\x1d!\x00"
CUT = b"\x1dV\x42\x00"


def validate_printer(value):
    """Only what can be a printer of a station, so that the portal knocks at no other door."""
    host, _colon, port = value.rpartition(":")
    try:
        address = ipaddress.IPv4Address(host)
        is_printer = int(port) in PORTS and any(address in network for network in NETWORKS)
    except ValueError:
        is_printer = False
    if not is_printer:
        raise ValidationError(
            _("Please type the printer's address in the station's network, for example 192.168.1.50:9100.")
        )


def print_ticket(kiosk, lines):
    """Print `lines`, pairs of a text and whether it is large, or refuse within LIMIT seconds.

    A printer that is not ready is sent nothing: it would print the ticket when others stand there.
    """
    host, _colon, port = kiosk.printer.rpartition(":")
    until = time.monotonic() + LIMIT
    try:
        with socket.create_connection((host, int(port)), timeout=LIMIT) as printer:
            printer.sendall(ARE_YOU_READY)
            printer.settimeout(max(0.01, until - time.monotonic()))
            answer = printer.recv(1)
            if not answer or answer[0] & NOT_READY:
                raise ConnectionError
            printer.sendall(ticket(lines))
    except OSError:
        raise Refusal(
            "printer_silent",
            _("The printer does not answer. Please ask the staff; your code is on the screen."),
        ) from None


def ticket(lines) -> bytes:
    return START + b"".join(line(text, is_large) for text, is_large in lines) + CUT


def line(text, is_large) -> bytes:
    """Without what is not to be read: a name must not be able to command the printer."""
    readable = "".join(letter for letter in str(text) if letter.isprintable())
    return (LARGE if is_large else NORMAL) + readable.encode("gb18030") + b"\n"
