"""What one look at the provider brought in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from loansms.portfolio import Reject


@frozen(kw_only=True)
class Taken:
    """Receipts by status, replies, and how many of those asked to stop.

    ``unmatched`` counts receipts of no known attempt, ``unattributed`` replies of which the provider did not
    tell the borrower: their words could not be obeyed, so a person has to look.
    """

    receipts: Mapping[str, int] = field(factory=dict[str, int])
    replies: int = 0
    opted_out: int = 0
    unmatched: int = 0
    unattributed: int = 0


@frozen(kw_only=True)
class Disposed:
    """What a call did: whether it was `counted` (False: it had been before), and whether it `stopped` what asks for money."""

    counted: bool
    stopped: bool


@frozen(kw_only=True)
class AgencyTaken:
    """What an agency's file brought: rows that were `new`, rows `known` before, and bad rows with line and reason."""

    new: int
    known: int
    rejects: tuple[Reject, ...] = field(default=(), repr=False)
