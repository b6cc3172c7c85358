"""Cipher suites by name: which digest a journal's leaves, tree and chain are made with. What has no name here is refused.

`intl` is SHA-256 with Ed25519, `gm` SM3 (GB/T 32905-2016) with SM2 (GB/T 32918). Leaves and nodes carry the prefixes
of RFC 6962, 2.1 (0x00, 0x01), links of the chain 0x02, so that none can be taken for another.

>>> SUITES["intl"].empty.hex()[:16], SUITES["gm"].hash(b"abc").hex()[:16]
('e3b0c44298fc1c14', '66c7f0f462eeedd9')
>>> suite_named("md5")
Traceback (most recent call last):
loansms.errors.ConfigurationError: suite: expected one of intl, gm
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from attrs import frozen
from cryptography.hazmat.primitives.hashes import SM3, Hash

from loansms.errors import ConfigurationError

DIGEST = 32
"""Bytes of a digest, in both suites."""


@frozen
class Suite:
    """One suite: its name and its digest."""

    name: str
    hash: Callable[[bytes], bytes]

    @property
    def empty(self) -> bytes:
        """Return the root of a tree without leaves, from which the chain starts too: the digest of nothing."""
        return self.hash(b"")

    def leaf(self, said: bytes) -> bytes:
        """Return the hash of a leaf."""
        return self.hash(b"\x00" + said)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Return the hash of a node over two."""
        return self.hash(b"\x01" + left + right)

    def link(self, before: bytes, leaf: bytes) -> bytes:
        """Return the chain's next value."""
        return self.hash(b"\x02" + before + leaf)


def _sha256(said: bytes) -> bytes:
    return hashlib.sha256(said).digest()


def _sm3(said: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(said)
    return digest.finalize()


SUITES: Mapping[str, Suite] = MappingProxyType({"intl": Suite("intl", _sha256), "gm": Suite("gm", _sm3)})


def suite_named(name: str) -> Suite:
    """Return the suite of that name; ConfigurationError for one that is not known."""
    found = SUITES.get(name)
    if found is None:
        names = list(SUITES)
        raise ConfigurationError(
            f"suite: expected one of {', '.join(names)}", f"suite 应为 {'、'.join(names)} 之一"
        )
    return found
