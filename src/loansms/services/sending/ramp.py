"""A run that starts small: one's own numbers first, then a share of the borrowers, then the rest.

Each stage is one run over the same store; what it finds there says which stage comes next. Nothing waits inside.

>>> from datetime import UTC, datetime
>>> ramp = Ramp(seeds={"S-1"}, share=0.5)
>>> chosen = ramp.choose(["S-1", "B-1", "B-2"], [], frozenset(), datetime(2026, 9, 24, 2, tzinfo=UTC))
>>> chosen.stage.value, sorted(chosen.borrowers)
('seeds', ['S-1'])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from loansms.errors import CallerError
from loansms.model import DeliveryStatus, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.policy.arms import bucket
from loansms.stores import AttemptRecord

_SALT: Final = "ramp"


class RampStage(StrEnum):
    """How far a ramp has come: SEEDS and CANARY send to a few, WAIT to nobody, REST to everybody."""

    SEEDS = "seeds"
    CANARY = "canary"
    WAIT = "wait"
    REST = "rest"


_HELD: Final = {
    RampStage.SEEDS: ("your own numbers are written to first", "先发送至自有号码"),
    RampStage.CANARY: ("a share of the borrowers is written to first", "先发送至部分借款人"),
    RampStage.WAIT: (
        "receipts of those written to are awaited, or too many were not delivered or refused",
        "等待已发送部分的回执，或其中未送达、退订者过多",
    ),
}


@frozen(kw_only=True)
class Chosen:
    """The stage a run is in, and the borrowers it may write to (None = all)."""

    stage: RampStage
    borrowers: frozenset[str] | None = field(repr=False)

    def passes(self, row: PlanRow, _at: datetime) -> PlanRow:
        """Return `row`, held back where it would be sent and its borrower's turn has not come."""
        held = self.borrowers is not None and row.borrower_id not in self.borrowers
        if row.decision is not PlanDecision.SEND or not held:
            return row
        told, zh = _HELD[self.stage]
        why = Reason(
            "ramp", "house", f"It waits for a later stage: {told}.", severity="defer",
            message_zh=f"待后续阶段发送：{zh}。",
        )  # fmt: skip
        return evolve(row, decision=PlanDecision.DEFER, reasons=(why, *row.why), limits=())


def _ids(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@frozen(kw_only=True)
class Ramp:
    """How a run starts small.

    ``seeds`` are borrower ids of the book that are the lender's own people: the `first` of them with a step due are
    written to first. ``share`` (0 to 1) of the borrowers come next, always the same. The rest follows once `wait` has
    passed since the last of them and at most `failing` of them (0 to 1) were not delivered or refused. What the same policy
    sent within the last `within` is of this ramp: shorter than from one day's last run to the next day's first. Raise
    CallerError for a share or a count that is none, and for neither seeds nor a share.
    """

    seeds: frozenset[str] = field(default=frozenset[str](), converter=_ids, repr=False)
    first: int = 5
    share: float = 0.1
    failing: float = 0.1
    wait: timedelta = timedelta(minutes=30)
    within: timedelta = timedelta(hours=12)

    def __attrs_post_init__(self) -> None:
        for name in ("share", "failing"):
            if not 0 <= getattr(self, name) <= 1:
                raise CallerError(f"{name}: expected a share from 0 to 1", f"{name}：应为 0 到 1 之间的比例")
        if not self.seeds and not self.share:
            raise CallerError("ramp: expected seeds or a share", "ramp：须给出 seeds 或大于 0 的 share")
        if self.first < 1 or self.wait < timedelta(0) or self.within <= self.wait:
            raise CallerError(
                "ramp: expected first of 1 or more, and within longer than wait",
                "ramp：first 应不小于 1，within 应长于 wait",
            )

    def choose(
        self, due: Sequence[str], tried: Iterable[AttemptRecord], refused: Collection[str], now: datetime
    ) -> Chosen:
        """Return who may be written to now of the borrowers `due`, in the order of the book.

        `tried` are the attempts of the same policy, `refused` the borrowers who have opted out.
        """
        past = [one for one in tried if now - self.within <= one.at]
        seen = {one.borrower_id for one in past}
        if self.seeds and not seen & self.seeds:
            mine = [one for one in dict.fromkeys(due) if one in self.seeds]
            # Seeds of which none is due try nothing: nobody is written to until one is.
            return Chosen(stage=RampStage.SEEDS, borrowers=frozenset(mine[: self.first]))
        others = sorted({*due, *seen} - self.seeds, key=lambda one: (bucket(_SALT, one), one))
        canary = {one for one in others if bucket(_SALT, one) < self.share} or set(others[:1])
        if self.share and not canary & seen:
            stage, borrowers = RampStage.CANARY, frozenset(canary)
        else:
            stage, borrowers = RampStage.REST, None
        return Chosen(stage=stage, borrowers=borrowers) if self._went_well(past, refused, now) else _WAITING

    def _went_well(self, past: Sequence[AttemptRecord], refused: Collection[str], now: datetime) -> bool:
        if not past:
            return True
        failed = sum(
            one.delivery is not DeliveryStatus.DELIVERED or one.borrower_id in refused for one in past
        )
        return now >= max(one.at for one in past) + self.wait and failed <= self.failing * len(past)


_WAITING: Final = Chosen(stage=RampStage.WAIT, borrowers=frozenset())
