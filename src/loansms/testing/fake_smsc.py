"""A message centre faked on loopback: SMPP 3.4.

>>> with FakeSmsc() as centre:
...     centre.port > 0, centre.record.taken
(True, [])
"""

from __future__ import annotations

import ssl
from typing import Final

from loansms.testing.fake_gateway import FakeGateway
from loansms.testing.gateway_faults import Faults
from loansms.testing.wire_smpp import SmppWire

# What the fake and its client agree on.
SYSTEM_ID: Final = "lender"
"""The account the fake centre knows."""

PASSWORD: Final = "example1"  # noqa: S105
"""Its password, made up."""


class FakeSmsc(FakeGateway):
    """A message centre; its client binds as ``SYSTEM_ID`` with ``PASSWORD``."""

    def __init__(
        self,
        *,
        faults: Faults | None = None,
        answer_after: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(SmppWire(SYSTEM_ID, PASSWORD), faults=faults, answer_after=answer_after, tls=tls)
