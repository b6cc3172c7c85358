"""Data keys in use, kept for a moment so that a key provider is not asked for every record.

Bounded in number and in time, by a `now` that is handed in. A key is found by its wrapped form as the store holds it
today, so a subject whose wrapped key is gone, replaced or re-wrapped finds no old one here. Shredding is complete when
the longest `lives` of any process has passed; `forget` ends it here at once.

>>> from datetime import UTC, datetime
>>> from loansms.privacy.data_key import DataKey, WrappedKey
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> wrapped = WrappedKey(tenant="main", subject="B-1", suite="intl", kek_id="2026a", blob=b"...")
>>> held = DataKeys(most=2)
>>> held.put(wrapped, DataKey(bytes(32), tenant="main", subject="B-1"), now)
>>> held.get(wrapped, now), held
(DataKey(suite='intl', id='c9515b94442f2b76'), DataKeys(most=2, held=1))
>>> held.forget(tenant="main", subject="B-1")
>>> held.get(wrapped, now) is None
True
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NoReturn

from loansms.clock import require_aware
from loansms.errors import ConfigurationError
from loansms.privacy.data_key import DataKey, WrappedKey

_Name = tuple[str, str, str, str, bytes]
_NONE = timedelta(0)


class DataKeys:
    """The `most` data keys last used, each for at most `lives` since it was unwrapped; threads may share it.

    No lock: every step is one act of the dictionary, and a step lost to another thread costs one more unwrapping.
    """

    def __init__(self, *, most: int = 1024, lives: timedelta = timedelta(minutes=5)) -> None:
        if most < 0 or lives < _NONE:
            raise ConfigurationError(
                "data keys held: expected most and lives of 0 or more", "数据密钥缓存：most 与 lives 不得为负"
            )
        self.most = most
        self.lives = lives
        self._held: OrderedDict[_Name, tuple[datetime, DataKey]] = OrderedDict()

    def __repr__(self) -> str:
        return f"DataKeys(most={self.most}, held={len(self._held)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("DataKeys are not pickled: every process unwraps its own")

    def get(self, wrapped: WrappedKey, now: datetime) -> DataKey | None:
        """Return the key of `wrapped`, None where it is not held, too old, or of a time after `now`."""
        name = _name(wrapped)
        found = self._held.get(name)
        if found is None:
            return None
        at, key = found
        # A clock that stepped back must not lengthen a life.
        if not _NONE <= require_aware(now) - at < self.lives:
            self._held.pop(name, None)
            return None
        with suppress(KeyError):
            self._held.move_to_end(name)
        return key

    def put(self, wrapped: WrappedKey, key: DataKey, now: datetime) -> None:
        """Hold `key`; the one unused for longest goes where there are too many."""
        self._held[_name(wrapped)] = (require_aware(now), key)
        while len(self._held) > self.most:
            with suppress(KeyError):
                self._held.popitem(last=False)

    def forget(self, *, tenant: str, subject: str) -> None:
        """Drop every key of one subject: the last act of shredding in this process."""
        for name in list(self._held):
            if name[:2] == (tenant, subject):
                self._held.pop(name, None)

    def clear(self) -> None:
        """Drop every key."""
        self._held.clear()


def _name(wrapped: WrappedKey) -> _Name:
    # A tuple of plain text and bytes: looking it up runs no code of ours, which another thread could interrupt.
    return (wrapped.tenant, wrapped.subject, wrapped.suite, wrapped.kek_id, wrapped.blob)
