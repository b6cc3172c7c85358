"""What becomes of a person's request to be forgotten: now, or when the period the law sets is over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen

from loansms.stores import Shredded

ERASURE_ASKED: Final = "erasure_asked"
"""The suppression that stands from the request on: nothing is used any more but kept."""


@frozen
class Erased:
    """The person's key, messages and number are gone; a refusal, if there was one, stays as a mark."""

    gone: Shredded


@frozen
class KeptUntil:
    """The law keeps the records until `until`: from now on they are stored and nothing else; ask again then."""

    until: datetime
