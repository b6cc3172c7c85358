"""What OutId carries back: the step key of a message, or a short tag for each message of a batch, which shares one OutId.

A tag has 36 bits of the key's digest. The vendor is asked about one number and one day, so only the other messages of that
number and day could be mistaken for it: a few dozen, one in a thousand million times.

>>> echo = of_batch(["s-1", "s-2"])
>>> len(echo), carries(echo, "s-2"), carries(echo, "s-3"), carries("s-3", "s-3"), step_key_of(echo)
(13, True, False, True, None)
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

LONGEST = 255  # characters of OutId
_MARK = "~"
_TAG = 6
MOST_IN_BATCH = (LONGEST - len(_MARK)) // _TAG
"""How many messages of one call can be told apart afterwards; the vendor would take 100."""


def of_message(step_key: str) -> str:
    """Return the OutId of a message that goes alone."""
    return step_key[:LONGEST]


def of_batch(step_keys: Sequence[str]) -> str:
    """Return the OutId of messages that go in one call."""
    return _MARK + "".join(_tag(one) for one in step_keys)


def carries(echo: str, step_key: str) -> bool:
    """Whether the OutId `echo` is that of the message of `step_key`, or of the batch it went in."""
    if not echo.startswith(_MARK):
        return echo == of_message(step_key)
    tags = {echo[at : at + _TAG] for at in range(len(_MARK), len(echo), _TAG)}
    return _tag(step_key) in tags


def step_key_of(echo: str) -> str | None:
    """Return the step key an OutId tells, None where it is a batch's or nothing: the message's id then finds it."""
    return None if not echo or echo.startswith(_MARK) else echo


def _tag(step_key: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(step_key.encode()).digest())[:_TAG].decode()
