"""The summary that follows an agent's call: what was agreed, in writing, to the person who agreed to it.

>>> from loansms.model.examples import borrower
>>> FollowUp(template="care.call_summary", borrower=borrower()).values
{}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from loansms.model import Borrower, CallResult, Channel


@frozen(kw_only=True)
class FollowUp:
    """A template and its ``values``, to `borrower` by `channel`; it goes through the gate and the claim as any notice.

    ``facts`` prove the claims of the template, ``lender_id`` says who speaks where there are several.
    """

    template: str
    borrower: Borrower
    values: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    channel: Channel = Channel.SMS
    lender_id: str | None = None
    facts: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)


UNSPOKEN = frozenset({CallResult.WRONG_PERSON, CallResult.NOT_REACHED})
"""Calls of which nothing is summed up: the borrower was not on the line."""


def follow_up_id(source_id: str) -> str:
    """Return the event id of the summary of a call: one however often the call is told.

    >>> follow_up_id("call-4711")
    'call|call-4711'
    """
    return f"call|{source_id}"
