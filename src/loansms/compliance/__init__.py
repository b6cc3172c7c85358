"""Rules as data with sources: what may be said, to whom and when. Allow, defer to an instant, or deny."""

from loansms.compliance.confirming import confirm_within
from loansms.compliance.contact import contact_decision
from loansms.compliance.context import Context
from loansms.compliance.diff import PackDiff, diff_packs
from loansms.compliance.evaluate import cap_limits, evaluate
from loansms.compliance.pack import RulePack
from loansms.compliance.records import record_leaks
from loansms.compliance.retention import retention_floor
from loansms.compliance.rule import Applies, Authority, CheckSpec, Override, Rule, Severity
from loansms.compliance.wording.lexicon import FAMILIES
from loansms.compliance.wording.review import Finding, Review, review_text

__all__ = [
    "FAMILIES",
    "Applies",
    "Authority",
    "CheckSpec",
    "Context",
    "Finding",
    "Override",
    "PackDiff",
    "Review",
    "Rule",
    "RulePack",
    "Severity",
    "cap_limits",
    "confirm_within",
    "contact_decision",
    "diff_packs",
    "evaluate",
    "record_leaks",
    "retention_floor",
    "review_text",
]
