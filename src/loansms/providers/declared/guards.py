"""Whether a callback is believed, guard by guard, before a byte of it is read as a report."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from attrs import frozen

from loansms.providers.codec import Callback, CallbackRefused
from loansms.providers.declared.content import Charset
from loansms.providers.declared.content_guard import (
    Addresses,
    BasicGuard,
    DigestGuard,
    Guard,
    HuaweiGuard,
    SecretPath,
    VonageGuard,
)
from loansms.providers.declared.placeholders import Placeholder, Values
from loansms.providers.declared.reports import fields_of, query_of
from loansms.providers.declared.signatures import digest, over_text
from loansms.providers.declared.values import Given, Moment, values
from loansms.providers.signing import same_signature, sdk_hmac_signed, vonage_signed

# How far ahead of ours a gateway's clock may be.
_AHEAD = timedelta(minutes=5)


@frozen
class Believer:
    """All guards of one gateway."""

    guards: Sequence[Guard]
    given: Given
    charset: Charset

    def refused(self, callback: Callback, now: datetime) -> CallbackRefused | None:
        """Return why `callback` is not believed, None where every guard holds."""
        try:
            urlsplit(callback.url)
        except ValueError:
            return CallbackRefused("unreadable")
        for guard in self.guards:
            why = self._why(guard, callback, now)
            if why:
                return CallbackRefused(why)
        return None

    def _why(self, guard: Guard, callback: Callback, now: datetime) -> str:
        secrets = tuple(value for name in guard.secrets for value in self.given.all_of(name))
        match guard:
            case SecretPath():
                last = urlsplit(callback.url).path.rstrip("/").rpartition("/")[2]
                return "" if any(same_signature(one, last) for one in secrets) else "path"
            case Addresses():
                return "" if _within(callback.remote, guard.allowed) else "address"
            case BasicGuard():
                user = guard.user.text(self._values(now))
                good = [same_signature(f"{user}:{one}", _basic(callback)) for one in secrets]
                return "" if any(good) else "signature"
            case DigestGuard():
                return "" if self._digested(guard, callback, secrets, now) else "signature"
            case VonageGuard():
                return self._vonage(guard, callback, secrets, now)
            case HuaweiGuard():
                return self._huawei(guard, callback, secrets, now)
            case _:
                return "signature"

    def _values(self, now: datetime) -> Values:
        return values(self.given, Moment(now, ""))

    def _fields(self, callback: Callback) -> Mapping[str, str]:
        form = "form" in callback.headers.get("content-type", "form")
        return {
            **query_of(callback, self.charset),
            **(fields_of(callback.body, self.charset) if form else {}),
        }

    def _digested(
        self, guard: DigestGuard, callback: Callback, secrets: Sequence[str], now: datetime
    ) -> bool:
        fields = self._fields(callback)
        given = callback.headers.get(guard.header.lower(), "") if guard.header else ""
        given = given or fields.get(guard.field or guard.query, "")
        signed = {name: value for name, value in fields.items() if name != (guard.field or guard.query)}
        plain = self._values(now)
        good: list[bool] = []
        for secret in secrets:

            def value(one: Placeholder, secret: str = secret) -> object:
                return secret if one.name == "secret" else plain(one)

            over = over_text(guard.over, signed, callback.body, value)
            made = digest(guard.algorithm, secret, over, guard.output, self.charset.value)
            good.append(same_signature(made, given))
        return bool(given) and any(good)

    def _vonage(self, guard: VonageGuard, callback: Callback, secrets: Sequence[str], now: datetime) -> str:
        fields = self._fields(callback)
        if not vonage_signed(params=fields, signature_secrets=secrets, method=guard.algorithm.value):
            return "signature"
        stamp = fields.get("timestamp", "")
        told = stamp if stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11 else ""
        if told:
            return _stale(datetime.fromtimestamp(int(told), UTC), now, guard.max_age_seconds)
        return "stale"

    def _huawei(self, guard: HuaweiGuard, callback: Callback, secrets: Sequence[str], now: datetime) -> str:
        parts = urlsplit(callback.url)
        access_key = guard.access_key.text(self._values(now))
        good = [
            sdk_hmac_signed(
                method=callback.method,
                path=parts.path or "/",
                query=query_of(callback, self.charset),
                headers={"host": parts.netloc, **callback.headers},
                body=callback.body,
                secret_keys={access_key: one},
                unsigned_payload=guard.unsigned_payload,
            )
            for one in secrets
        ]
        if not any(good):
            return "signature"
        try:
            # The Z is UTC.
            at = datetime.strptime(callback.headers.get("x-sdk-date", ""), "%Y%m%dT%H%M%SZ").replace(
                tzinfo=UTC
            )
        except ValueError:
            return "stale"
        return _stale(at, now, guard.max_age_seconds)


def _stale(at: datetime, now: datetime, seconds: int) -> str:
    return "" if now - timedelta(seconds=seconds) <= at <= now + _AHEAD else "stale"


def _within(remote: str | None, allowed: Sequence[str]) -> bool:
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ipaddress.ip_network(one) for one in allowed)


def _basic(callback: Callback) -> str:
    scheme, _, told = callback.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
