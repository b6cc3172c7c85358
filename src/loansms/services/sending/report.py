"""What a run did, row by row: every row of the book has exactly one outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from loansms.model import Reason
from loansms.planning import PlanRow
from loansms.portfolio import Reject


class Outcome(StrEnum):
    """What became of a row.

    SUBMITTED the provider took it; ALREADY_DONE an earlier run settled it (a definite refusal settles too);
    DEFERRED it waits for a lawful instant; DENIED a rule forbids it; NONE nothing is due; REJECTED the row is
    bad; REFUSED the provider definitely did not send it; UNKNOWN nobody can know yet. PLANNED, of a plan
    alone: it would be sent.
    """

    SUBMITTED = "submitted"
    ALREADY_DONE = "already_done"
    DEFERRED = "deferred"
    DENIED = "denied"
    NONE = "none"
    REJECTED = "rejected"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PLANNED = "planned"


@frozen
class RunRow:
    """One row of the book and what became of it; `line` is its physical line, None for an event that no file told."""

    row: PlanRow
    outcome: Outcome
    line: int | None = None


@frozen(kw_only=True)
class RunReport:
    """A whole run: `rows` in book order, `versions` of every policy, pack and calendar that decided.

    ``rejects`` are the bad rows, each with its line, column and reason; ``warnings`` what a person should
    know though every row has its outcome.
    """

    now: datetime
    rows: Sequence[RunRow] = field(repr=False)
    rejects: Sequence[Reject] = field(default=(), repr=False)
    warnings: Sequence[Reason] = ()
    versions: Sequence[str] = ()
    lenders: Sequence[str] = ()
    book: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows had each outcome; every outcome of a run is a key."""
        found = Counter(row.outcome for row in self.rows)
        return {one.value: found[one] for one in Outcome if one is not Outcome.PLANNED or found[one]}

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in self.counts.items() if count)
        return f"RunReport({self.now.isoformat()}: {told or 'no rows'})"
