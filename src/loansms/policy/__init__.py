"""Which step is due for an account: stages and steps as data, one answer for every account and day."""

from loansms.policy.arms import Experiment, assign
from loansms.policy.audience import Audience
from loansms.policy.check import Finding, Severity
from loansms.policy.columns import Kind
from loansms.policy.diff import Change, ChangeKind, FieldChange
from loansms.policy.due import NothingDue, StepDue
from loansms.policy.fallback import next_hop
from loansms.policy.ladder import Ladder, Rung
from loansms.policy.policy import Policy
from loansms.policy.stages import Anchor, Every, Hop, Outcome, SendAt, Stage, Step, Tone

__all__ = [
    "Anchor",
    "Audience",
    "Change",
    "ChangeKind",
    "Every",
    "Experiment",
    "FieldChange",
    "Finding",
    "Hop",
    "Kind",
    "Ladder",
    "NothingDue",
    "Outcome",
    "Policy",
    "Rung",
    "SendAt",
    "Severity",
    "Stage",
    "Step",
    "StepDue",
    "Tone",
    "assign",
    "next_hop",
]
