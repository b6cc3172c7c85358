"""The plan of the regular rows of a book, in columns.

Two questions, each asked once for each case. What does the policy say? hangs on days, holds and audiences; most rows
have nothing due and are done (`loansms.portfolio.answers`). May it be said, and when? hangs on lender, place, consents
and stops; the words are then written as columns (`loansms.portfolio.spoken`). A row that is not decided so is named, and
the scalar code decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
from attrs import frozen

from loansms.model import Lender, RecipientRole
from loansms.policy import Anchor, Policy
from loansms.policy.columns import BOOK
from loansms.portfolio.answers import NOTHING, ONE_STEP, Accounts, Planner, steps_of
from loansms.portfolio.arms import arm_column
from loansms.portfolio.audience import audience_expr
from loansms.portfolio.cases import cases
from loansms.portfolio.frame import schema
from loansms.portfolio.rivals import yielding
from loansms.portfolio.spoken import Refused, Spoken
from loansms.portfolio.typed import EXTRA


@frozen(repr=False)
class Planned:
    """The plan of regular rows. ``code`` is the line of ``nothing`` that a row is told, null where a step is due.

    ``spoken`` are the rows with a step, each at its place ``at``, with two marks: ``competing`` for a message that goes
    now and uses up the debtor's one a day, ``offer`` for one that yields. ``left`` are the places of all others.
    """

    code: pl.Series
    nothing: pl.DataFrame
    spoken: pl.DataFrame
    left: pl.Series


def plan_columns(
    frame: pl.DataFrame,
    planner: Planner,
    accounts: Accounts,
    lender_of: Mapping[str | None, Lender],
    refusals: Refused,
) -> Planned:
    """Return the plan of every row of `frame`: typed columns, all regular, ``at`` (UInt32) and ``today`` (Date) beside them.

    ``as_of`` is the day a row speaks for, `accounts` gives the account at a place, `refusals` the borrowers who refuse
    on any row. Of several rows of one debtor that would go today all but one wait already, where columns can tell.
    """
    asked, names = _asked(frame, planner.policy)
    found = cases(asked, names)
    firsts = frame["at"].gather(list(found.first)).to_list()
    answers = steps_of(planner.policy, [accounts(at) for at in firsts], planner.now)
    case = pl.Series(
        [at if kind == NOTHING else None for at, kind in enumerate(answers.kind)], dtype=pl.UInt32
    )
    code = case.gather(found.number)
    speaking = code.is_null()
    due = frame.filter(speaking).with_columns(case=found.number.filter(speaking))
    kind = answers.kind.gather(due["case"])
    one = due.filter(kind == ONE_STEP)
    rows = shaped(frame.clear().select("at"))
    if one.height:
        rows = shaped(yielding(Spoken.of(one, answers, planner, accounts, lender_of, refusals))).sort("at")
    left = due["at"].filter(~due["at"].is_in(rows["at"].implode()))
    return Planned(code, answers.nothing, rows, left)


def with_today(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return `frame` with ``today`` and ``next_debit_on``, dates where each borrower most likely is."""
    known = frame["zones"].unique().drop_nulls()
    zones = [told.partition(",")[0] for told in known]
    days = pl.Series([now.astimezone(ZoneInfo(zone)).date() for zone in zones], dtype=pl.Date)
    today = pl.col("zones").replace_strict(known, days, default=None)
    if days.n_unique() <= 1:
        today = pl.lit(days[0] if len(days) else None, pl.Date)
    debit = pl.lit(None, pl.Date)
    if frame["next_debit_at"].null_count() < frame.height:
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
    if frame["next_debit_at"].null_count() < frame.height:
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


def shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a plan in their order, each with its type, behind ``at``, the marks last."""
    kinds = {"at": pl.UInt32(), **schema(), "competing": pl.Boolean(), "offer": pl.Boolean()}
    blank = {"competing": False, "offer": False}
    return rows.select(
        pl.col(name).cast(kind) if name in rows.columns else pl.lit(blank.get(name), kind).alias(name)
        for name, kind in kinds.items()
    )
