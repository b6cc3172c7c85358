"""Key-encryption keys that the host holds itself: as bytes, or in environment variables. A KMS is better.

    version (1) | suite (1) | nonce (12) | wrapped key | tag (16)

>>> provider = StaticKeys({"2026a": b"k" * 32}, current="2026a")
>>> provider
StaticKeys(current='2026a', keys=['2026a'])
>>> kek_id, blob = provider.wrap(bytes(32), b"whose")
>>> kek_id, provider.unwrap(kek_id, blob, b"whose") == bytes(32)
('2026a', True)
>>> EnvironmentKeys({"2026a": "LOANSMS_KEK_2026A"}, current="2026a", environ={})
Traceback (most recent call last):
loansms.errors.ConfigurationError: key provider: LOANSMS_KEK_2026A: expected at least 32 random bytes in hexadecimal or base64, got nothing
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import NoReturn

from cryptography.exceptions import InvalidTag

from loansms.clock import Entropy, SystemEntropy
from loansms.errors import ConfigurationError
from loansms.privacy._sync.envelope import KeyProvider
from loansms.privacy.bound import bound
from loansms.privacy.keys import SIZE, fault_of_keys
from loansms.privacy.opening import CannotOpen, Fault
from loansms.privacy.secret import Secret
from loansms.privacy.suites import CODED, NONCE, SUITES, TAG, Aead, Suite, fault_of_suite

VERSION = 1
_HEAD = 2
_PLACE = "wrapped data key"
_HEX = re.compile(r"[0-9A-Fa-f]+")


class StaticKeys:
    """Key-encryption keys as bytes: `current` wraps, all of `keys` unwrap.

    ``keys`` maps an id (letters, digits, - and _) to at least 32 random bytes, kept apart from the database; an id
    stands for its bytes for good. ``suite`` is what data keys are wrapped with; what another suite wrapped still
    unwraps. ``entropy`` makes the nonces: 2**32 wrappings a key (NIST SP 800-38D).
    Raise ConfigurationError for a key too short, given twice, or a `current` that is not there.
    """

    def __init__(
        self, keys: Mapping[str, bytes], *, current: str, suite: str = "intl", entropy: Entropy | None = None
    ) -> None:
        self.current = current
        self._keys: dict[str, bytes] = {}
        fault = fault_of_suite(suite) or fault_of_keys("key", keys) or _fault_of_current(current, keys)
        if fault is not None:
            # No frame of ours keeps the bytes, whatever prints its local variables.
            del keys
            raise ConfigurationError(f"key provider: {fault[0]}", f"密钥提供方：{fault[1]}")
        self._suite = SUITES[suite]
        self._keys = {name: bytes(key) for name, key in keys.items()}
        self._entropy = entropy or SystemEntropy()
        self._ciphers: dict[tuple[int, str], Aead] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(current={self.current!r}, keys={list(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key provider is not pickled: build it where it is needed")

    def wrap(self, key: bytes, aad: bytes) -> tuple[str, bytes]:
        """Return the current id and `key` wrapped under it, bound to `aad`."""
        nonce, head = self._entropy.token(NONCE), bytes((VERSION, self._suite.code))
        said = head + bound(self.current) + aad
        return self.current, head + nonce + self._cipher(self._suite, self.current).encrypt(nonce, key, said)

    def unwrap(self, kek_id: str, blob: bytes, aad: bytes) -> bytes:
        """Return the key that was wrapped; raise CannotOpen for another `aad`, an unknown key or changed bytes."""
        fault = self._fault(kek_id, blob)
        if fault is None:
            head, nonce = blob[:_HEAD], blob[_HEAD : _HEAD + NONCE]
            cipher = self._cipher(CODED[blob[1]], kek_id)
            try:
                return cipher.decrypt(nonce, blob[_HEAD + NONCE :], head + bound(kek_id) + aad)
            except InvalidTag:
                fault = Fault.NOT_AUTHENTIC
        raise CannotOpen(fault, _PLACE)

    def _fault(self, kek_id: str, blob: bytes) -> Fault | None:
        if kek_id not in self._keys:
            return Fault.UNKNOWN_KEK
        if len(blob) < _HEAD + NONCE + TAG:
            return Fault.TOO_SHORT
        if blob[0] != VERSION:
            return Fault.UNKNOWN_VERSION
        return None if blob[1] in CODED else Fault.UNKNOWN_SUITE

    def _cipher(self, suite: Suite, kek_id: str) -> Aead:
        found = self._ciphers.get((suite.code, kek_id))
        if found is None:
            subkey = suite.derive(self._keys[kek_id], b"wrap", suite.key_size)
            found = self._ciphers[suite.code, kek_id] = suite.cipher(subkey)
        return found


class EnvironmentKeys(StaticKeys):
    """Key-encryption keys from environment variables, in hexadecimal or base64.

    ``names`` maps an id to the name of its variable; ``environ`` is read once (give ``os.environ``). Raise
    ConfigurationError, which names the variable and never what it holds, for one that is missing or unreadable.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        *,
        current: str,
        environ: Mapping[str, str],
        suite: str = "intl",
        entropy: Entropy | None = None,
    ) -> None:
        keys: dict[str, Secret[bytes]] = {}
        for name, variable in names.items():
            key = _decoded(environ.get(variable, ""))
            if key is None:
                got, got_zh = ("something else", "其他内容") if environ.get(variable) else ("nothing", "空")
                # No frame of ours keeps the environment, whatever prints its local variables.
                del environ, self
                raise ConfigurationError(
                    f"key provider: {variable}: expected at least 32 random bytes in hexadecimal or base64, got {got}",
                    f"密钥提供方：环境变量 {variable} 应为十六进制或 base64 编码的至少 32 个随机字节，实际为{got_zh}",
                )
            keys[name] = key
        del environ
        super().__init__(
            {name: key.reveal() for name, key in keys.items()}, current=current, suite=suite, entropy=entropy
        )


class AwaitedKeys:
    """A provider that answers at once, for what awaits one; a KMS over a network has to await itself.

    >>> AwaitedKeys(StaticKeys({"2026a": b"k" * 32}, current="2026a"))
    AwaitedKeys(StaticKeys(current='2026a', keys=['2026a']))
    """

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider

    def __repr__(self) -> str:
        return f"AwaitedKeys({self._provider!r})"

    async def wrap(self, key: bytes, aad: bytes) -> tuple[str, bytes]:
        """Return what the provider returns."""
        return self._provider.wrap(key, aad)

    async def unwrap(self, kek_id: str, blob: bytes, aad: bytes) -> bytes:
        """Return what the provider returns."""
        return self._provider.unwrap(kek_id, blob, aad)


def _fault_of_current(current: str, keys: Mapping[str, bytes]) -> tuple[str, str] | None:
    if current in keys:
        return None
    return f"current: expected one of {', '.join(keys)}", f"current 应为 {'、'.join(keys)} 之一"


def _decoded(text: str) -> Secret[bytes] | None:
    """Return the bytes that `text` writes, None for what is neither hexadecimal nor base64 of a key's length."""
    said = text.strip()
    try:
        # Hexadecimal digits alone are never base64: a key cut short would be read as another one.
        if _HEX.fullmatch(said):
            found = bytes.fromhex(said)
        else:
            plain = said.replace("-", "+").replace("_", "/")
            found = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None
    return Secret(found) if len(found) >= SIZE else None
