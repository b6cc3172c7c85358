"""Which step is due for an account: stages and steps as data, one answer for every account and day."""

from loansms.policy.check import Finding, Severity
from loansms.policy.diff import Change, ChangeKind, FieldChange
from loansms.policy.due import NothingDue, StepDue
from loansms.policy.ladder import Ladder, Rung
from loansms.policy.policy import Policy
from loansms.policy.stages import Anchor, Stage, Step, Tone

__all__ = [
    "Anchor",
    "Change",
    "ChangeKind",
    "FieldChange",
    "Finding",
    "Ladder",
    "NothingDue",
    "Policy",
    "Rung",
    "Severity",
    "Stage",
    "Step",
    "StepDue",
    "Tone",
]
