"""How a callback is believed: a closed set of guards, all of which must hold.

`secrets` name entries of [secrets]; several are believed at once, so that one can be changed without a gap.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from loansms.providers.declared.content_auth import Algorithm, Output, VonageAlgorithm
from loansms.providers.declared.placeholders import Words


@frozen(kw_only=True)
class Guard:
    """A guard; each kind is a class below."""

    secrets: tuple[str, ...] = ()


@frozen(kw_only=True)
class SecretPath(Guard):
    """The last part of the address called is a secret: for gateways that sign nothing."""


@frozen(kw_only=True)
class Addresses(Guard):
    """The call comes from one of the networks in `allowed`, such as "203.0.113.0/24"."""

    allowed: tuple[str, ...] = ()


@frozen(kw_only=True)
class BasicGuard(Guard):
    """The call carries `user` and one of the secrets by RFC 7617."""

    user: Words


@frozen(kw_only=True)
class DigestGuard(Guard):
    """The field, header or query parameter holds a hash over stated values; `{secret}` stands in `over` or is the HMAC's key."""

    algorithm: Algorithm
    over: tuple[Words, ...]
    output: Output = Output.HEX
    field: str = ""
    header: str = ""
    query: str = ""


@frozen(kw_only=True)
class VonageGuard(Guard):
    """The field `sig` is right and `timestamp` no older than `max_age_seconds`; a callback is younger than its last try."""

    algorithm: VonageAlgorithm = VonageAlgorithm.SHA256
    max_age_seconds: int = 86_400


@frozen(kw_only=True)
class HuaweiGuard(Guard):
    """SDK-HMAC-SHA256 in Authorization under `access_key`, X-Sdk-Date no older than `max_age_seconds`."""

    access_key: Words
    max_age_seconds: int = 900
    unsigned_payload: bool = True


GUARDS: Final[dict[str, type[Guard]]] = {
    "path": SecretPath,
    "addresses": Addresses,
    "basic": BasicGuard,
    "digest": DigestGuard,
    "vonage_hmac": VonageGuard,
    "huawei_hmac": HuaweiGuard,
}
