"""The plan of the regular rows of a book, in columns.

Two questions, each asked once for each case. What does the policy say? hangs on days, holds and audiences; most rows
have nothing due and are done (`loansms.portfolio.answers`). May it be said, and when? hangs on lender, place, consents
and stops; the words are then written as columns (`loansms.portfolio.spoken`). A row that is not decided so is named, and
the scalar code decides it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
from attrs import evolve, frozen

from loansms.model import Lender, RecipientRole
from loansms.policy import Anchor, Policy
from loansms.policy.columns import BOOK
from loansms.portfolio.answers import NOTHING, ONE_STEP, Accounts, Planner, steps_of
from loansms.portfolio.arms import arm_column
from loansms.portfolio.audience import audience_expr
from loansms.portfolio.cases import cases
from loansms.portfolio.rivals import THEN, yielding
from loansms.portfolio.spoken import WORDS, Refused, Spoken
from loansms.portfolio.typed import EXTRA

_NOBODY_SPEAKS = pl.DataFrame(
    schema={"at": pl.UInt32, "borrower_id": pl.String, **WORDS, "competing": pl.Boolean, "offer": pl.Boolean}
)


@frozen(repr=False)
class Planned:
    """The plan of regular rows: each is told a line of a table, and those that speak have words of their own.

    ``code`` is the line of ``told`` (the columns of a plan that rows share) by place, null for the places in ``left``.
    ``spoken`` are the rows with a step: their place ``at``, ``borrower_id``, ``text``, ``segments``, and two marks,
    ``competing`` for a message that goes now and uses up the debtor's one a day, ``offer`` for one that yields.
    """

    code: pl.Series
    told: pl.DataFrame
    spoken: pl.DataFrame
    left: pl.Series

    def without(self, places: Collection[int]) -> Planned:
        """Return the plan without some rows."""
        if not places:
            return self
        gone = pl.Series(list(places), dtype=pl.UInt32)
        spoken = self.spoken.filter(~pl.col("at").is_in(gone.implode()))
        return evolve(self, code=self.code.scatter(gone, None), spoken=spoken)


def plan_columns(
    frame: pl.DataFrame,
    planner: Planner,
    accounts: Accounts,
    lender_of: Mapping[str | None, Lender],
    refusals: Refused,
    size: int,
) -> Planned:
    """Return the plan of every row of `frame`: typed columns, all regular, ``at`` (UInt32) and ``today`` (Date) beside them.

    ``as_of`` is the day a row speaks for, `accounts` gives the account at a place, `refusals` the borrowers who refuse
    on any row, `size` how many places there are. Of several rows of one debtor that would go today all but one wait
    already, where columns can tell.
    """
    asked, names = _asked(frame, planner.policy)
    found = cases(asked, names)
    firsts = frame["at"].gather(list(found.first)).to_list()
    answers = steps_of(planner.policy, [accounts(at) for at in firsts], planner.now)
    case = pl.Series(
        [at if kind == NOTHING else None for at, kind in enumerate(answers.kind)], dtype=pl.UInt32
    )
    code = case.gather(found.number)
    due = frame.filter(code.is_null()).with_columns(case=found.number.filter(code.is_null()))
    single = answers.kind.gather(due["case"]) == ONE_STEP
    one = due if single.all() else due.filter(single)
    if frame.height < size:
        blank = pl.Series([None], dtype=pl.UInt32).new_from_index(0, size)
        code = blank.scatter(frame["at"], code)
    if not one.height:
        return Planned(code, answers.nothing, _NOBODY_SPEAKS, due["at"])
    spoken = Spoken.of(one, answers, planner, accounts, lender_of, refusals)
    rows, waiting = yielding(spoken.decided(), spoken)
    beside = pl.concat([rows, waiting.select(rows.columns)])
    pairs = cases(beside, ("case", "gate"))
    lines = spoken.lines(beside.select("case", "gate")[list(pairs.first)])
    number = pairs.number.head(rows.height)
    own = lines[pairs.number.tail(waiting.height)].with_columns(waiting.select(*THEN))
    told = pl.concat([answers.nothing, lines, own], rechunk=True)
    first = answers.nothing.height
    last = pl.int_range(first + lines.height, told.height, dtype=pl.UInt32, eager=True)
    code = code.scatter(beside["at"], pl.concat([number + first, last]))
    marked = beside.select(
        "at",
        "borrower_id",
        *WORDS,
        competing=spoken.marked(beside["gate"], lambda row: row.competes_now)
        & (pl.int_range(beside.height, eager=True) < rows.height),
        offer=spoken.marked(beside["gate"], lambda row: row.offers),
    )
    left = due["at"].filter(code.gather(due["at"]).is_null())
    return Planned(code, told, marked, left)


def with_today(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return `frame` with ``today`` and ``next_debit_on``, dates where each borrower most likely is."""
    known = frame.select(pl.col("zones").unique()).to_series().drop_nulls().cast(pl.String)
    zones = [told.partition(",")[0] for told in known]
    days = pl.Series([now.astimezone(ZoneInfo(zone)).date() for zone in zones], dtype=pl.Date)
    today = pl.col("zones").replace_strict(known, days, default=None)
    if days.n_unique() <= 1:
        today = pl.lit(days[0] if len(days) else None, pl.Date)
    debit = pl.lit(None, pl.Date)
    if frame.select(pl.col("next_debit_at").null_count()).item() < frame.height:
        for told, zone in zip(known, zones, strict=True):
            there = pl.col("next_debit_at").dt.convert_time_zone(zone).dt.date()
            debit = pl.when(pl.col("zones") == told).then(there).otherwise(debit)
    return frame.with_columns(today=today, next_debit_on=debit)


def _asked(frame: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, list[str]]:
    """Return the columns that the policy's answer hangs on, audiences and arms among them."""
    names = [
        "today",
        "due_on",
        "owed",
        "grace_days",
        "promise_to_pay_until",
        "as_of",
        "autopay",
        "next_debit_at",
    ]
    beside = [step for step in policy.steps if step.dated or step.obligatory]
    dates = {step.anchor for step in beside if step.anchor not in set(Anchor)}
    names += sorted(one if one in BOOK else EXTRA + one for one in dates)
    if beside:
        names += ["consent_marketing", "dispute", "hardship"]
    if frame.select(pl.col("next_debit_at").null_count()).item() < frame.height:
        names.append("zones")
    audiences = {f"in:{at}": one for at, one in enumerate(policy.eligible.asked)}
    arms = {f"arm:{one.name}": one for one in policy.experiments}
    asked = frame.with_columns(
        (pl.col("amount_due") > 0).alias("owed"),
        pl.col("guarantor_e164").is_not_null().alias("guaranteed"),
        *(audience_expr(one, pl.col("today")).alias(name) for name, one in audiences.items()),
    ).with_columns(arm_column(frame["borrower_id"], one).alias(name) for name, one in arms.items())
    if any(step.recipient is RecipientRole.GUARANTOR for step in policy.steps):
        names.append("guaranteed")
    return asked, list(dict.fromkeys([*names, *audiences, *arms]))
