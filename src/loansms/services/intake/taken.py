"""What one look at the provider brought in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from loansms.portfolio import Reject
from loansms.services.sending.report import RunRow


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
    """What a call did: whether it was `counted` (False: it had been before), and whether it `stopped` what asks for money.

    ``follow_up`` is what became of the summary that was to follow it, None where none was asked for.
    """

    counted: bool
    stopped: bool
    follow_up: RunRow | None = None


@frozen(kw_only=True)
class AgencyTaken:
    """What an agency's file brought: rows that were `new`, rows `known` before, and bad rows with line and reason."""

    new: int
    known: int
    rejects: tuple[Reject, ...] = field(default=(), repr=False)
