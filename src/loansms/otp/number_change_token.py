"""A number change as one line of text that only the key ring reads, for the host to keep between the steps.

It is sealed (AES-256-GCM) for its kind and its lender, so nothing else that the ring sealed is ever read as a
change, nor another lender's. It proves who wrote it, not that it is the newest: keep it in your own books, one for
a subject, and write each step over the last.

>>> from datetime import UTC, datetime
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> old, new = [PhoneNumber.parse(text, region="CN") for text in ("17400000001", "17400000002")]
>>> change = NumberChange(subject="B-1", old=old, new=new, requested_at=datetime(2026, 9, 24, tzinfo=UTC))
>>> token = token_of(change, ring, tenant="demo", nonce=bytes(12))
>>> token[:6], change_of(token, ring, tenant="demo") == change, change_of(token, ring, tenant="other")
('nc1.k1', True, None)
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from loansms.model import PhoneNumber
from loansms.otp.number_change import ConfirmedBy, NumberChange
from loansms.otp.request import pack
from loansms.privacy import KeyRing
from loansms.privacy.seal import seal, unseal

_KIND = "nc1"
_TOKEN = re.compile(_KIND + r"\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{1,2000})")
_END = "\x1f"  # ASCII's unit separator: no field has it, because all of them are printable
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_CONFIRMED: dict[str, ConfirmedBy] = {"old_number": "old_number", "stronger_factor": "stronger_factor"}


def token_of(change: NumberChange, ring: KeyRing, *, tenant: str, nonce: bytes) -> str:
    """Return `change` sealed under the ring's current key, safe in a URL; `nonce` is 12 fresh random bytes."""
    said = (
        change.subject,
        change.old.e164,
        change.new.e164,
        _said(change.requested_at),
        change.confirmed_by or "",
        "new" if change.new_confirmed else "",
        _said(change.completed_at),
        _said(change.cancelled_at),
    )
    kept = seal(ring, ring.current, _END.join(said).encode(), about=_about(tenant), nonce=nonce)
    return f"{_KIND}.{ring.current}.{_text(kept)}"


def change_of(token: str, ring: KeyRing, *, tenant: str) -> NumberChange | None:
    """Return the change, or None: tampered with, no such token, of another lender, or its key has left the ring.

    None, too, when a numbering plan no longer has one of its numbers.
    """
    found = _TOKEN.fullmatch(token) if _is_text(token) else None
    # Four signs say three bytes; one alone says none. Spare bits of the last sign would make a second spelling.
    if found is None or len(found[2]) % 4 == 1:
        return None
    kept = urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
    plain = unseal(ring, found[1], kept, about=_about(tenant)) if _text(kept) == found[2] else None
    if plain is None:
        return None
    subject, old_e164, new_e164, requested, confirmed, proved, completed, cancelled = plain.decode().split(
        _END
    )
    try:
        old, new = PhoneNumber.parse(old_e164), PhoneNumber.parse(new_e164)
    except ValueError:
        # A numbering plan changed under a change that waited: it has to be asked for again.
        return None
    return NumberChange(
        subject=subject,
        old=old,
        new=new,
        requested_at=_EPOCH + int(requested) * _TICK,
        confirmed_by=_CONFIRMED.get(confirmed),
        new_confirmed=bool(proved),
        completed_at=_read(completed),
        cancelled_at=_read(cancelled),
    )


def _about(tenant: str) -> str:
    return pack("number change", tenant).decode()


def _said(at: datetime | None) -> str:
    return "" if at is None else str((at - _EPOCH) // _TICK)


def _read(said: str) -> datetime | None:
    return _EPOCH + int(said) * _TICK if said else None


def _text(kept: bytes) -> str:
    return urlsafe_b64encode(kept).rstrip(b"=").decode()


def _is_text(value: object) -> bool:
    return isinstance(value, str)
