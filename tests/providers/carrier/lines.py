"""Lines to a fake gateway, quick enough for a test: pauses of milliseconds, a second for what may hang."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from loansms.clock import SystemClock
from loansms.model import Message, PhoneNumber
from loansms.privacy import Secret
from loansms.providers.carrier.dialect import Dialect
from loansms.providers.carrier.settings import LineSettings, Listening
from loansms.providers.cmpp.dialect import CmppDialect
from loansms.providers.sgip.dialect import SgipDialect
from loansms.providers.smgp.dialect import SmgpDialect
from loansms.providers.smpp.dialect import SmppDialect
from loansms.testing.examples import message
from loansms.testing.fake_gateway import FakeGateway
from loansms.testing.fake_ismg import CALLER, CALLER_SECRET, SECRET, SOURCE, FakeIsmg
from loansms.testing.fake_smsc import PASSWORD, SYSTEM_ID, FakeSmsc
from loansms.testing.gateway_faults import Faults


def ms(count: float) -> timedelta:
    return timedelta(milliseconds=count)


def settings(gateway: FakeGateway, **changes: Any) -> LineSettings:
    quick: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": gateway.port,
        "private_line": True,
        "first_pause": ms(2),
        "most_pause": ms(30),
        "throttle_pause": ms(4),
        "closing": timedelta(seconds=2),
    }
    return LineSettings(**{**quick, **changes})


def cmpp(version: int = 0x30, secret: str = SECRET) -> CmppDialect:
    return CmppDialect(source_addr=SOURCE, secret=Secret(secret), src_id="10690000", version=version)


def smgp() -> SmgpDialect:
    return SmgpDialect(client_id=SOURCE, secret=Secret(SECRET), src_term_id="10690000")


def sgip() -> SgipDialect:
    return SgipDialect(
        login_name=SOURCE, secret=Secret(SECRET), node=3000099999, corp_id="99999", sp_number="10690000"
    )


def smpp() -> SmppDialect:
    return SmppDialect(system_id=SYSTEM_ID, password=Secret(PASSWORD), source="10690000")


OURS = Listening(host="127.0.0.1", port=0, name=CALLER, secret=Secret(CALLER_SECRET))

# What each protocol is driven by: its gateway, its dialect, and settings beyond the usual.
LINES: dict[str, tuple[Callable[[Faults], FakeGateway], Callable[[], Dialect], dict[str, Any]]] = {
    "cmpp2": (lambda faults: FakeIsmg("cmpp2", faults=faults), lambda: cmpp(0x20), {}),
    "cmpp3": (lambda faults: FakeIsmg("cmpp3", faults=faults), cmpp, {}),
    "smpp34": (lambda faults: FakeSmsc(faults=faults), smpp, {}),
    "smgp3": (lambda faults: FakeIsmg("smgp3", faults=faults), smgp, {}),
    "sgip1.2": (lambda faults: FakeIsmg("sgip1.2", faults=faults), sgip, {"listening": OURS}),
}


def soon(seconds: float = 5.0) -> datetime:
    return SystemClock().now() + timedelta(seconds=seconds)


def letter(number: int = 0, long: bool = False, **changes: Any) -> Message:
    """A message whose every segment is like no other."""
    text = f"第{number}期账单 " * 30 if long else f"您的第{number}期账单已出"
    named: dict[str, Any] = {"message_id": f"m-{number}", "step_key": f"s-{number}", "text": Secret(text)}
    # Every message has a number of its own, of the range that the examples use.
    named["to"] = PhoneNumber.parse(f"1740000{number:04d}", region="CN")
    return message(**{**named, **changes})


async def until(met: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something has come about; fail where it does not."""
    async with asyncio.timeout(seconds):
        while not met():
            await asyncio.sleep(0.002)
