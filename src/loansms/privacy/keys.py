"""A ring of keys that rotate: one makes what is new, all of them read what is old; index keys rotate apart.

Everything is derived from a ring key by HKDF (RFC 5869), one subkey a use, so no key serves two purposes. The
index keys only hide what is counted (a phone, a subject, an address) behind HMAC-SHA256: rotating `current`
leaves every counter, lock and suppression where it was.

>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> ring
KeyRing(current='k1', keys=['k1'], index=['i1'])
>>> ring.blind("phone", "a number") == ring.blind("phone", "a number"), len(ring.blind("phone", "a number")[0])
(True, 32)
>>> KeyRing({"k1": b"short"}, current="k1", index={"i1": bytes(32)})
Traceback (most recent call last):
loansms.errors.ConfigurationError: key ring: key k1: expected at least 32 random bytes, got 5
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loansms.errors import ConfigurationError

SIZE = 32
"""Bytes of a key: 256 bits, the output of SHA-256, which RFC 2104 takes as the least sensible length."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class KeyRing:
    """Named secrets: `current` makes new codes, every key of `keys` still reads what it made.

    ``keys`` and ``index`` map an id (letters, digits, - and _) to at least 32 random bytes, kept outside the
    store. While an index key is replaced both stay in ``index``: everything is counted under each of them, and
    the old one may go when the longest window (a profile's) has passed.
    """

    def __init__(self, keys: Mapping[str, bytes], *, current: str, index: Mapping[str, bytes]) -> None:
        fault = _fault(keys, current, index)
        if fault is not None:
            # No frame of ours keeps the bytes or a ring half built, whatever prints its local variables.
            del self, keys, index
            raise ConfigurationError(f"key ring: {fault[0]}", f"密钥环：{fault[1]}")
        self.current = current
        self._keys = {name: bytes(key) for name, key in keys.items()}
        self._index = {name: HMAC(_expand(bytes(key), b"index"), SHA256()) for name, key in index.items()}
        self._subkeys: dict[tuple[str, bytes], bytes] = {}
        self._digests: dict[tuple[str, bytes], HMAC] = {}

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current!r}, keys={list(self._keys)}, index={list(self._index)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeyRing is not pickled: build it from the key store where it is needed")

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    def subkey(self, key_id: str, use: bytes) -> bytes:
        """Return the 32 bytes of ring key `key_id` for one `use`; KeyError for an id the ring does not hold."""
        found = self._subkeys.get((key_id, use))
        if found is None:
            found = self._subkeys[key_id, use] = _expand(self._keys[key_id], use)
        return found

    def digest(self, key_id: str, use: bytes, said: bytes) -> bytes:
        """Return HMAC-SHA256 of `said` under the subkey of `key_id` for one `use`: 32 bytes; KeyError as `subkey`."""
        keyed = self._digests.get((key_id, use))
        if keyed is None:
            keyed = self._digests[key_id, use] = HMAC(self.subkey(key_id, use), SHA256())
        return _finished(keyed, said)

    def blind(self, label: str, value: str) -> tuple[str, ...]:
        """Return the blind index of `value`, once per index key: 32 hex digits that tell nothing without it."""
        said = f"{label}\0{value}".encode()
        return tuple([_finished(keyed, said)[:16].hex() for keyed in self._index.values()])


def _finished(keyed: HMAC, said: bytes) -> bytes:
    """Return the digest of `said`, from a copy of the state that has taken in the key (a third of the cost)."""
    copy = keyed.copy()
    copy.update(said)
    return copy.finalize()


def derive(key: bytes, salt: bytes, info: bytes, size: int = SIZE) -> bytes:
    """Return `size` bytes derived from `key` by HKDF-SHA256 under `salt` for `info`."""
    return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(key)


def _expand(key: bytes, use: bytes) -> bytes:
    return derive(key, b"loansms/1", use)


def _fault(keys: Mapping[str, bytes], current: str, index: Mapping[str, bytes]) -> tuple[str, str] | None:
    """Return what is wrong, in English and Chinese, None for a sound ring."""
    fault = fault_of_keys("key", keys) or fault_of_keys("index key", index)
    if fault is not None:
        return fault
    if current not in keys:
        return f"current: expected one of {', '.join(keys)}", f"current 应为 {'、'.join(keys)} 之一"
    if set(map(bytes, keys.values())) & set(map(bytes, index.values())):
        return "an index key is also a code key: give it bytes of its own", "索引密钥不得与验证码密钥相同"
    return None


def fault_of_keys(what: str, keys: Mapping[str, bytes]) -> tuple[str, str] | None:
    """Return what is wrong with named keys, in English and Chinese, never a byte of them; None for sound ones."""
    if not keys:
        return f"expected at least one {what}", "至少需要一个密钥"
    for name, key in keys.items():
        if not _ID.fullmatch(name):
            return (
                f"a {what} id: expected 1 to 32 letters, digits, - or _",
                "密钥编号应为 1 至 32 位字母、数字、- 或 _",
            )
        if not _is_bytes(key):
            return (
                f"{what} {name}: expected bytes, got {type(key).__name__} (bytes.fromhex reads hexadecimal text)",
                f"{'索引' if what != 'key' else ''}密钥 {name} 应为 bytes（十六进制文本请用 bytes.fromhex 转换）",
            )
        size = len(key)
        if size < SIZE:
            return (
                f"{what} {name}: expected at least {SIZE} random bytes, got {size}",
                f"密钥 {name} 应为至少 {SIZE} 个随机字节",
            )
    if len(set(map(bytes, keys.values()))) != len(keys):
        return f"two {what}s are the same bytes: each needs its own", "存在相同的密钥，每个密钥应各不相同"
    return None


def _is_bytes(key: object) -> bool:
    return isinstance(key, bytes | bytearray)
