"""What a gateway's echo field carries back: the step key of a message, or a short tag for each message of a batch.

Gateways have one such field for all numbers of a call. A tag has 36 bits of the key's digest. A gateway is asked about one
number, so only the other messages of that number could be mistaken for it: a few dozen, one in a thousand million times.

>>> field = Echo(255)
>>> told = field.of_batch(["s-1", "s-2"])
>>> len(told), field.carries(told, "s-2"), field.carries(told, "s-3"), field.carries("s-3", "s-3")
(13, True, False, True)
>>> field.step_key(told), field.step_key("s-3"), field.most_in_batch
(None, 's-3', 42)
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from attrs import frozen

_MARK = "~"
_TAG = 6


@frozen
class Echo:
    """An echo field of at most `longest` characters, all of them ASCII."""

    longest: int

    @property
    def most_in_batch(self) -> int:
        """How many messages of one call can be told apart afterwards."""
        return (self.longest - len(_MARK)) // _TAG

    def of_message(self, step_key: str) -> str:
        """Return what the field holds of a message that goes alone."""
        return step_key[: self.longest]

    def of_batch(self, step_keys: Sequence[str]) -> str:
        """Return what it holds of messages that go in one call, at most `most_in_batch`."""
        return _MARK + "".join(_tag(one) for one in step_keys)

    def carries(self, told: str, step_key: str) -> bool:
        """Whether `told` is of the message of `step_key`, or of the batch it went in."""
        if not told.startswith(_MARK):
            return told == self.of_message(step_key)
        tags = {told[at : at + _TAG] for at in range(len(_MARK), len(told), _TAG)}
        return _tag(step_key) in tags

    def step_key(self, told: str) -> str | None:
        """Return the step key `told` names, None where it is a batch's or nothing: the message's id then finds it."""
        return None if not told or told.startswith(_MARK) else told


def _tag(step_key: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(step_key.encode()).digest())[:_TAG].decode()
