"""CMPP: one SUBMIT as octets and back, beside the two clients on PyPI and beside a struct written by hand.

Every side makes the same frame from the same words (it is compared), or reads it back to its text. pycmpp 2.0.2 (2.0 only)
checks no length, and its result is a dict; cmppy 0.3 (3.0 only) reads no SUBMIT, so it is asked to write alone. Both are asked
for only where they are installed (`pip install pycmpp cmppy`), and a row that has no peer says so. The floor knows every
offset beforehand, checks nothing and makes no value. Time is that of this thread; the sides take turns.
"""

from __future__ import annotations

import importlib
import struct
import time
from collections.abc import Callable
from typing import Any

from loansms.providers.carrier.stencil import Stencil
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.pdu import V20, V30

ROUNDS, TURN = 40, 500
TEXT = "【示例】您尾号1234的借款将于27日到期，请及时还款。"
CONTENT = TEXT.encode("utf-16-be")
BY_HAND = struct.Struct(f">IIIQBBBB10sB21sBBB6s2s6s17s17s21sB21sB{len(CONTENT)}s8s")


def encoded(version: int) -> bytes:
    return pdu.encode(
        pdu.Submit(
            service_id="HELP",
            msg_src="900001",
            src_id="10690000",
            fee_code="000000",
            dest_terminal_id=("13800138000",),
            msg_content=TEXT.encode("utf-16-be"),
            sequence_id=1,
        ),
        version,
    )


def written(number: str, content: bytes) -> bytes:
    return pdu.encode(
        pdu.Submit(
            service_id="HELP",
            msg_src="900001",
            src_id="10690000",
            fee_code="000000",
            dest_terminal_id=(number,),
            msg_content=content,
        ),
        V20,
    )


# What a line builds once, before its first message.
LINE = Stencil.cut(written, width=pdu.NUMBER[V20], sequence=8)


def line_writes() -> bytes:
    return LINE.frame((1).to_bytes(4, "big"), "13800138000", TEXT.encode("utf-16-be"))


def decoded(frame: bytes, version: int) -> str:
    told = pdu.decode(frame, version)
    if not isinstance(told, pdu.Submit):
        raise TypeError("expected a SUBMIT")
    return told.msg_content.decode("utf-16-be")


def packed() -> bytes:
    return BY_HAND.pack(
        BY_HAND.size, 4, 1, 0, 1, 1, 1, 0, b"HELP", 2, b"", 0, 0, 8, b"900001", b"01", b"000000", b"", b"",
        b"10690000", 1, b"13800138000", len(CONTENT), TEXT.encode("utf-16-be"), b"",
    )  # fmt: skip


def unpacked(frame: bytes) -> str:
    told: str = BY_HAND.unpack(frame)[-2].decode("utf-16-be")
    return told


def peers() -> dict[str, Callable[[], object]]:
    """Return what is installed of the peers, each proved to do the same."""
    found: dict[str, Callable[[], object]] = {}
    try:
        pycmpp: Any = importlib.import_module("pycmpp.request").SubmitRequestInstance
        reader = pycmpp()
        frame = encoded(V20)

        def create() -> bytes:
            made: bytes = pycmpp().create(
                "900001", TEXT, ["13800138000"], src_id="10690000", service_id="HELP", registered_delivery=1
            )
            return made

        def resolve() -> str:
            told: str = reader.resolve(frame)["msg_content"]
            return told

        _same(create()[12:], frame[12:])
        _same(resolve(), TEXT)
        found |= {"pycmpp writes": create, "pycmpp reads": resolve}
    except ImportError:
        pass
    try:
        cmppy: Any = importlib.import_module("cmppy.request").SubmitReq

        def request() -> bytes:
            made: bytes = cmppy(
                "900001",
                TEXT,
                "10690000",
                ["13800138000"],
                registered_delivery=1,
                service_id="HELP",
                feecode="000000",
            ).message
            return made

        _same(request()[12:], encoded(V30)[12:])
        found["cmppy writes"] = request
    except ImportError:
        pass
    return found


def measure() -> dict[str, float]:
    """Return the least microseconds an act of every side took, the sides taking turns."""
    second, third = encoded(V20), encoded(V30)
    _same(packed(), second)
    _same(line_writes(), second)
    sides: dict[str, Callable[[], object]] = {
        "2.0 writes": lambda: encoded(V20),
        "2.0 reads": lambda: decoded(second, V20),
        "a line writes": line_writes,
        "3.0 writes": lambda: encoded(V30),
        "3.0 reads": lambda: decoded(third, V30),
        "struct writes": packed,
        "struct reads": lambda: unpacked(second),
        **peers(),
    }
    took = dict.fromkeys(sides, float("inf"))
    for _ in range(ROUNDS):
        for name, act in sides.items():
            began = time.thread_time()
            for _ in range(TURN):
                act()
            took[name] = min(took[name], (time.thread_time() - began) / TURN * 1e6)
    return took


def _same(one: object, other: object) -> None:
    if one != other:
        raise AssertionError("the benchmark measures sides that do the same")


def run() -> list[tuple[str, float, str]]:
    took = measure()
    ours = {version: took[f"{version} writes"] + took[f"{version} reads"] for version in ("2.0", "3.0")}
    floor = took["struct writes"] + took["struct reads"]
    rows = [
        ("CMPP 3.0 SUBMIT written and read", 1 / ours["3.0"], "a million a second"),
        (
            "CMPP 2.0 SUBMIT written and read",
            floor / ours["2.0"],
            "the rate of one struct by hand, nothing checked",
        ),
    ]
    for name, version, acts in (("pycmpp", "2.0", ("writes", "reads")), ("cmppy", "3.0", ("writes",))):
        for act in acts:
            theirs = took.get(f"{name} {act}")
            said = f"the rate of {name}" if theirs else f"the rate of {name}, which is not installed"
            rows.append(
                (f"CMPP {version} SUBMIT, {act}", (theirs or float("nan")) / took[f"{version} {act}"], said)
            )
        if len(acts) > 1:
            both = sum(took.get(f"{name} {act}", float("nan")) for act in acts)
            rows.append(
                (f"CMPP {version} SUBMIT written and read", both / ours[version], f"the rate of {name}")
            )
    if "pycmpp writes" in took:
        line = took["pycmpp writes"] / took["a line writes"]
        rows.append(("CMPP 2.0 SUBMIT, as a line writes it", line, "the rate of pycmpp"))
    return rows


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.3f} x  {unit}")
