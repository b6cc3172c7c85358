"""Templates: typed slots, strict rendering, the built-in catalogue, and its lint."""

from loansms.templates.acceptance import Acceptance
from loansms.templates.acceptance_terms import Taking
from loansms.templates.approval import FILE as APPROVALS_FILE
from loansms.templates.approval import Approval, ApprovalState, advance, may_follow
from loansms.templates.approval_rows import approvals_text
from loansms.templates.catalogue import Catalogue
from loansms.templates.content import Element, Lack, Standard, Standards, lacks
from loansms.templates.drafts import drafts
from loansms.templates.education import with_education
from loansms.templates.lint import Finding, lint, lint_code, takes_one_slot
from loansms.templates.released import refusal, standing
from loansms.templates.render import Rendered, render
from loansms.templates.review import Reviewer, sample_text
from loansms.templates.routes import Advice, Route, advise, routes
from loansms.templates.slots import Slot, SlotKind
from loansms.templates.template import Template

__all__ = [
    "APPROVALS_FILE",
    "Acceptance",
    "Advice",
    "Approval",
    "ApprovalState",
    "Catalogue",
    "Element",
    "Finding",
    "Lack",
    "Rendered",
    "Reviewer",
    "Route",
    "Slot",
    "SlotKind",
    "Standard",
    "Standards",
    "Taking",
    "Template",
    "advance",
    "advise",
    "approvals_text",
    "drafts",
    "lacks",
    "lint",
    "lint_code",
    "may_follow",
    "refusal",
    "render",
    "routes",
    "sample_text",
    "standing",
    "takes_one_slot",
    "with_education",
]
