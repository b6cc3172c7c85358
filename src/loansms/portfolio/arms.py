"""The arm of an experiment for a whole column of borrowers: `loansms.policy.arms` byte by byte, all rows at once.

>>> import polars as pl
>>> from loansms.policy.arms import Experiment
>>> tone = Experiment(name="tone-2026", arms={"usual": 1, "warm": 1}, holdout=2)
>>> ids = pl.Series(["B-1", "B-2", "张-7", "B-1"])
>>> arm_column(ids, tone).to_list() == [tone.arm(one) for one in ids]
True
"""

from __future__ import annotations

import polars as pl

from loansms.policy.arms import Experiment


def arm_column(borrower_ids: pl.Series, experiment: Experiment) -> pl.Series:
    """Return the arm of each borrower, the empty name for the holdout; each different borrower is hashed once."""
    known = borrower_ids.unique()
    arms = pl.Series([experiment.arm(one) for one in known], dtype=pl.String)
    return borrower_ids.replace_strict(known, arms).alias("arm")
