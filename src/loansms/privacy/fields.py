"""One field of one row, sealed under its subject's key and bound to the place it stands in.

    version (1) | suite (1) | data key id (8) | nonce (12) | ciphertext | tag (16)

Associated data: those first ten bytes, then tenant, table, subject, field and row. A value moved to any other place, or
changed anywhere, opens nowhere. The header names the data key and not the key that wraps it: the latter changes with
every rotation, and a rotation touches no record.

>>> from loansms.privacy.data_key import DataKey
>>> key = DataKey(bytes(32), tenant="main", subject="B-1")
>>> place = {"tenant": "main", "table": "messages", "subject": "B-1", "field": "body", "row": "M-1"}
>>> sealed = seal_field(key, b"a text", **place, nonce=bytes(12))
>>> open_field(key, sealed, **place)
b'a text'
>>> open_field(key, sealed, **place | {"row": "M-2"})
Traceback (most recent call last):
loansms.privacy.opening.CannotOpen: messages.body: the sealed value was changed, or belongs to another row, field, subject or key: restore it from where it was written
"""

from __future__ import annotations

from loansms.errors import CallerError
from loansms.privacy.bound import bound
from loansms.privacy.data_key import KEY_ID, DataKey
from loansms.privacy.opening import CannotOpen, Fault
from loansms.privacy.suites import CODED, NONCE, TAG

VERSION = 1
"""The format above; another layout gets another number."""

_HEAD = 2 + KEY_ID


def seal_field(
    key: DataKey, plain: bytes, *, tenant: str, table: str, subject: str, field: str, row: str, nonce: bytes
) -> bytes:
    """Return `plain` sealed for one place: 38 bytes longer.

    `nonce` are 12 fresh random bytes (`Entropy.token(12)`); used twice under one key, they give both values away.
    Raise CallerError for a nonce of another length, or a key of another tenant or subject.
    """
    ours = (key.tenant, key.subject) == (tenant, subject)
    if not ours or len(nonce) != NONCE:
        # No frame of ours keeps the plain value, whatever prints its local variables.
        del plain
        raise _refused(f"{table}.{field}", ours=ours, got=len(nonce))
    head = bytes((VERSION, key.suite.code)) + key.id
    return head + nonce + key.encrypt(nonce, plain, head + bound(tenant, table, subject, field, row))


def open_field(
    key: DataKey, sealed: bytes, *, tenant: str, table: str, subject: str, field: str, row: str
) -> bytes:
    """Return the plain value sealed for this very place; raise CannotOpen, which says why, for anything else."""
    head = sealed[:_HEAD]
    fault = _fault(key, head, len(sealed), tenant, subject)
    if fault is None:
        nonce, rest = sealed[_HEAD : _HEAD + NONCE], sealed[_HEAD + NONCE :]
        plain = key.decrypt(nonce, rest, head + bound(tenant, table, subject, field, row))
        if plain is not None:
            return plain
        fault = Fault.NOT_AUTHENTIC
    raise CannotOpen(fault, f"{table}.{field}")


def body_digest(key: DataKey, text: str) -> str:
    """Return the digest of a message's words as evidence keeps it: suite, colon, 64 hex digits.

    An HMAC under a subkey of the subject's own key: who has the record and a guess cannot test the guess, and once the
    key is shredded the digest belongs to nobody.

    >>> from loansms.privacy.data_key import DataKey
    >>> body_digest(DataKey(bytes(32), tenant="main", subject="B-1"), "a text")[:13]
    'intl:47eecc41'
    """
    said = text.encode("utf-8", "surrogatepass")
    return f"{key.suite.name}:{key.mac(said).hex()}"


def _fault(key: DataKey, head: bytes, size: int, tenant: str, subject: str) -> Fault | None:
    """Return what the header alone tells against opening."""
    if size < 1:
        return Fault.TOO_SHORT
    if head[0] != VERSION:
        return Fault.UNKNOWN_VERSION
    if size < _HEAD + NONCE + TAG:
        return Fault.TOO_SHORT
    if head[1] not in CODED:
        return Fault.UNKNOWN_SUITE
    if (head[1], head[2:], tenant, subject) != (key.suite.code, key.id, key.tenant, key.subject):
        return Fault.OTHER_KEY
    return None


def _refused(place: str, *, ours: bool, got: int) -> CallerError:
    if not ours:
        return CallerError(
            f"{place}: the key is of another tenant or subject: seal under the key of whom the value is about",
            f"{place}：密钥属于其他租户或主体，应使用该值所属主体的密钥",
        )
    return CallerError(
        f"{place}: nonce: expected {NONCE} fresh random bytes, got {got}",
        f"{place}：nonce 应为 {NONCE} 个新的随机字节，实际 {got} 个",
    )
