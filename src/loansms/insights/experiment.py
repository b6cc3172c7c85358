"""Read an experiment: shares and means of two arms, the split of the borrowers, how many are needed, and a verdict.

Everything here runs on the standard library. Shares are fractions: 0.1 is ten percentage points.

>>> effect = compare(48, 211, 70, 211)
>>> f"{effect.difference:+.3f} [{effect.low:+.3f}, {effect.high:+.3f}] p = {effect.p_value:.3f}"
'+0.104 [+0.019, +0.190] p = 0.017'
>>> every_day = compare(48, 211, 70, 211, sequential=True)
>>> every_day.low < effect.low, every_day.is_clear
(True, False)
>>> compare(0, 40, 3, 40).told
'no_variance'
>>> srm([5000, 5210]) < 0.05
True
"""

from __future__ import annotations

from loansms.insights.effect import Effect, Measured, effect_of
from loansms.insights.experiment_means import compare_means
from loansms.insights.experiment_size import Needed, needed, power
from loansms.insights.read_out import (
    Arm,
    Comparison,
    Harm,
    ReadOut,
    Verdict,
    count_arms,
    read_out,
)
from loansms.insights.read_out_report import read_out_html
from loansms.insights.shares import compare
from loansms.insights.split import srm
from loansms.policy import Experiment, assign

__all__ = [
    "Arm",
    "Comparison",
    "Effect",
    "Experiment",
    "Harm",
    "Measured",
    "Needed",
    "ReadOut",
    "Verdict",
    "assign",
    "compare",
    "compare_means",
    "count_arms",
    "effect_of",
    "needed",
    "power",
    "read_out",
    "read_out_html",
    "srm",
]
