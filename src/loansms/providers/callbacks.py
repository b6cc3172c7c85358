"""Callbacks of gateways: believed first, read second, answered last.

Most gateways sign nothing. A `Guard` stands before such a codec: a secret in the path, the gateway's addresses, a
password, as many of them as the gateway allows. What a guard lets through is still a hint: match a receipt's id and number
with the message (`agrees`) before it is kept. A callback that comes twice changes nothing at the intake, so within the
window of a signed time a replay is harmless.

>>> guard = Guard(path_tokens=[Secret("6c1f0e7d5b3a49288f10")], addresses=["203.0.113.0/24"])
>>> guard.refused(Callback(method="POST", url="https://sms.example/in/6c1f0e7d5b3a49288f10", remote="203.0.113.9"))
>>> guard.refused(Callback(method="POST", url="https://sms.example/in/guess", remote="203.0.113.9"))
CallbackRefused(why='path')
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urlsplit

from attrs import evolve, field, frozen

from loansms.clock import require_aware
from loansms.errors import ConfigurationError
from loansms.model import DeliveryReceipt, PhoneNumber
from loansms.privacy import Secret
from loansms.providers.codec import (
    UNGUARDED,
    Callback,
    CallbackAnswer,
    CallbackCodec,
    CallbackRefused,
    Report,
)

REPLAY_WINDOW = timedelta(
    minutes=5
)  # a house value: push queues deliver within seconds, clocks differ by less
_SHORTEST = 16  # characters of a secret: 64 bits in hexadecimal, beyond guessing over a network


def _secrets(values: Iterable[Secret[str]]) -> tuple[Secret[str], ...]:
    found = tuple(values)
    if len(found) > 2:
        raise ConfigurationError(
            "Guard: one secret is expected, two while it is being changed",
            "Guard：应为一个密钥，轮换期间可为两个",
        )
    if any(len(one.reveal()) < _SHORTEST for one in found):
        raise ConfigurationError(
            f"Guard: a secret must have {_SHORTEST} characters or more; make one with secrets.token_hex(16)",
            f"Guard：密钥至少 {_SHORTEST} 个字符，可用 secrets.token_hex(16) 生成",
        )
    return found


def _networks(values: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one) for one in values)
    except ValueError:
        raise ConfigurationError(
            "Guard: addresses: expected addresses or networks, such as 203.0.113.0/24",
            "Guard：addresses 应为地址或网段，例如 203.0.113.0/24",
        ) from None


@frozen(kw_only=True)
class Guard:
    """Who may push, where nothing is signed; every kind that is set must hold.

    ``path_tokens``: the last part of the path is one of them. ``addresses``: networks the gateway pushes from; the
    address is the connection's own, so behind a proxy let your server fill it in. ``passwords``: "user:password" of Basic
    authentication. Of each secret two are taken while it is being changed, compared in constant time. Raise
    ConfigurationError where nothing is set, or a secret is short.
    """

    path_tokens: tuple[Secret[str], ...] = field(default=(), converter=_secrets)
    addresses: tuple[IPv4Network | IPv6Network, ...] = field(default=(), converter=_networks)
    passwords: tuple[Secret[str], ...] = field(default=(), converter=_secrets)

    def __attrs_post_init__(self) -> None:
        if not (self.path_tokens or self.addresses or self.passwords):
            raise ConfigurationError(
                "Guard: expected path_tokens, addresses or passwords: an open door believes anybody",
                "Guard：应设 path_tokens、addresses 或 passwords 之一，否则任何人的回调都会被采信",
            )

    def refused(self, callback: Callback) -> CallbackRefused | None:
        """Return why `callback` is not believed ("address", "path", "password"), None where it is."""
        if self.addresses and not self._is_known(callback.remote):
            return CallbackRefused("address")
        if self.path_tokens and not _one_of(self.path_tokens, _last_part(callback.url)):
            return CallbackRefused("path")
        if self.passwords and not _one_of(self.passwords, _basic(callback.headers.get("authorization", ""))):
            return CallbackRefused("password")
        return None

    def _is_known(self, remote: str | None) -> bool:
        try:
            address = ip_address(remote or "")
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.addresses)


@frozen
class Guarded:
    """A codec behind a guard, which is asked first; a codec that checks signatures is asked after it.

    It is the only way in for the callbacks of a gateway that signs nothing: by itself its codec believes none (UNGUARDED).
    """

    codec: CallbackCodec
    guard: Guard

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:
        """Return why `callback` is not believed at `now`, None where guard and codec do."""
        refused = self.guard.refused(callback) or self.codec.authenticate(callback, now=now)
        return None if refused == UNGUARDED else refused

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return what the codec reads."""
        return self.codec.parse_callback(callback)

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return what the codec answers."""
        return self.codec.callback_answer(taken)


def receive(
    codec: CallbackCodec, callback: Callback, now: datetime
) -> tuple[Sequence[Report], CallbackAnswer]:
    """Return what a callback reports and what to answer once the reports are kept.

    One that is not believed reports nothing and is answered 403; one that cannot be read reports nothing and is asked
    for again. Where the reports could not be kept, answer `codec.callback_answer(False)` instead.
    """
    callback = evolve(callback, received_at=require_aware(now))
    if codec.authenticate(callback, now=now) is not None:
        return (), CallbackAnswer(403)
    read = codec.parse_callback(callback)
    if isinstance(read, CallbackRefused):
        return (), codec.callback_answer(False)
    return read, codec.callback_answer(True)


def agrees(receipt: DeliveryReceipt, sent_to: PhoneNumber | None) -> bool:
    """Return whether a receipt that nobody signed speaks of the message that went to `sent_to` under its id.

    None (no such message, or none yet: receipts come early) and a receipt that names no number agree with nothing.
    """
    return receipt.phone is not None and sent_to is not None and receipt.phone.e164 == sent_to.e164


def stale(signed_at: datetime, now: datetime, window: timedelta = REPLAY_WINDOW) -> CallbackRefused | None:
    """Return that a signed time lies outside `window` around `now` (both aware), None where it is fresh.

    >>> from datetime import UTC
    >>> stale(datetime(2026, 9, 24, 2, 0, tzinfo=UTC), datetime(2026, 9, 24, 2, 6, tzinfo=UTC))
    CallbackRefused(why='stale')
    """
    apart = abs(require_aware(now) - require_aware(signed_at, "signed_at"))
    return CallbackRefused("stale") if apart > window else None


def _one_of(secrets: Sequence[Secret[str]], told: str) -> bool:
    given = told.encode("utf-8", "replace")
    # A list: each is compared whichever fits, so that the time tells nothing.
    found = [hmac.compare_digest(one.reveal().encode("utf-8"), given) for one in secrets]
    return any(found)


def _last_part(url: str) -> str:
    try:
        return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    except ValueError:  # what stands for a host is none
        return ""


def _basic(header: str) -> str:
    kind, _, told = header.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return b64decode(told, validate=True).decode("utf-8")
    except ValueError:
        return ""
