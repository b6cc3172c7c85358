"""Two loans of one debtor that would both speak today: which of them waits, and until when, as columns.

`loansms.planning.arbitrate` says it of rows; here it is asked once for each pair of cases. More than two messages of one
debtor, and offers, are left to it.
"""

from __future__ import annotations

import polars as pl
from attrs import evolve

from loansms.planning import PlanDecision, PlanRow, tenant_of, wait_for, yields_to
from loansms.portfolio.cases import cases
from loansms.portfolio.spoken import Spoken

_DEBTOR = ("tenant", "borrower_id")
_ASKED = ("decision", "reason", "citation", "send_at")


def yielding(spoken: Spoken) -> pl.DataFrame:
    """Return the rows `spoken` decided, of two of a debtor's that compete the second waiting; without those of three or more."""
    rows = _with_tenant(spoken.decided(), spoken)
    rivals = rows.filter("competing").select(
        "at", *_DEBTOR, "gate", "amount_due", "places", "days", "loan_id", "step", "offer"
    )
    several = rivals.filter(rivals.select(_DEBTOR).is_duplicated())
    if not several.height:
        return rows
    priority = pl.Series([row.priority if row is not None else 0 for row in spoken.told], dtype=pl.Int64)
    ranked = several.with_columns(
        priority=priority.gather(several["gate"]),
        rivals=pl.len().over(_DEBTOR),
        # Smallest units of different currencies are no amounts that could be compared here.
        alike=~pl.col("offer").any().over(_DEBTOR) & (pl.col("places").n_unique().over(_DEBTOR) == 1),
    ).sort("priority", "days", "amount_due", "loan_id", descending=[True, True, True, False])
    simple = (pl.col("rivals") == 2) & pl.col("alike")
    pairs, crowds = ranked.filter(simple), ranked.filter(~simple)
    first = pairs.unique(_DEBTOR, keep="first", maintain_order=True)
    second = pairs.unique(_DEBTOR, keep="last", maintain_order=True)
    chosen = second.join(first.select(*_DEBTOR, "gate", "loan_id", "step"), on=_DEBTOR, suffix=":first")
    waiting = _waiting(chosen, spoken)
    gone = pl.concat([crowds["at"], chosen["at"]])
    later = rows.join(waiting, on="at", suffix=":then").with_columns(
        *(pl.col(f"{name}:then").alias(name) for name in (*_ASKED, "why")),
        competing=pl.lit(value=False),
    )
    silent = pl.col("decision") == PlanDecision.DENY
    later = later.with_columns(
        pl.when(silent).then(None).otherwise(name).alias(name)
        for name in ("text", "segments")
        if name in later.columns
    )
    return pl.concat([rows.filter(~pl.col("at").is_in(gone.implode())), later.select(rows.columns)])


def _with_tenant(rows: pl.DataFrame, spoken: Spoken) -> pl.DataFrame:
    """Return `rows` with whose ledger counts each."""
    tenants = {lender_id: tenant_of(lender) for lender_id, lender in spoken.lender_of.items()}
    if len(set(tenants.values())) == 1:
        return rows.with_columns(tenant=pl.lit(next(iter(tenants.values()))))
    return rows.with_columns(
        tenant=pl.col("lender_id").replace_strict(
            list(tenants), list(tenants.values()), default=None, return_dtype=pl.String
        )
    )


def _waiting(chosen: pl.DataFrame, spoken: Spoken) -> pl.DataFrame:
    """Return, for the rows that yield, what becomes of them: asked once for each pair of cases."""
    found = cases(chosen, ("gate", "gate:first"))
    told = [
        _asked(spoken.told[chosen["gate"][at]], spoken.told[chosen["gate:first"][at]], spoken)
        for at in found.first
    ]
    later = pl.DataFrame(
        {
            "decision": [row.decision.value for row in told],
            "reason": [row.reason for row in told],
            "citation": [row.reasons[0].citation for row in told],
            "send_at": [row.send_at for row in told],
        },
        schema_overrides={"send_at": pl.Datetime("us", "UTC")},
    )
    words = yields_to("{}", "{}").told()
    return pl.concat(
        [
            chosen.select("at", why=pl.format(words, "loan_id:first", "step:first")),
            later[found.number],
        ],
        how="horizontal",
    )


def _asked(row: PlanRow | None, winner: PlanRow | None, spoken: Spoken) -> PlanRow:
    if row is None or winner is None or row.context is None:
        raise ValueError("row: expected a planned message")
    # Both may stand for the same case: a cap that counts one loan must not take them for one.
    other = evolve(row, loan_id="second", context=evolve(row.context, loan_id="second"))
    return wait_for(other, evolve(winner, loan_id="first"), spoken.planner.rules.packs)
