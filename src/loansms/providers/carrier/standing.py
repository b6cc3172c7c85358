"""What is the same from frame to frame of a line: read and written once for each set of values it has, then remembered.

Most of the fields of a submit are those of the line it goes over. Nothing here may hold what is of one person: what is
remembered outlives the frame.

>>> def written(told: Mapping[str, Any]) -> bytes:
...     print("written")
...     return bytes((told["coding"], told["priority"]))
>>> standing = Standing(["coding", "priority"], written, lambda octets: {"coding": octets[0], "priority": octets[1]})
>>> [standing.octets({"coding": 8, "priority": 1, "number": number}) for number in ("13800138000", "13800138001")]
written
[b'\\x08\\x01', b'\\x08\\x01']
>>> standing.fields(b"\\x08\\x01")
{'coding': 8, 'priority': 1}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

# A gateway may send whatever it likes: so many sets of values are remembered, the latest used.
_KEPT: Final = 512


class Standing:
    """Fields with these names, two at least: ``write`` makes their octets from a value's fields, `read` fields from these."""

    def __init__(
        self,
        names: Sequence[str],
        write: Callable[[Mapping[str, Any]], bytes],
        read: Callable[[bytes], dict[str, Any]],
    ) -> None:
        self._values: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*names)
        self._octets = lru_cache(_KEPT)(lambda *values: write(dict(zip(names, values, strict=True))))
        self._fields = lru_cache(_KEPT)(read)

    def octets(self, told: Mapping[str, Any]) -> bytes:
        """Return the octets of these fields among those of a value; raise what ``write`` raises, each time."""
        return self._octets(*self._values(told))

    def fields(self, octets: bytes) -> dict[str, Any]:
        """Return the fields in `octets`, in a dict that is everybody's: copy it. Raise what ``read`` raises, each time."""
        return self._fields(octets)
