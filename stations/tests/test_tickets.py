"""Tickets on a real socket: what the printer reads, and what becomes of one that does not answer."""

import time

import pytest
from django.core.exceptions import ValidationError

from stations import tickets
from stations.refusals import Refusal
from stations.tests.printers import OUT_OF_PAPER

LINES = [("石门社区服务驿站", False), ("271828", True)]


def refused(kiosk):
    begun = time.monotonic()
    with pytest.raises(Refusal) as refusal:
        tickets.print_ticket(kiosk, LINES)
    assert time.monotonic() - begun < tickets.LIMIT + 1
    return refusal.value.code, str(refusal.value)


def test_the_printer_reads_the_ticket_in_its_own_words(kiosk, printer):
    kiosk.printer = printer.address

    tickets.print_ticket(kiosk, LINES)

    station = "石门社区服务驿站".encode("gb18030")
    assert printer.stop() == (
        b"\x1b@\x1c&\x1ba\x01" + b"\x1d!\x00" + station + b"\n" + b"\x1d!\x11271828\n" + b"\x1dV\x42\x00"
    )


def test_a_name_cannot_command_the_printer(kiosk, printer):
    kiosk.printer = printer.address

    tickets.print_ticket(kiosk, [("a\x1bp\x00\n𠮷é", False)])

    assert b"\x1d!\x00ap" + "𠮷é".encode("gb18030") + b"\n\x1dV" in printer.stop()


def test_a_dead_printer_is_told_with_a_way_out(kiosk, printer):
    kiosk.printer = printer.address
    printer.stop()

    code, sentence = refused(kiosk)

    assert code == "printer_silent"
    assert "打印机" in sentence or "your code is on the screen" in sentence


@pytest.mark.parametrize("answer", [None, b"", OUT_OF_PAPER])
def test_one_that_hangs_hangs_up_or_has_no_paper_is_sent_nothing(kiosk, new_printer, answer):
    printer = new_printer(answer=answer)
    kiosk.printer = printer.address

    assert refused(kiosk)[0] == "printer_silent"

    assert printer.stop() == b""


@pytest.mark.parametrize("address", ["192.168.1.50:9100", "10.0.0.9:9101", "172.16.5.4:9199"])
def test_a_printer_stands_in_the_station_s_network(kiosk, address):
    kiosk.printer = address
    kiosk.full_clean()


@pytest.mark.parametrize(
    "address",
    [
        "192.168.1.50",
        "127.0.0.1:9100",
        "8.8.8.8:9100",
        "10.0.0.9:5432",
        "169.254.1.1:9100",
        "x:9100",
        ":",
    ],
)
def test_nothing_else_is_a_printer(kiosk, address):
    kiosk.printer = address

    with pytest.raises(ValidationError) as refusal:
        kiosk.full_clean()

    assert list(refusal.value.message_dict) == ["printer"]
