"""Loans of one debtor that would all speak today: which of them waits, and until when, as columns.

`loansms.planning.arbitrate` says it of rows; here it is asked once for each run of cases, the winner's first. Offers,
amounts in several currencies and policies that join loans into one message are left to it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from attrs import evolve

from loansms.planning import PlanDecision, PlanRow, in_turn, tenant_of, yields_to
from loansms.portfolio.frame import schema
from loansms.portfolio.spoken import WORDS, Spoken

_RANK = ("priority", "days", "amount_due", "loan_id")
# What changes of a row that waits.
THEN = {name: schema()[name] for name in ("decision", "reason", "citation", "send_at", "why")}


def yielding(rows: pl.DataFrame, spoken: Spoken) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows `spoken` decided that stay as they are, and of a debtor's that compete all but the first, waiting.

    A waiting row has the columns `THEN` beside its own. Rows left to the scalar code are in neither frame.
    """
    now = spoken.marked(rows["gate"], lambda row: row.competes_now)
    competing = rows if now.all() else rows.filter(now)
    tenants = {lender_id: tenant_of(lender) for lender_id, lender in spoken.lender_of.items()}
    debtor = ["borrower_id"]
    if len(set(tenants.values())) > 1:
        told = pl.col("lender_id").replace_strict(
            list(tenants), list(tenants.values()), default=None, return_dtype=pl.String
        )
        competing = competing.with_columns(tenant=told)
        debtor = ["tenant", "borrower_id"]
    # Two that differ may have one hash, never two that are the same.
    perhaps = competing.filter(competing.select(pl.struct(debtor).hash()).to_series().is_duplicated())
    several = perhaps.filter(perhaps.select(debtor).is_duplicated())
    then = pl.DataFrame(schema={**rows.schema, **THEN})
    if not several.height:
        return rows, then
    priority = pl.Series([row.priority if row is not None else 0 for row in spoken.told], dtype=pl.Int64)
    step = pl.Series([row.step if row is not None else "" for row in spoken.told], dtype=pl.String)
    ranked = several.with_columns(
        priority=priority.gather(several["gate"]),
        step=step.gather(several["gate"]),
        offer=spoken.marked(several["gate"], lambda row: row.offers),
    ).sort(_RANK, descending=[True, True, True, False])
    by_debtor = ranked.group_by(debtor, maintain_order=True).agg(
        "at",
        "gate",
        pl.col("loan_id").first(),
        pl.col("step").first(),
        # Smallest units of different currencies are no amounts that could be compared here.
        alike=~pl.col("offer").any() & (pl.col("places").n_unique() == 1),
    )
    simple = pl.col("alike") & pl.lit(not spoken.planner.policy.joined)
    waiting = _waiting(by_debtor.filter(simple), spoken)
    gone = pl.concat([by_debtor.filter(~simple)["at"].explode(), waiting["at"]])
    denied = pl.col("decision") == PlanDecision.DENY
    later = several.join(waiting, on="at").with_columns(
        pl.when(denied).then(None).otherwise(name).alias(name) for name in WORDS
    )
    return rows.filter(~pl.col("at").is_in(gone.implode())), later.select(then.columns)


def _waiting(debtors: pl.DataFrame, spoken: Spoken) -> pl.DataFrame:
    """Return, for each row that waits, what becomes of it.

    Of the winner only the contact counts that it will be, so winners that are alike in that are asked about once.
    """
    first = _alike_as_contacts(spoken).gather(debtors["gate"].list.first())
    run = pl.concat_list(pl.lit(first), pl.col("gate").list.slice(1)).cast(pl.List(pl.String)).list.join(",")
    turns = debtors.select(pl.col("at").list.slice(1), run=run, winner="loan_id", step="step")
    known = turns["run"].unique(maintain_order=True)
    told = [_asked([int(one) for one in run.split(",")], spoken) for run in known]
    answers = pl.DataFrame(
        {
            "run": known,
            "decision": [[row.decision.value for row in rows] for rows in told],
            "reason": [[row.reason for row in rows] for rows in told],
            "citation": [[row.reasons[0].citation for row in rows] for rows in told],
            "send_at": [[row.send_at for row in rows] for rows in told],
        },
        schema_overrides={
            "send_at": pl.List(pl.Datetime("us", "UTC")),
            **dict.fromkeys(("decision", "reason", "citation"), pl.List(pl.String)),
        },
    )
    words = yields_to("{}", "{}").told()
    each = ("at", "decision", "reason", "citation", "send_at")
    return (
        turns.join(answers, on="run", how="left")
        .explode(each)
        .select(*each, why=pl.format(words, "winner", "step"))
    )


def _alike_as_contacts(spoken: Spoken) -> pl.Series:
    """Return, by case, the first case whose message goes by the same channel, for the same purpose, at the same instant."""
    known: dict[tuple[object, ...] | None, int] = {}
    alike = [
        known.setdefault((row.channel, row.purpose, row.send_at) if row is not None else None, case)
        for case, row in enumerate(spoken.told)
    ]
    return pl.Series(alike, dtype=pl.UInt32)


def _asked(run: Sequence[int], spoken: Spoken) -> list[PlanRow]:
    """Return what becomes of the later rows of a run of cases, the winner's first."""
    rows: list[PlanRow] = []
    for turn, case in enumerate(run):
        row = spoken.told[case]
        if row is None or row.context is None:
            raise ValueError("row: expected a planned message")
        # Several may stand for the same case: a cap that counts one loan must not take them for one. Only rows whose
        # words are proved were decided in columns, so nothing of them is read again.
        loan_id = f"{turn}"
        context = evolve(row.context, loan_id=loan_id)
        rows.append(evolve(row, loan_id=loan_id, context=context, proved=True))
    winner, *losers = rows
    return in_turn(winner, losers, spoken.planner.rules.packs)
