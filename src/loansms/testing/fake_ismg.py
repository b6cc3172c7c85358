"""The gateways of the mainland carriers, faked on loopback: CMPP 2.0 and 3.0, SMGP 3.0, SGIP 1.2.

>>> with FakeIsmg(protocol="cmpp3") as gateway:
...     gateway.port > 0, gateway.record.taken
(True, [])
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Final

from loansms.errors import CallerError
from loansms.providers.cmpp import pdu as cmpp
from loansms.testing.fake_gateway import FakeGateway
from loansms.testing.gateway_faults import Faults
from loansms.testing.gateway_wire import Wire
from loansms.testing.wire_cmpp import CmppWire
from loansms.testing.wire_sgip import SgipWire
from loansms.testing.wire_smgp import SmgpWire

# What the fake and its client agree on; and what the fake logs in to a client's own port with (SGIP).
SOURCE: Final = "900001"
"""The account (Source_Addr) the fake gateway knows."""

SECRET: Final = "example-secret"  # noqa: S105
"""Its shared secret, made up."""

CALLER: Final = "smg"
CALLER_SECRET: Final = "example-caller"  # noqa: S105

_WIRES: Mapping[str, Callable[[], Wire]] = {
    "cmpp2": lambda: CmppWire(cmpp.V20, SOURCE, SECRET),
    "cmpp3": lambda: CmppWire(cmpp.V30, SOURCE, SECRET),
    "smgp3": lambda: SmgpWire(SOURCE, SECRET),
    "sgip1.2": lambda: SgipWire(SOURCE, SECRET, CALLER, CALLER_SECRET),
}


class FakeIsmg(FakeGateway):
    """A carrier's gateway; its client logs in as ``SOURCE`` with ``SECRET``.

    ``protocol`` is "cmpp2", "cmpp3", "smgp3" or "sgip1.2". With the last, reports and replies wait until `bring_to` says where.
    """

    def __init__(
        self,
        protocol: str = "cmpp3",
        *,
        faults: Faults | None = None,
        answer_after: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        wire = _WIRES.get(protocol)
        if wire is None:
            known = ", ".join(_WIRES)
            raise CallerError(
                f"fake gateway: no protocol of this name; expected one of {known}",
                f"模拟网关：没有该协议，应为 {known} 之一",
            )
        super().__init__(wire(), faults=faults, answer_after=answer_after, tls=tls)
