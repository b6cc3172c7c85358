"""Look-up without the number: a keyed tag of it, under every index key there is.

There are about 10**10 phone numbers, so a digest without a key is undone in minutes, and an index key that leaks gives
every number away: it is a key of its own, kept as the key-encryption keys are. What carries such a tag is still
personal data (PIPL article 73, GDPR recital 26).

>>> index = BlindIndex({"i1": b"i" * 32})
>>> index, index.tags("phone", "main", "+8613800138000")["i1"].hex()
(BlindIndex(suite='intl', keys=['i1']), 'a0a944c18ecbaa55012b41c65160dc85')
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

from loansms.errors import ConfigurationError
from loansms.privacy.bound import bound
from loansms.privacy.keys import fault_of_keys
from loansms.privacy.suites import SUITES, fault_of_suite

SIZE = 16
"""Bytes of a tag: 128 bits, so that no two of a billion numbers share one by chance."""


class BlindIndex:
    """Tags of values under every key of `keys`; while one is replaced, both are there.

    ``keys`` maps an id to at least 32 random bytes. Write a row for every tag, read by any of them. To rotate, add the
    new key, write the tags of what is stored already (the number is sealed beside it), then drop the old key and its
    rows. Raise ConfigurationError for a key too short or given twice.
    """

    def __init__(self, keys: Mapping[str, bytes], *, suite: str = "intl") -> None:
        fault = fault_of_suite(suite) or fault_of_keys("index key", keys)
        if fault is not None:
            del self, keys
            raise ConfigurationError(f"blind index: {fault[0]}", f"盲索引：{fault[1]}")
        self._suite = SUITES[suite]
        self._keys = {name: self._suite.derive(bytes(key), b"blind index", 32) for name, key in keys.items()}

    def __repr__(self) -> str:
        return f"BlindIndex(suite={self._suite.name!r}, keys={list(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a BlindIndex is not pickled: build it from the key store where it is needed")

    def tags(self, label: str, tenant: str, value: str) -> Mapping[str, bytes]:
        """Return the tag of `value` by the id of its key: 16 bytes each.

        `label` says what it is (phone, subject, address): equal values of two kinds, or of two tenants, have nothing
        in common. Write a phone as E.164, or one number has many tags.
        """
        said = bound(label, tenant, value)
        return MappingProxyType(
            {name: self._suite.hmac(key, said)[:SIZE] for name, key in self._keys.items()}
        )
