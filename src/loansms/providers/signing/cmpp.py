"""China Mobile CMPP 2.0 and 3.0, who logs in and who answers.

Source: China Mobile QB-GF-028-2003 (CMPP 3.0.0), 8.4.1.
"""

from __future__ import annotations

from typing import Literal

from loansms.providers.signing.digests import md5
from loansms.providers.signing.login_time import login_time


def cmpp_authenticator(*, source_addr: str, shared_secret: str, timestamp: str) -> bytes:
    """Return the AuthenticatorSource of CONNECT: 16 bytes. `timestamp` is the ten digits MMDDHHMMSS.

    On the wire the same moment is a number of 32 bits, without a leading zero.

    Raises:
        CallerError: `timestamp` is not ten digits.

    >>> cmpp_authenticator(source_addr="900001", shared_secret="888888", timestamp="0102030405").hex()
    '3b7bba56a8c1d885b7d43d3f6d82cb94'
    """
    return md5(source_addr, bytes(9), shared_secret, login_time(timestamp))


def cmpp_ismg_authenticator(
    *, status: int, status_bytes: Literal[1, 4], authenticator_source: bytes, shared_secret: str
) -> bytes:
    """Return the AuthenticatorISMG of CONNECT_RESP: 16 bytes. `status` has 1 byte in CMPP 2.x, 4 in 3.0.

    Compare what came with `same_signature`. A refusal may carry zeros instead.

    >>> source = bytes.fromhex("3b7bba56a8c1d885b7d43d3f6d82cb94")
    >>> cmpp_ismg_authenticator(
    ...     status=0, status_bytes=4, authenticator_source=source, shared_secret="888888"
    ... ).hex()
    '53b24b8fb532a4eed8dfcdbbb33b7289'
    """
    return md5(status.to_bytes(status_bytes, "big"), authenticator_source, shared_secret)
