"""What a carrier line is told: where it leads, how much at once, and how long anything may take.

>>> LineSettings(host="10.0.0.1", port=7890, private_line=True)
LineSettings(host='10.0.0.1', port=7890, window=None, rate=None, connections=1, private_line=True)
>>> LineSettings(host="10.0.0.1", port=7890)
Traceback (most recent call last):
loansms.errors.ConfigurationError: carrier line: expected an ssl context; over a leased line or a VPN say private_line=True
"""

from __future__ import annotations

import ssl
from datetime import timedelta

from attrs import Attribute, field, frozen
from attrs.validators import ge, gt, instance_of, optional

from loansms.errors import ConfigurationError
from loansms.privacy import Secret
from loansms.providers.trust import require_verification


def _verifies(
    _settings: object, _attribute: Attribute[ssl.SSLContext | None], tls: ssl.SSLContext | None
) -> None:
    if tls is not None:
        require_verification(tls)


@frozen(kw_only=True)
class Listening:
    """The port of ours that a gateway connects to with reports and replies (SGIP), and what it must log in with.

    ``port`` 0 lets the system choose. ``from_addresses`` are the addresses a gateway may come from, empty for any.
    ``tls`` is a server context; over a private line there is none.
    """

    host: str
    port: int
    name: str
    secret: Secret[str] = field(validator=instance_of(Secret))
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    from_addresses: frozenset[str] = field(default=frozenset(), repr=False)
    most: int = field(default=8, validator=ge(1))


@frozen(kw_only=True)
class LineSettings:
    """A line to a carrier. The name and secret it logs in with are the dialect's.

    ``window`` and `rate` (submits a second, over all connections) are what the carrier granted; without a window the
    standard's own holds. ``tls`` is a verifying client context, ``server_name`` the name its certificate must carry where that
    is not `host`. Without `tls`, ``private_line`` must say that the line is a leased one or a VPN.

    Keep-alive, after CMPP and SMGP: nothing heard for ``idle`` (C) brings a test, which is answered within ``answer`` (T); after
    `tries` (N) tests without an answer the line is closed. A submit is waited for no longer than ``answer`` either.
    """

    host: str
    port: int
    window: int | None = field(default=None, validator=optional(ge(1)))
    rate: float | None = field(default=None, validator=optional(gt(0)))
    connections: int = field(default=1, validator=ge(1))
    private_line: bool = False
    tls: ssl.SSLContext | None = field(default=None, repr=False, validator=_verifies)
    server_name: str | None = field(default=None, repr=False)
    listening: Listening | None = field(default=None, repr=False)
    idle: timedelta = field(default=timedelta(minutes=3), repr=False, validator=gt(timedelta()))
    answer: timedelta = field(default=timedelta(seconds=60), repr=False, validator=gt(timedelta()))
    tries: int = field(default=3, repr=False, validator=ge(1))
    connect_within: timedelta = field(default=timedelta(seconds=10), repr=False, validator=gt(timedelta()))
    first_pause: timedelta = field(default=timedelta(seconds=1), repr=False, validator=gt(timedelta()))
    most_pause: timedelta = field(default=timedelta(minutes=1), repr=False, validator=gt(timedelta()))
    throttle_pause: timedelta = field(default=timedelta(seconds=1), repr=False, validator=gt(timedelta()))
    closing: timedelta = field(default=timedelta(seconds=10), repr=False, validator=ge(timedelta()))
    held: int = field(default=10_000, repr=False, validator=ge(1))

    def __attrs_post_init__(self) -> None:
        told = self.tls is not None and (self.listening is None or self.listening.tls is not None)
        if not (told or self.private_line):
            raise ConfigurationError(
                "carrier line: expected an ssl context; over a leased line or a VPN say private_line=True",
                "运营商线路：应提供 ssl 上下文；专线或 VPN 请声明 private_line=True",
            )
