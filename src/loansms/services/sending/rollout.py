"""Going live by a share of the borrowers: always the same ones, so that one system alone writes to each of them.

>>> tenth, half = Rollout(0.1), Rollout(0.5)
>>> people = [f"B-{number}" for number in range(1000)]
>>> sum(tenth.includes(one) for one in people), sum(half.includes(one) for one in people)
(94, 510)
>>> all(half.includes(one) for one in people if tenth.includes(one))  # whoever is in stays in while the share grows
True
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve, field, frozen

from loansms.errors import CallerError
from loansms.model import Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.policy.arms import BUCKETS, bucket

_SALT: Final = "rollout"
_ELSEWHERE: Final = Reason(
    "rollout",
    "house",
    "The system before still writes to this borrower: the share that goes live does not hold them yet.",
    message_zh="该借款人仍由旧系统发送：尚不在上线范围内。",
)
_OPEN: Final = frozenset({PlanDecision.SEND, PlanDecision.DEFER, PlanDecision.DENY})


@frozen
class Rollout:
    """Which borrowers loansms writes to while another system serves the others.

    ``share`` is from 0 (nobody: the way back) to 1, in steps of a ten-thousandth. Ask `includes` where the system before
    chooses whom to write to, so that nobody hears both or neither. Raise CallerError for a share that is none, or too
    small to hold anybody.
    """

    share: float = field()

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.share <= 1 or 0 < self.share < 1 / BUCKETS:
            raise CallerError(
                f"rollout: expected a share from 0 to 1, and none below {1 / BUCKETS}",
                f"rollout：应为 0 到 1 之间的比例，非零时不小于 {1 / BUCKETS}",
            )

    def includes(self, borrower_id: str) -> bool:
        """Return whether loansms writes to this borrower: the same answer every day, whatever book they stand in."""
        return bucket(_SALT, borrower_id) < self.share

    def passes(self, row: PlanRow, _at: datetime) -> PlanRow:
        """Return `row`, decided ``none`` with the reason ``rollout`` where its borrower is not included."""
        if row.decision not in _OPEN or self.includes(row.borrower_id):
            return row
        return evolve(
            row, decision=PlanDecision.NONE, reasons=(_ELSEWHERE, *row.why), limits=(), send_at=None
        )
