"""A kept authenticator: the codes that an app or a token makes by itself (RFC 6238), for those who have one.

`matching_step` tells which time step a code is of. A step is accepted once (RFC 6238, 5.2: the second use must
be refused), and that is a store's act: open a challenge under `step_id`, charging `step_buckets`; `Closed.EXISTS`
or `NoRoom` is a code that was used before.

>>> from datetime import UTC, datetime
>>> token = Authenticator(id="A-1", secret=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), digits=8)
>>> matching_step(token, "94287082", datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC))
1
>>> matching_step(token, "９４２８７０８２", datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)) is None
True
>>> Authenticator(id="A-1", secret=Secret("GEZDGNBVGY3TQOJQ"))
Traceback (most recent call last):
loansms.errors.CallerError: secret: expected base32 of at least 16 bytes (RFC 4226, 4, R6), got 10
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, NoReturn

from attrs import field, frozen
from pyotp.totp import TOTP

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.otp.admission import Bucket, Limit
from loansms.otp.budget import DAY
from loansms.otp.codes import new_id
from loansms.otp.request import plain_text
from loansms.privacy import KeyRing, Secret

Digest = Literal["sha1", "sha256", "sha512"]
"""The hashes of RFC 6238, 1.2."""

DRIFT = 1
"""Steps a clock may be off, either way: RFC 6238, 5.2 recommends at most one."""

MOST_DRIFT = 2
"""More would keep too many codes alive at once: five of 30 seconds are two and a half minutes."""

_LEAST = 16  # bytes: RFC 4226, 4, R6 asks for 128 bits and recommends 160
_DIGITS = range(6, 9)  # RFC 4226, 5.3: at least 6, 7 and 8 for more
_PERIODS = (30, 60)  # seconds: what tokens are made with; RFC 6238, 5.2 recommends 30
_DIGESTS: dict[str, Callable[..., object]] = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _refuse(name: str, expected: str, zh: str) -> NoReturn:
    raise CallerError(f"{name}: expected {expected}", f"{name} 应为{zh}")


def _is_secret(value: object) -> bool:
    return isinstance(value, Secret)


def _strong(_instance: object, _attribute: object, value: Secret[str]) -> None:
    size = _size(value.reveal()) if _is_secret(value) else None
    if size is None:
        _refuse("secret", "Secret of base32 (A to Z, 2 to 7)", " Secret 包裹的 base32 文本（A–Z、2–7）")
    if size < _LEAST:
        expected = f"base32 of at least {_LEAST} bytes (RFC 4226, 4, R6), got {size}"
        _refuse("secret", expected, f"至少 {_LEAST} 字节的 base32（RFC 4226 第 4 节 R6），实为 {size} 字节")


def _size(secret: object) -> int | None:
    """Return how many bytes `secret` says in base32, None for anything else."""
    if not isinstance(secret, str):
        return None
    bare = secret.rstrip("=")
    try:
        return len(b32decode(bare + "=" * (-len(bare) % 8), casefold=True))
    except ValueError:
        return None


def _digits(_instance: object, _attribute: object, value: int) -> None:
    if value not in _DIGITS:
        _refuse("digits", "6, 7 or 8", " 6、7 或 8")


def _period(_instance: object, _attribute: object, value: int) -> None:
    if value not in _PERIODS:
        _refuse("period", "30 or 60 seconds", " 30 或 60 秒")


def _digest(_instance: object, _attribute: object, value: str) -> None:
    if value not in _DIGESTS:
        _refuse("digest", "sha1, sha256 or sha512", " sha1、sha256 或 sha512")


@frozen(kw_only=True)
class Authenticator:
    """What a host keeps of one authenticator: its own id for it, and the secret they share, in base32.

    ``id`` is unique in the store of codes. ``period`` is the length of a step in seconds.
    """

    id: str = field(validator=plain_text, repr=False)
    secret: Secret[str] = field(validator=_strong)
    digits: int = field(default=6, validator=_digits)
    period: int = field(default=30, validator=_period)
    digest: Digest = field(default="sha1", validator=_digest)


def matching_step(authenticator: Authenticator, code: str, now: datetime, drift: int = DRIFT) -> int | None:
    """Return the time step that `code` is of, within `drift` steps of `now`; None when it is of none of them.

    Only exactly as many ASCII digits as the authenticator shows are a code. Every step is compared, whichever
    matches, so the time it takes does not tell which. CallerError for a drift of more than 2.
    """
    if drift not in range(MOST_DRIFT + 1):
        _refuse("drift", f"0 to {MOST_DRIFT} steps", f" 0 至 {MOST_DRIFT} 步")
    middle = (require_aware(now) - _EPOCH) // timedelta(seconds=authenticator.period)
    if not _is_code(code, authenticator.digits):
        return None
    totp = TOTP(
        authenticator.secret.reveal().rstrip("="),
        digits=authenticator.digits,
        digest=_DIGESTS[authenticator.digest],
        interval=authenticator.period,
    )
    typed = code.encode()
    found: int | None = None
    for step in range(max(middle - drift, 0), middle + drift + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            found = step
    return found


def step_id(ring: KeyRing, authenticator_id: str, step: int) -> str:
    """Return the challenge id under which this step is accepted, once; it tells neither of the two.

    It changes when the ring's `current` does: `step_buckets` holds over a rotation.
    """
    return new_id(ring.current, bytes.fromhex(_blind(ring, authenticator_id, step)[0]))


def step_buckets(ring: KeyRing, authenticator_id: str, step: int) -> tuple[Bucket, ...]:
    """Return what admits this step once in a day, one bucket an index key, whichever key is current."""
    return tuple([Bucket("totp", one, (_ONCE,)) for one in _blind(ring, authenticator_id, step)])


# A step is long past all drift after a day, so a code can never be of it again.
_ONCE = Limit(1, DAY)


def _blind(ring: KeyRing, authenticator_id: str, step: int) -> tuple[str, ...]:
    # The step first: it is all digits, so no two pairs are written alike.
    return ring.blind("totp", f"{step}\0{authenticator_id}")


def _is_code(value: object, digits: int) -> bool:
    """Return whether `value` is exactly `digits` ASCII digits."""
    return isinstance(value, str) and len(value) == digits and value.isascii() and value.isdigit()
