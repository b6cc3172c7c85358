"""A simulation as frames: what happened day by day, step by step and in all, and how two versions differ.

Every figure follows from the assumed behaviour it was played with; none is a forecast. No frame holds a name, a
number or a text; ids stand in `events`, `loans` and `changed` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from loansms.insights.behaviour import Behaviour
from loansms.insights.comparison import changed, compared
from loansms.insights.happenings import KEPT_BACK, Happening
from loansms.insights.tallies import by_borrower, totals
from loansms.model import Lender, Reason
from loansms.policy import Policy

if TYPE_CHECKING:
    import altair
    import polars


@frozen
class SimulatedVersion:
    """One side of a simulation: its letter and the policy it played."""

    name: str
    policy: Policy = field(repr=False)


@frozen(kw_only=True, eq=False)
class Simulation:
    """What one or two policies did with a book under an assumed behaviour.

    ``events`` has a row for everything that happened, ``loans`` one for each loan and version. ``rejects`` counts the
    rows of the book that could not be played; ``reasons`` gives, by code and rule, the reason of a step kept back.
    """

    versions: tuple[SimulatedVersion, ...]
    book: str
    rejects: int
    book_as_of: date | None
    lenders: tuple[Lender, ...] = field(repr=False)
    packs: tuple[str, ...]
    start: datetime
    days: int
    seed: int
    behaviour: Behaviour
    price: Decimal | None
    reasons: Mapping[tuple[str, str], Reason] = field(repr=False)
    events: polars.DataFrame = field(repr=False)
    loans: polars.DataFrame = field(repr=False)

    @cached_property
    def daily(self) -> polars.DataFrame:
        """By version, day, stage, step and channel: messages, segments, cost, handovers, deferrals, denials, cap hits."""
        return _counted(self.events, ["version", "day", "stage", "step", "channel"])

    @cached_property
    def steps(self) -> polars.DataFrame:
        """By version, stage, step and channel: the same figures over all days, and what readers did."""
        return _counted(self.events, ["version", "stage", "step", "channel"])

    @cached_property
    def kept_back(self) -> polars.DataFrame:
        """By version, day, kind (deferred, denied), reason and rule: how many steps were kept back, how many by a cap."""
        import polars as pl  # noqa: PLC0415 - an extra

        held = self.events.filter(pl.col("what").is_in([one.value for one in KEPT_BACK]))
        keys = ["version", "day", "what", "reason", "rule"]
        return (
            held.group_by(keys)
            .agg(
                pl.len().cast(pl.Int64).alias("steps"),
                pl.col("capped").sum().cast(pl.Int64).alias("cap_hits"),
            )
            .sort(keys)
        )

    @cached_property
    def borrowers(self) -> polars.DataFrame:
        """One row for each borrower and version: the figures that `compare` lays side by side."""
        return by_borrower(self.events, self.loans)

    @cached_property
    def totals(self) -> polars.DataFrame:
        """One row for each version: messages, cost, cap hits, deferrals, opt-outs, paid amount, cured share.

        ``paid`` is null for a book of several currencies: see `paid`. ``cured_share`` is of the loans whose amount due
        at the start fell due by the last day.
        """
        return totals(self.borrowers, self.daily, self.days)

    @cached_property
    def paid(self) -> polars.DataFrame:
        """By version and currency: payments and the amount paid."""
        import polars as pl  # noqa: PLC0415 - an extra

        kinds = [Happening.PAYMENT.value, Happening.PART_PAYMENT.value]
        paid = self.events.filter(pl.col("what").is_in(kinds))
        paid = paid.join(self.loans.select("version", "loan_id", "currency"), on=["version", "loan_id"])
        keys = ["version", "currency"]
        return (
            paid.group_by(keys)
            .agg(pl.len().cast(pl.Int64).alias("payments"), pl.col("amount").sum())
            .sort(keys)
        )

    @cached_property
    def changed(self) -> polars.DataFrame:
        """The borrowers whose stage at the end or whose first message differs from A to B; empty with one version."""
        return changed(self.events, self.loans)

    def compare(self) -> polars.DataFrame:
        """Return B less A for each figure: the sums, and the mean by borrower with its 95 % interval.

        ``told`` says why an interval is missing or rough: "no_difference" (nobody differs), "cannot_be_computed" (all
        differ alike, or there is one borrower alone), "rough" (fewer than 30 differ). The interval tells how much
        borrowers vary, not how true the assumption is. Raise CallerError with one version.
        """
        return compared(self.borrowers)

    def charts(self) -> Mapping[str, altair.Chart]:
        """Return the charts by name: "messages", "migration" and, with two versions, "comparison".

        Raise MissingExtra without the extra ``insights``.
        """
        from loansms.insights.charts import charts  # noqa: PLC0415 - draws this very class

        return charts(self)

    def _repr_html_(self) -> str:
        from loansms.insights.simulation_report import summary_html  # noqa: PLC0415 - reads this very class

        return summary_html(self)


def _counted(events: polars.DataFrame, keys: list[str]) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    said = events.filter(pl.col("step") != "")
    what = pl.col("what")
    told = {
        "messages": Happening.MESSAGE,
        "joined": Happening.JOINED,
        "handovers": Happening.HANDOVER,
        "deferrals": Happening.DEFERRED,
        "denials": Happening.DENIED,
        "delivered": Happening.DELIVERED,
        "read": Happening.READ,
        "replies": Happening.REPLY,
        "opt_outs": Happening.OPT_OUT,
    }
    figures = [(what == one.value).sum().cast(pl.Int64).alias(name) for name, one in told.items()]
    sums = [
        pl.col("segments").sum(),
        pl.col("cost").sum(),
        pl.col("capped").sum().cast(pl.Int64).alias("cap_hits"),
    ]
    return said.group_by(keys).agg(*figures, *sums).sort(keys)
