"""What a borrower's reply means, and what may follow from it."""

from loansms.replies.answers import CaseKind, ReplyPlan, answer_for
from loansms.replies.call_hours import hours_to_ring
from loansms.replies.context import ReplyContext
from loansms.replies.intent import Doubt, Intent, Scope
from loansms.replies.opt_out import asks_to_stop
from loansms.replies.reader import ReadAs, Reader
from loansms.replies.reading import MOST_READ, understand
from loansms.replies.understanding import SURE, Finding, Understanding

__all__ = [
    "MOST_READ",
    "SURE",
    "CaseKind",
    "Doubt",
    "Finding",
    "Intent",
    "ReadAs",
    "Reader",
    "ReplyContext",
    "ReplyPlan",
    "Scope",
    "Understanding",
    "answer_for",
    "asks_to_stop",
    "hours_to_ring",
    "understand",
]
