"""submit_sm of SMPP 3.4 written and read, beside the nearest libraries on the same PDUs.

Each side writes the PDU as its line does and reads its octets back into values of Python, every field of them: we from the
stencil of a line, a peer from its own value of the same fields. Every one must write the octets that we write before it is timed,
and the sides take turns. smpplib and aiosmpplib are pure Python as we are; smpp34 is compiled (Rust), and runs in a process of
its own because the interpreter dies at its end. Beside it stand its figures where a value of ours is made and written by the
general encoder, and where nothing of what it read is looked at. A peer that is not installed is an error. Printed beside the
ratios: PDUs a second.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from aiosmpplib import PhoneNumber as PeerNumber
from aiosmpplib import SubmitSm as PeerSubmit
from aiosmpplib.state import NPI, TON
from smpplib import smpp as smpplib

from loansms.providers.carrier.stencil import Stencil
from loansms.providers.smpp import pdu

COUNT = 4000
ROUNDS = 5
TEXT = "Your statement is ready: 1,234.56 due on 24 September. Reply STOP to opt out."
FIELDS: dict[str, Any] = {
    "service_type": "", "source_addr_ton": 5, "source_addr_npi": 0, "source_addr": "Lender", "dest_addr_ton": 1,
    "dest_addr_npi": 1, "destination_addr": "14155550100", "esm_class": 0, "protocol_id": 0, "priority_flag": 0,
    "schedule_delivery_time": "", "validity_period": "000000000500000R", "registered_delivery": 1,
    "replace_if_present_flag": 0, "data_coding": 3, "sm_default_msg_id": 0,
}  # fmt: skip
CONTENT = TEXT.encode("latin-1")
# Its values keep what they read as it came until a field is asked for.
RUST = """
import sys, time
from operator import attrgetter
from smpp34 import SubmitSm, decode
fields, content, count, rounds = eval(sys.stdin.read())
every = attrgetter("sequence_number", "short_message", "tlvs", *fields)
source, to = fields.pop("source_addr"), fields.pop("destination_addr")
def both(read):
    rates = []
    for _ in range(rounds):
        start = time.perf_counter()
        for number in range(1, count + 1):
            octets = SubmitSm(source, to, content, sequence_number=number, **fields).encode()
            read(decode(octets))
        rates.append(count / (time.perf_counter() - start))
    assert every(decode(octets))[:2] == (count, content)
    return octets.hex(), sorted(rates)[rounds // 2]
print(*both(every), both(lambda told: told)[1], flush=True)
"""


class Numbers:
    """What smpplib asks a client for."""

    number = 0

    def next_sequence(self) -> int:
        return self.number


PEER = Numbers()


def ours(number: int) -> bytes:
    octets = pdu.encode(pdu.SubmitSm(short_message=TEXT.encode("latin-1"), sequence_number=number, **FIELDS))
    read = pdu.decode(octets)
    if not isinstance(read, pdu.SubmitSm) or read.short_message.decode("latin-1") != TEXT:
        raise AssertionError("what was written is not what was read")
    return octets


def written(number: str, content: bytes) -> bytes:
    told = FIELDS | {"destination_addr": number}
    return pdu.encode(pdu.SubmitSm(short_message=content, **told))


# What a line builds once, before its first message.
LINE = Stencil.cut(written, width=20, padded=False, sequence=12)


def as_a_line(number: int) -> bytes:
    octets = LINE.frame(number.to_bytes(4, "big"), "14155550100", CONTENT)
    read = pdu.decode(octets)
    if not isinstance(read, pdu.SubmitSm) or read.short_message != CONTENT:
        raise AssertionError("what was written is not what was read")
    return octets


def with_smpplib(number: int) -> bytes:
    PEER.number = number
    octets = smpplib.make_pdu(
        "submit_sm", client=PEER, sm_length=len(CONTENT), short_message=CONTENT, **FIELDS
    ).generate()
    if smpplib.parse_pdu(octets, client=PEER, allow_unknown_opt_params=True).sequence != number:
        raise AssertionError("smpplib read something else")
    return bytes(octets)


def with_aiosmpplib(number: int) -> bytes:
    one = PeerSubmit(
        short_message=TEXT,
        source=PeerNumber("Lender", TON.ALPHANUMERIC, NPI.UNKNOWN),
        destination=PeerNumber("14155550100", TON.INTERNATIONAL, NPI.ISDN),
        validity_period=timedelta(minutes=5),
        encoding="latin_1",
        sequence_num=number,
    )
    one.set_encoding_info("latin_1", {})
    one.set_encoded_message(one.smpp_encode(TEXT))
    octets = bytes(one.pdu())
    read = PeerSubmit.from_pdu(octets, PeerSubmit.parse_header(octets[:16]), "latin_1", {})
    if not isinstance(read, PeerSubmit) or read.short_message != TEXT:
        raise AssertionError("aiosmpplib read something else")
    return octets


def rates(sides: Mapping[str, Callable[[int], bytes]]) -> dict[str, float]:
    """PDUs a second of each side, written and read, the median of rounds in which the sides take turns."""
    taken = {name: list[float]() for name in sides}
    for name, work in sides.items():
        if work(COUNT) != ours(COUNT):
            raise AssertionError(f"{name} writes other octets")
    for _ in range(ROUNDS):
        for name, work in sides.items():
            start = time.perf_counter()
            for number in range(1, COUNT + 1):
                work(number)
            taken[name].append(COUNT / (time.perf_counter() - start))
    return {name: median(one) for name, one in taken.items()}


def with_rust() -> tuple[float, float]:
    """PDUs a second with every field read, and with none."""
    told = subprocess.run(
        [sys.executable, "-c", RUST],
        input=repr((FIELDS, CONTENT, COUNT, ROUNDS)),
        capture_output=True,
        text=True,
        check=False,
    )
    # Its exit status is that of a crash even after a good run: what counts is what it printed.
    if not told.stdout:
        raise ImportError(f"smpp34 did not run: {told.stderr.strip()[-200:]}")
    octets, every, none = told.stdout.split()
    if bytes.fromhex(octets) != ours(COUNT):
        raise AssertionError("smpp34 writes other octets")
    return float(every), float(none)


def run() -> list[tuple[str, float, str]]:
    found = rates({"line": as_a_line, "us": ours, "smpplib": with_smpplib, "aiosmpplib": with_aiosmpplib})
    line, we = found["line"], found["us"]
    rust, unread = with_rust()
    print(
        f"  {line:,.0f} submit_sm a second as a line writes it, {we:,.0f} by the general encoder; "
        f"smpplib {found['smpplib']:,.0f}, aiosmpplib {found['aiosmpplib']:,.0f}, "
        f"smpp34 (compiled) {rust:,.0f}, no field looked at {unread:,.0f}"
    )
    said = "submit_sm as a line writes it, read into values"
    return [
        (said, line / found["smpplib"], "the rate of smpplib"),
        (said, line / found["aiosmpplib"], "the rate of aiosmpplib"),
        (said, line / rust, "the rate of smpp34 (compiled), its values read"),
        ("submit_sm by the general encoder", we / rust, "the rate of smpp34 (compiled), its values read"),
        (
            "submit_sm by the general encoder",
            we / unread,
            "the rate of smpp34 (compiled), none of it looked at",
        ),
    ]
