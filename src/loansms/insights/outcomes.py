"""What became of every simulated loan, as two frames: the events, and the loans from first to last day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import astuple, frozen

from loansms.errors import MissingExtra
from loansms.insights.happenings import Event
from loansms.model import Account
from loansms.policy import Policy

if TYPE_CHECKING:
    import polars


@frozen(kw_only=True)
class LoanLife:
    """A loan on the first and on the last simulated day.

    ``owed`` says that the amount due at the start fell due by the last day: of these loans the cured share speaks.
    A stage is "" and days past due are None where nothing is owed.
    """

    loan_id: str
    currency: str
    owed: bool
    stage_start: str
    dpd_start: int | None
    stage_end: str
    dpd_end: int | None

    @classmethod
    def of(cls, was: Account, now: Account, first: date, last: date, policy: Policy) -> LoanLife:
        """Return the life of a loan from what it was to what it is at the end of the last day."""
        dpd_start, dpd_end = _dpd(was, first), _dpd(now, last)
        return cls(
            loan_id=was.loan_id,
            currency=was.amount_due.currency,
            owed=was.amount_due.amount > 0 and was.due_on <= last,
            stage_start=_stage(policy, dpd_start),
            dpd_start=dpd_start,
            stage_end=_stage(policy, dpd_end),
            dpd_end=dpd_end,
        )


@frozen(kw_only=True)
class Outcomes:
    """What became of one debtor under one version."""

    version: str
    borrower_id: str
    events: Sequence[Event]
    lives: Sequence[LoanLife]


_EVENT: Mapping[str, Callable[[Event], object]] = {
    "day": lambda one: one.day,
    "loan_id": lambda one: one.loan_id,
    "what": lambda one: one.what.value,
    "stage": lambda one: one.stage,
    "step": lambda one: one.step,
    "channel": lambda one: one.channel,
    "recipient": lambda one: one.recipient,
    "reason": lambda one: one.reason.code if one.reason else "",
    "rule": lambda one: one.reason.rule_id if one.reason else "",
    "capped": lambda one: one.capped,
    "segments": lambda one: one.segments,
    "amount": lambda one: one.amount,
    "at": lambda one: one.at and one.at.astimezone(UTC),
}


def frames_of(
    outcomes: Iterable[Outcomes], price: Decimal | None
) -> tuple[polars.DataFrame, polars.DataFrame]:
    """Return the events and the loans of all versions; `price` is that of a segment, cost is null without one.

    Raise MissingExtra without Polars.
    """
    try:
        import polars as pl  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("portfolio", "a simulation as frames") from None
    every = list(outcomes)
    exact = pl.Decimal(38, 6)
    ids = {"version": pl.String(), "borrower_id": pl.String()}
    events = pl.DataFrame(
        [
            (one.version, one.borrower_id, *(take(event) for take in _EVENT.values()), _cost(event, price))
            for one in every
            for event in one.events
        ],
        schema={
            **ids,
            **dict.fromkeys(_EVENT, pl.String()),
            "day": pl.Date(),
            "capped": pl.Boolean(),
            "segments": pl.Int64(),
            "amount": exact,
            "at": pl.Datetime("us", "UTC"),
            "cost": exact,
        },
        orient="row",
    )
    loans = pl.DataFrame(
        [(one.version, one.borrower_id, *astuple(life)) for one in every for life in one.lives],
        schema={
            **ids,
            "loan_id": pl.String(),
            "currency": pl.String(),
            "owed": pl.Boolean(),
            "stage_start": pl.String(),
            "dpd_start": pl.Int64(),
            "stage_end": pl.String(),
            "dpd_end": pl.Int64(),
        },
        orient="row",
    )
    return events, loans


def _cost(event: Event, price: Decimal | None) -> Decimal | None:
    return None if price is None else price * event.segments


def _dpd(account: Account, on: date) -> int | None:
    return account.days_past_due(on) if account.amount_due.amount > 0 else None


def _stage(policy: Policy, dpd: int | None) -> str:
    stage = None if dpd is None else policy.ladder.stage_on(dpd)
    return stage.name if stage else ""
